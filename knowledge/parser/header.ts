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
  const number = DOCUMENT_NUMBER.exec(ownNumber ?? '')?.[0].replace(/\s+/g, '');
  const title = readTitle(head);
  const date = lines.map((line) => line.replace(/\s/g, '')).find(isDateLine);
  return { title, number, issuer: readIssuer(head, tail, title), issuedOn: date ? isoDate(date) : undefined };
}

function readTitle(head: readonly string[]): string {
  const joined = head
    .filter((line) => !isDateLine(line) && !DOCUMENT_NUMBER.test(line) && !/[。：:]$/.test(line))
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
    (text) => text.length >= 4 && !/[。：:]$/.test(text) && !DOCUMENT_NUMBER.test(text) && !isDateLine(text),
  );
  return (line ?? '').replace(/\s+/g, '');
}

function readIssuer(head: readonly string[], tail: readonly string[], title: string): string | undefined {
  const lines = [...head, ...tail].map((line) => line.trim());
  const signed = lines.findIndex(
    (line, at) => isDateLine(lines[at + 1] ?? '') && ISSUER.test(line) && line.length <= 40,
  );
  if (signed >= 0) return lines[signed];
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
