/** Reads what a document says of itself before its first clause: title, number, issuer, date（文头）. */
import { ordinalOf } from './numbering.ts';
import { DAY, isDateLine, readSigned } from './paragraphs.ts';

export interface Header {
  readonly title: string;
  /** 文号 */
  readonly number: string | undefined;
  /** 发文机关 */
  readonly issuer: string | undefined;
  /** 成文日期, YYYY-MM-DD. */
  readonly issuedOn: string | undefined;
}

/** A document number: 徽办发〔2026〕2号, also with other brackets. */
export const DOCUMENT_NUMBER =
  /[\u4e00-\u9fff]{2,14}\s*[〔﹝[［【(（﹙]\s*(?:19|20|１９|２０)[\d０-９]{2}\s*年?\s*[〕﹞\]］】)）﹚]\s*第?\s*[\d０-９]+(?:-\d{1,2})?\s*号/;
const ISSUER =
  /(?:人民政府办公[室厅]|人民政府|委员会办公室|委办公室|办公[室厅]|委员会|管理局|[\u4e00-\u9fff]{2}(?:局|厅|委|部))$/;

/**
 * Reads the header from the paragraphs before the first clause and, for signature and date, from those at the end.
 * A number inside a sentence is another document's; the own one stands on a line of its own.
 */
export function readHeader(head: readonly string[], tail: readonly string[]): Header {
  const lines = [...head, ...tail];
  const ownNumber = lines.find((line) => line.length <= 40 && !/[。，《]/.test(line) && DOCUMENT_NUMBER.test(line));
  const number =
    DOCUMENT_NUMBER.exec(ownNumber ?? '')?.[0]
      .replace(/\s+/g, '')
      .replace(/[０-９]/g, halfWidth) ?? orderNumber(head);
  const title = readTitle(head);
  const plain = lines.map((line) => line.replace(/\s/g, ''));
  const date =
    plain.find(isDateLine) ??
    lines.flatMap((line) => readSigned(line)?.day ?? []).at(-1) ??
    plain.flatMap((line) => STATED_DATE.exec(line)?.[1] ?? LABELLED_DATE.exec(line)?.[1] ?? []).at(0);
  return { title, number, issuer: readIssuer(head, tail, title), issuedOn: date ? isoDate(date) : undefined };
}

/** 某办公室 2024年6月9日印发, （2024年6月9日第一次会议通过）: the day, where none stands alone. */
const STATED_DATE = new RegExp(
  `^(?:.{0,30}?|[（(].{0,20}?)(${DAY})(?:印发|发布|公布|.{0,24}(?:通过|发布|公布|印发|修订|修正)[）)])$`,
);

const halfWidth = (digit: string): string => digit.normalize('NFKC');

const LABELLED_DATE = new RegExp(`^(?:成文|印发|发布|公布|发文)(?:日期|时间)[：:](${DAY})$`);

/** The number of an order or announcement: 第312号, 2025年第3号, （第5号）. */
const SERIAL = /^[（(]?\s*((?:(?:19|20)\d{2}\s*年\s*)?第\s*\d+\s*[号期])\s*[）)]?$/;

/** An order（令）or announcement（公告）: its name on one line or two, 第312号 or 2025年第3号 on the next. */
function orderNumber(head: readonly string[]): string | undefined {
  const at = head.findIndex(
    (line, n) => n > 0 && SERIAL.test(line) && /(?:令|公告|通告|公报)$/.test(head[n - 1] ?? ''),
  );
  if (at < 0) return undefined;
  const [name = '', above = ''] = [head[at - 1], head[at - 2]];
  const whole = /^(?:令|公告|通告)$/.test(name) && ISSUER.test(above) ? `${above}${name}` : name;
  return `${whole}${SERIAL.exec(head[at] ?? '')?.[1]}`.replace(/\s/g, '');
}

/** The names over a document: its issuers and the word 文件, no part of its title. */
function isLetterhead(line: string): boolean {
  return (
    (/^文\s*件$/.test(line) ||
      (/^[\u4e00-\u9fff 　]{4,60}$/.test(line) && (ISSUER.test(line) || /(?:文件|令)$/.test(line)))) &&
    !line.includes('关于')
  );
}

