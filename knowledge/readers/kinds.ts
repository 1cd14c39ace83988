/** What a file really is, by its first bytes; its name only serves to notice when it says something else（文件类型识别）. */
import { archiveKind } from './docx.ts';
import { UnreadableFile } from './failure.ts';
import { listZip } from './zip.ts';

export type FileKind = 'text' | 'html' | 'docx' | 'pdf' | 'picture';

/** Names whose content must not be plain words. */
const NOT_PLAIN = /\.(?:docx?|pdf|wps|ofd|xlsx?|pptx?|png|jpe?g|bmp|gif|webp|tiff?)$/i;
const PICTURE_NAME = /\.(?:png|jpe?g|jfif|bmp|gif|webp|tiff?|heic)$/i;

/** @throws UnreadableFile for what is no document that can be read, with the reason */
export function kindOf(bytes: Buffer, name: string): FileKind {
  if (bytes.length === 0) throw new UnreadableFile('empty');
  const ending = /\.[^./\\]{1,8}$/.exec(name)?.[0].toLowerCase() ?? '';
  const head = bytes.subarray(0, 1024);
  if (isPicture(head)) {
    if (ending !== '' && !PICTURE_NAME.test(name)) throw new UnreadableFile('disguised', { ending, what: '图片' });
    return 'picture';
  }
  if (head.includes('%PDF-')) return 'pdf';
  if (head.readUIntBE(0, Math.min(4, head.length)) === 0x504b0304) return readableArchive(bytes);
  if (head.subarray(0, 8).equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'))) {
    // An Office file with a password is wrapped in the old container.
    const locked = bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'));
    throw new UnreadableFile(locked ? 'password' : 'old-office');
  }
  const start = head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (start.startsWith('{\\rtf')) throw new UnreadableFile('rtf');
  if (/^(?:<!doctype\s+html|<html|<head|<body|<meta|<\?xml[^>]*>\s*<(?:!doctype\s+)?html)/i.test(start)) return 'html';
  if (/^<(?:div|p|table|h\d|article|section|main|!--)/i.test(start) || /\.html?$/i.test(name)) return 'html';
  if (NOT_PLAIN.test(name)) throw new UnreadableFile('damaged');
  return 'text';
}

function readableArchive(bytes: Buffer): 'docx' {
  const kind = archiveKind(listZip(bytes));
  if (kind === 'docx') return kind;
  throw kind === 'ofd' ? new UnreadableFile('ofd') : new UnreadableFile('other-archive', { what: kind });
}

function isPicture(head: Buffer): boolean {
  const hex = head.subarray(0, 12).toString('hex');
  return (
    /^(?:89504e470d0a1a0a|ffd8ff|474946383[79]61|49492a00|4d4d002a)/.test(hex) ||
    (hex.startsWith('52494646') && hex.endsWith('57454250')) ||
    /^.{8}66747970(?:68656963|68656978|6d696631)/.test(hex) ||
    // BMP: its length stands behind the letters
    (hex.startsWith('424d') && head.length > 26 && head.readUInt32LE(14) >= 12 && head.readUInt32LE(14) <= 124)
  );
}
