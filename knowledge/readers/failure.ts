/** Why a file cannot be read: words for the person in chat, one line for the shell（读取失败）. */

const REASONS = {
  'too-large': ['文件太大（超过{limit}MB），没有读取。请分成几份再发。', 'the file is larger than {limit} MB'],
  'too-long': ['文件里的文字太多，没有读取。请按章拆成几份。', 'the file holds more text than can be read at once'],
  empty: ['文件是空的，没有内容可读。', 'the file is empty'],
  binary: ['这不是能读的文件。请发 Word（.docx）、PDF、网页或文本文件。', 'this is no document of a known format'],
  'old-office': [
    '这是旧版 Office 或 WPS 文件，读不了。请另存为 .docx 或 PDF 再发。',
    'old binary Office format: save it as .docx or PDF',
  ],
  'other-archive': [
    '这是{what}，不是 Word 文档。请另存为 .docx 或 PDF 再发。',
    'an archive without a Word document inside: save it as .docx or PDF',
  ],
  ofd: ['这是 OFD 版式文件，还读不了。请另存为 PDF 再发。', 'OFD is not supported: save it as PDF'],
  rtf: ['这是 RTF 文件，还读不了。请另存为 .docx 再发。', 'RTF is not supported: save it as .docx'],
  password: ['文件设了密码，打不开。请去掉密码再发。', 'the file is protected by a password'],
  bomb: ['这个文件解压后大得不正常，没有打开。请重新另存一份再发。', 'the archive unpacks to an abnormal size'],
  damaged: ['文件损坏或不完整，打不开。请重新导出一份再发。', 'the file is damaged or incomplete'],
  disguised: [
    '这个文件的后缀是 {ending}，内容却是{what}。请核对后再发。',
    'the content is not what its name says ({ending})',
  ],
  'wrong-encoding': [
    '文字编码不对，读出来是乱码。请用 UTF-8 或 GBK 重新保存再发。',
    'the text is in an unknown encoding: save it as UTF-8 or GBK',
  ],
  garbled: [
    '这个 PDF 的字体没有嵌入，读出来是乱码。请用原来的 Word 文件，或重新导出 PDF。',
    'the fonts of this PDF are not embedded, its text cannot be read',
  ],
  navigation: [
    '这个网页里只有菜单和链接，没有正文。请打开文件正文那一页再保存。',
    'the page holds only navigation, no text',
  ],
  'no-text': ['文件里没有读到文字。', 'no text was found in the file'],
  'ocr-absent': [
    '这是扫描件或图片，要先装文字识别组件才能读。请信息科在服务器上执行：{command}',
    'scanned pages need text recognition, an optional component: {command}',
  ],
  'ocr-failed': [
    '扫描件的文字没有识别出来。请换一份清楚的扫描件，或发 Word 文件。',
    'text recognition failed on this file',
  ],
  'too-slow': [
    '读这个文件花的时间太长，已停下。请拆成几份，或另存为 .docx 再发。',
    'reading took longer than {limit} s',
  ],
  'too-heavy': ['读这个文件要的内存太多，已停下。请拆成几份再发。', 'reading needed too much memory'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type UnreadableCode = keyof typeof REASONS;
export const UNREADABLE_CODES = Object.keys(REASONS) as readonly UnreadableCode[];

/** A file that cannot be read. `reason` is for people, in Chinese; `message` one English line. */
export class UnreadableFile extends Error {
  readonly code: UnreadableCode;
  readonly reason: string;
  readonly values: Readonly<Record<string, string>>;
  constructor(code: UnreadableCode, values: Readonly<Record<string, string>> = {}, cause?: unknown) {
    const fill = (words: string): string => words.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
    const [reason, message] = REASONS[code];
    super(fill(message), { cause });
    this.name = 'UnreadableFile';
    this.code = code;
    this.values = values;
    this.reason = fill(reason);
  }
}

/** Whether a code came over from a reading process unharmed. */
export function isUnreadableCode(code: unknown): code is UnreadableCode {
  return typeof code === 'string' && code in REASONS;
}
