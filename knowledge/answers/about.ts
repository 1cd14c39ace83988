/** Questions about a document itself: its number, date, issuer, title; and about documents we only know by name（文件信息）. */
import type { Knex } from 'knex';
import { readClause } from '../reading.ts';
import { findClause, type StoredDocument } from '../store.ts';
import type { PolicyAnswer } from '../types.ts';
import { normalise } from '../words.ts';
import { cite } from './citation.ts';
import { notFound } from './not-found.ts';

/** 文号, date, issuer and title of a document itself. */
export function aboutDocument(
  db: Knex,
  plain: string,
  regionIds: readonly string[],
  asker: string | undefined,
  documents: readonly StoredDocument[],
): Promise<PolicyAnswer> | undefined {
  const numbered = documents.find((document) => document.number && plain.includes(normalise(document.number)));
  const region = regionIds.length > 1 ? undefined : (regionIds[0] ?? asker);
  const document = numbered ?? (region === undefined ? undefined : documents.find((one) => one.regionId === region));
  if (!document) return undefined;
  const itself = numbered !== undefined || /(?:方案|文件|通知|这份|这个文|本文)/.test(plain);
  const rest = plain
    .replace(normalise(document.number ?? ''), '')
    .replace(/的|是|呢|这份|方案|文件|通知|医共体|紧密型|县域|建设|实施|什么|啥|多少|哪|[?,。]/g, '');
  if (/全省|省里|上级|国家|市里|依据|根据|按照|贯彻/.test(plain) && ASKS_NUMBER.test(plain) && itself)
    return citeBasis(db, document);
  if (/文号|发文字号|文件号|编号/.test(plain) && itself && rest.length <= 14)
    return citeHead(db, document, document.number, '文号');
  if (
    /(?:什么时候|何时|哪天|哪一天|哪年|几号|几月|日期|时间|啥时候).{0,6}(?:印发|发布|发文|下发|出台|成文|发的|公布|签发)|(?:印发|发布|发文|下发|出台|成文|发的|公布|签发).{0,4}(?:时间|日期|什么时候|何时|哪天|哪年|哪一天)|落款/.test(
      plain,
    ) &&
    itself &&
    rest.length <= 20
  )
    return citeHead(db, document, document.issuedOn && chineseDate(document.issuedOn), '成文日期');
  if (
    /(?:谁|哪个(?:单位|部门|机关)|哪家|哪里|什么单位)(?:印发|发布|发文|下发|发的|出台|制定的)|发文(?:机关|单位)|印发(?:机关|单位)/.test(
      plain,
    ) &&
    itself &&
    rest.length <= 20
  )
    return citeHead(db, document, document.issuer, '发文机关');
  const bare = rest.replace(
    /制定|出台|依据|根据|按照|按|贯彻|落实|省里|省|市里|上级|国家|咱们|我们|我|里|个|来|上位|政策|意见|精神|徽州|区|县/g,
    '',
  );
  if (ASKS_BASIS.test(plain) && itself && bare.length <= 3) return citeBasis(db, document);
  if (numbered && /关于什么|讲什么|说什么|什么文件|什么内容|管什么/.test(plain))
    return citeHead(db, document, document.title, '标题');
  if (/(?:全称|标题|全名|名称叫|文件名)/.test(plain) && itself && rest.length <= 14)
    return citeHead(db, document, document.title, '标题');
  return undefined;
}

const ASKS_NUMBER = /文号|发文字号|(?:几|多少|哪个|什么)号(?:文|文件)?|哪(?:个|份)文(?:件)?号?/;

/** 依据省里哪个文件制定的. */
const ASKS_BASIS =
  /(?:依据|根据|按照|按|贯彻|落实)(?:的是)?[^，。]{0,8}(?:哪|什么|啥)[^，。]{0,6}(?:文件|意见|通知|政策|精神)|(?:制定|出台)(?:的)?依据|上位文件|上级文件是/;

async function citeBasis(db: Knex, document: StoredDocument): Promise<PolicyAnswer> {
  const clause = await findClause(db, document.id, '序言');
  const reading = clause && readClause(clause);
  const sentence = reading?.sentences.find((one) => /《[^》]{6,}》/.test(one.raw));
  const made = reading && sentence && cite(document, reading, sentence.raw);
  const named = sentence?.raw.match(/《[^》]{6,}》(?:（[^）]*号）)?/g)?.join('、');
  if (made && named) return { kind: 'answer', answerable: true, lead: `依据：${named}`, citations: [made] };
  return notFound('', `${document.regionShortName}的方案`, [], `${document.regionShortName}的方案没有写依据哪份文件`);
}

async function citeHead(
  db: Knex,
  document: StoredDocument,
  value: string | undefined,
  what: string,
): Promise<PolicyAnswer> {
  if (value !== undefined)
    for (const path of ['文头', '文尾']) {
      const clause = await findClause(db, document.id, path);
      const reading = clause && readClause(clause);
      const wanted = normalise(value).slice(0, 14); // a long title may be cut across lines
      const line =
        clause && [clause.heading, ...clause.text.split('\n')].find((one) => normalise(one).includes(wanted));
      const made = reading && line && cite(document, reading, line);
      if (made) return { kind: 'answer', answerable: true, lead: `${what}：${value}`, citations: [made] };
    }
  return notFound('', `${document.regionShortName}的方案`, [], `${document.regionShortName}的方案没有印出${what}`);
}

/** The number of another document whose contents are asked for: a plan that mentions it does not hold them. */
export function otherDocument(plain: string, documents: readonly StoredDocument[]): string | undefined {
  const number = /[\u4e00-\u9fff]{2,12}\[(?:19|20)\d{2}\]\d+号/.exec(plain)?.[0];
  if (!number || documents.some((document) => document.number && normalise(document.number) === number))
    return undefined;
  return /(?:里|中|内)(?:面)?(?:是)?(?:怎么|如何|有|对|规定|写|要求)|内容|规定了|全文/.test(plain)
    ? number.replace(/^附件/, '').replace('[', '〔').replace(']', '〕')
    : undefined;
}

function chineseDate(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${year}年${Number(month)}月${Number(date)}日`;
}
