/** Bytes of a text to characters: UTF-8, UTF-16, else GBK; refuses what comes out as nonsense（编码识别）. */
import { withoutMarks } from '../table-form.ts';
import { UnreadableFile } from './failure.ts';

/** Share of the usual characters below which Chinese text is nonsense: official texts have over 0.4, wrongly decoded ones 0.03. */
const LEAST_USUAL = 0.12;
/** Chinese characters below which nothing can be said about them. */
const ENOUGH_HAN = 24;
/** Share of replacement characters or control characters a text may have. */
const MOST_BROKEN = 0.002;

/**
 * The characters of a text file in any of the encodings Chinese offices use.
 * @throws UnreadableFile when the bytes are no text, or text in an encoding that is not known here
 */
export function decodeText(bytes: Uint8Array): string {
  const text = withoutMarks(decode(bytes).replace(/^\ufeff/, ''));
  if (text.length > 0 && broken(text) / text.length > MOST_BROKEN) throw new UnreadableFile('wrong-encoding');
  if (!looksChinese(text)) throw new UnreadableFile('wrong-encoding');
  return text;
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 4000).includes(0)) return decodeUnmarkedUtf16(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // not UTF-8: what Chinese offices write otherwise
  }
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFile(mostlyPrintable(bytes) ? 'wrong-encoding' : 'binary');
  }
}

/** Zero bytes: UTF-16 without its mark, whose line ends and digits have one zero byte each, or no text at all. */
function decodeUnmarkedUtf16(bytes: Uint8Array): string {
  for (const encoding of ['utf-16le', 'utf-16be']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (/[\u4e00-\u9fff]/.test(text) && broken(text) === 0 && looksChinese(text)) return text;
    } catch {
      // the other one
    }
  }
  throw new UnreadableFile('binary');
}

/** Replacement characters (damaged before it came here) and control characters other than white space. */
function broken(text: string): number {
  let count = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is counted
  for (const _ of text.matchAll(/[\ufffd\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f]/g)) count += 1;
  return count;
}

function mostlyPrintable(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4000);
  return sample.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length < sample.length * 0.01;
}

/** The characters that any Chinese text is full of, some hundred of them; in nonsense made by a wrong encoding they are rare. */
const USUAL = new Set(
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于下自之年过发后作里用道行所然种事成方多经么去法学如都同现当没动面起看定分还进好小部其些主样理心本前开但因只从想实日者意无力它长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物应头向文体政相见被利什二等产或新己制身果加月话合回特代内信表化老给位次度门任常先海通教提立及比员解水名论处走义各入几口认条平系气题活更别打变四总何电数安少报才结反受目量感建务做接必场件计管期市直德资命山金指许统区保至队形社便空决治展科司五基则听却达强即难且权思完设式色路记南品住告类求据程北边该交规取格望共领确师观清今切院识带导争运县医卫疗健康村乡镇级服药构织织委府方案施推',
);

/** False for text whose Chinese characters are ones that nobody writes, or that is full of accented letters instead. */
export function looksChinese(text: string): boolean {
  const sample = text.slice(0, 20_000);
  let han = 0;
  let usual = 0;
  let accented = 0;
  for (const char of sample) {
    if (char >= '\u00c0' && char <= '\u00ff') accented += 1;
    if (char < '\u3400' || char > '\u9fff') continue;
    han += 1;
    if (USUAL.has(char)) usual += 1;
  }
  if (accented > 20 && accented > han && accented > sample.length * 0.2) return false;
  return han < ENOUGH_HAN || usual / han >= LEAST_USUAL;
}