/** A sentence or an addressee, no part of a title; one that was written on behind the title still holds it. */
function isSentence(line: string): boolean {
  return /[。：:]$/.test(line) && !/关于.*《[^》]+》.*的(?:通知|公告)/.test(line);
}

function readTitle(head: readonly string[]): string {
  const joined = head
    .filter((line) => !isDateLine(line) && !DOCUMENT_NUMBER.test(line) && !isSentence(line) && !isLetterhead(line))
    .join('');
  const named =
    /(?:关于)?(?:印发|发布|公布|下发)《([^《》]*(?:《[^《》]*》[^《》]*)*)》/.exec(joined)?.[1] ??
    /关于(?:印发|发布|公布|下发)([^《》]{6,60}?)的(?:通知|公告)/.exec(joined)?.[1];
  if (named) return named.replace(/\s+/g, '');
  const about =
    /(?:[\u4e00-\u9fff]{2,30})?关于[^。：]{4,60}?的(?:通知|意见|决定|公告|通告|函|批复|报告|请示|方案)/.exec(
      joined,
    )?.[0];
  if (about) return about.replace(/\s+/g, '');
  const kind = head.findIndex((text) => /^(?:公告|通告)$/.test(text));
  if (kind > 0 && isLetterhead(head[kind - 1] ?? '')) return `${head[kind - 1]}${head[kind]}`.replace(/\s+/g, '');
  const line = head.find(
    (text) =>
      text.length >= 4 &&
      !/[。：:]$/.test(text) &&
      !/^[（(].*[）)]$/.test(text) &&
      !SERIAL.test(text) &&
      !/^(?:公告|通告|令)$/.test(text) &&
      !DOCUMENT_NUMBER.test(text) &&
      !isDateLine(text) &&
      !isLetterhead(text) &&
      !/^[\u4e00-\u9fff]{1,4}[ 　]+[\u4e00-\u9fff]{2,4}$/.test(text),
  );
  return (line ?? head[0] ?? '').replace(/\s+/g, '');
}

function readIssuer(head: readonly string[], tail: readonly string[], title: string): string | undefined {
  const lines = [...head, ...tail].map((line) => line.trim());
  const order = lines.find((line) => /^[\u4e00-\u9fff]{4,30}令$/.test(line));
  if (order) return order.slice(0, -1);
  const isSignature = (line: string | undefined): boolean =>
    line !== undefined && ISSUER.test(line) && line.length <= 60 && !/[，。：:]/.test(line) && !line.includes('关于');
  const signed = lines.findIndex((line, at) => isDateLine(lines[at + 1] ?? '') && isSignature(line));
  if (signed >= 0) {
    let from = signed;
    while (isSignature(lines[from - 1])) from -= 1;
    return lines
      .slice(from, signed + 1)
      .flatMap((line) => line.split(/[\s　、]+/))
      .join(' ');
  }
  const together = lines.flatMap((line) => readSigned(line)?.issuer ?? []).at(-1);
  if (together) return together;
  const about = lines
    .map((line) => /^([\u4e00-\u9fff 、]{4,40}?)关于/.exec(line)?.[1]?.trim())
    .find((name) => name && ISSUER.test(name));
  if (about) return about;
  return lines.find((line) => line.length <= 40 && line !== title && ISSUER.test(line) && !/[，。：:]/.test(line));
}

/** 2026年2月11日, 二〇二六年二月十一日, 2026.2.11 → 2026-02-11; `undefined` for a day that is none. */
function isoDate(text: string): string | undefined {
  const match = /^(.{4})[年.．/-](.{1,4})[月.．/-](.{1,4}?)日?$/.exec(text.normalize('NFKC'));
  if (!match) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const digits = (part: string): string =>
    part
      .replace(/[〇○零O◯]/g, '0')
      .replace(/[一二三四五六七八九]/g, (char) => String('零一二三四五六七八九'.indexOf(char)));
  const small = (part: string): number => (/^\d+$/.test(part) ? Number(part) : ordinalOf(part.replace('廿', '二十')));
  const [m, d] = [small(month), small(day)];
  if (m < 1 || m > 12 || d < 1 || d > 31) return undefined;
  return `${digits(year)}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}
