/** Reads what a document says of itself before its first clause: title, number, issuer, date（文头）. */
import { isDateLine } from './paragraphs.ts';

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
export const DOCUMENT_NUMBER = /[\u4e00-\u9fff]{2,14}\s*[〔[［【(（]\s*(?:19|20)\d{2}\s*[〕\]］】)）]\s*第?\s*\d+\s*号/;
const ISSUER =
  /(?:人民政府办公[室厅]|人民政府|委员会办公室|委办公室|办公[室厅]|委员会|管理局|[\u4e00-\u9fff]{2}(?:局|厅|委|部))$/;

/**
 * Reads the header from the paragraphs before the first clause and, for signature and date, from those at the end.
 * A number inside a sentence is another document's; the own one stands on a line of its own.
 */
export function readHeader(head: readonly string[], tail: readonly string[]): Header {
  const lines = [...head, ...tail];
  const ownNumber = lines.find((line) => line.length <= 40 && !/[。，《]/.test(line) && DOCUMENT_NUMBER.test(line));
  const number = DOCUMENT_NUMBER.exec(ownNumber ?? '')?.[0].replace(/\s+/g, '') ?? orderNumber(head);
  const title = readTitle(head);
  const plain = lines.map((line) => line.replace(/\s/g, ''));
  const date = plain.find(isDateLine) ?? plain.flatMap((line) => STATED_DATE.exec(line)?.[1] ?? []).at(0);
  return { title, number, issuer: readIssuer(head, tail, title), issuedOn: date ? isoDate(date) : undefined };
}

/** 某办公室 2024年6月9日印发, （2024年6月9日第一次会议通过）: the day, where none stands alone. */
const STATED_DATE =
  /^(?:.{0,30}?|[（(].{0,20}?)((?:\d{4}|[二〇○零一三四五六七八九]{4})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)(?:印发|发布|公布|.{0,24}(?:通过|发布|公布|印发)[）)])$/;

/** An order（令）: its name on one line, 第312号 on the next. */
function orderNumber(head: readonly string[]): string | undefined {
  const at = head.findIndex(
    (line, n) => /^[\u4e00-\u9fff]{4,30}令$/.test(line) && /^第\s*\d+\s*号$/.test(head[n + 1] ?? ''),
  );
  return at < 0 ? undefined : `${head[at]}${head[at + 1]?.replace(/\s/g, '')}`;
}

/** The names over a document: its issuers and the word 文件, no part of its title. */
function isLetterhead(line: string): boolean {
  return (
    (/^文\s*件$/.test(line) ||
      (/^[\u4e00-\u9fff 　]{4,60}$/.test(line) && (ISSUER.test(line) || /(?:文件|令)$/.test(line)))) &&
    !line.includes('关于')
  );
}

function readTitle(head: readonly string[]): string {
  const joined = head
    .filter((line) => !isDateLine(line) && !DOCUMENT_NUMBER.test(line) && !/[。：:]$/.test(line) && !isLetterhead(line))
    .join('');
  const named =
    /关于印发《([^《》]*(?:《[^》]*》[^《》]*)*)》/.exec(joined)?.[1] ??
    /关于印发([^《》]{6,60}?)的通知/.exec(joined)?.[1];
  if (named) return named.replace(/\s+/g, '');
  const about =
    /(?:[\u4e00-\u9fff]{2,30})?关于[^。：]{4,60}?的(?:通知|意见|决定|公告|通告|函|批复|报告|请示|方案)/.exec(
      joined,
    )?.[0];
  if (about) return about.replace(/\s+/g, '');
  const line = head.find(
    (text) =>
      text.length >= 4 &&
      !/[。：:]$/.test(text) &&
      !/^第\s*\d+\s*号$/.test(text) &&
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
  const about = lines
    .map((line) => /^([\u4e00-\u9fff 、]{4,40}?)关于/.exec(line)?.[1]?.trim())
    .find((name) => name && ISSUER.test(name));
  if (about) return about;
  return lines.find((line) => line.length <= 40 && line !== title && ISSUER.test(line) && !/[，。：:]/.test(line));
}

/** 2026年2月11日, 二〇二六年二月十一日 → 2026-02-11. */
function isoDate(text: string): string | undefined {
  const match = /^(.{4})年(.{1,3})月(.{1,3})日$/.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const digits = (part: string): string =>
    part.replace(/[〇○零一二三四五六七八九]/g, (char) =>
      String('零一二三四五六七八九'.indexOf(char.replace(/[〇○]/, '零'))),
    );
  const small = (part: string): number => {
    if (/^\d+$/.test(part)) return Number(part);
    const ten = part.indexOf('十');
    if (ten < 0) return Number(digits(part));
    return Number(digits(part.slice(0, ten)) || 1) * 10 + Number(digits(part.slice(ten + 1)) || 0);
  };
  return `${digits(year)}-${String(small(month)).padStart(2, '0')}-${String(small(day)).padStart(2, '0')}`;
}
