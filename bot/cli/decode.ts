/** Bytes of a text file to text: UTF-8, UTF-16 by its mark, else GBK（编码识别）. */

/** @throws Error when the bytes are no text in any of these encodings */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 4000).includes(0)) throw new Error('this is no text file');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // not UTF-8: what Chinese offices write otherwise
  }
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('this text is neither UTF-8 nor GBK');
  }
}
