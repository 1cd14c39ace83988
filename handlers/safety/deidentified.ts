/**
 * A channel that lies abroad（去标识模式，Telegram）: patient data is neither taken nor shown there, cases by number and state
 * only. What a command says instead stands beside the command; this is what holds for all of them.
 */
import type { HandlerContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import { speaksOfSomebody } from '../questions/people-in-words.ts';
import { isEmergency } from './emergency.ts';
import { findPatientData, mentionsPatient } from './privacy.ts';
import { looksLikeName } from './surnames.ts';

/** Where the work is done instead. */
export const ELSEWHERE = '企业微信或钉钉私聊';

const TYPED = `检测到可能的患者信息，没有办理。这个平台不处理患者信息，请删除这条消息；要办的事请在${ELSEWHERE}中发给我。`;
const CASE_NUMBER = /^(?:ZZ|EM|QY)\d{6,}/;
const INSTITUTION_END = /(?:中心)?(?:卫生院|卫生室|卫生服务中心|医院)$/;
/** 查进度, 看指标: the first word is no surname. */
const ASKS = /^(?:查看|查询|查一下|查|看)/;
/** Names looked for in the documents, of one message. */
const MOST_NAMES = 8;
/** Names of staff stand behind these words, not of patients. */
const ABOUT_STAFF = /^(?:邀请|停用|启用)\s*\S{1,20}(?:\s+\S{1,30})?$/;

/** The answer to words that tell of a patient, typed, pressed, or in the name of a file; `undefined` where there are none. */
export async function refuseTyped(ctx: HandlerContext): Promise<Reply | undefined> {
  if (!ctx.deidentified) return undefined;
  const { text, action, attachments } = ctx.message;
  if (ABOUT_STAFF.test(text.trim())) return undefined;
  const pressed = action && !CASE_NUMBER.test(action.value) ? action.value : '';
  const telling = [text, pressed, ...attachments.map(({ name }) => name)].filter(
    (words) => words !== '' && tellsOfPatient(words),
  );
  if (telling.length === 0) return undefined;
  // 高庄镇, 兰英乡: places begin with surnames, too; and officials stand in the documents by name.
  const known = [...(await placesOf(ctx)), ...(await namesInDocuments(ctx, telling.join(' ')))];
  return telling.some((words) => tellsOfPatient(words, known)) ? say(TYPED) : undefined;
}

/** Names of three or four characters among the words that a stored document prints. */
async function namesInDocuments({ db }: HandlerContext, words: string): Promise<readonly string[]> {
  const guesses = [...words.matchAll(/[\u4e00-\u9fff]{3,}/g)].flatMap(([run]) =>
    [4, 3].flatMap((length) =>
      Array.from({ length: Math.max(0, run.length - length + 1) }, (_, at) => run.slice(at, at + length)),
    ),
  );
  const names = [...new Set(guesses)].filter(looksLikeName).slice(0, MOST_NAMES);
  const printed: string[] = [];
  for (const name of names) {
    const part = `%${name}%`;
    const row: unknown = await db('clauses').where('text', 'like', part).orWhere('heading', 'like', part).first('n');
    if (row !== undefined) printed.push(name);
  }
  return printed;
}

async function placesOf({ db }: HandlerContext): Promise<readonly string[]> {
  const rows: { name: string; short_name: string }[] = await db('institutions').select('name', 'short_name');
  const names = rows.flatMap(({ name, short_name }) => [name, short_name, short_name.replace(INSTITUTION_END, '')]);
  return [...new Set(names)].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
}

/** Words that a reply quotes. */
const ECHO = /“([^“”]{2,200})”/g;

/** Words looked for in the documents, of one answer. */
const MOST_TERMS = 20;

/**
 * Which words that replies quote are the documents' own（县聘乡用、六统一）: printed between quotation marks in a clause, or
 * printed in one and no name of anybody.
 */
export async function termsOfPlans({ db }: HandlerContext, replies: readonly Reply[]): Promise<ReadonlySet<string>> {
  const quoted = new Set(
    replies.flatMap(textsOf).flatMap((text) => [...text.matchAll(ECHO)].map(([, words = '']) => words)),
  );
  const terms = new Set<string>();
  for (const words of [...quoted].slice(0, MOST_TERMS)) {
    const part = tellsOfPatient(words) ? `%“${words}”%` : `%${words}%`;
    const row: unknown = await db('clauses').where('text', 'like', part).orWhere('heading', 'like', part).first('n');
    if (row !== undefined && !/[%_]/.test(words)) terms.add(words);
  }
  return terms;
}

function textsOf({ blocks }: Reply): readonly string[] {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : block.type === 'list' ? block.items : []));
}

/**
 * A reply without what was typed: where a feature quotes the words it did not understand, they may be a name nobody knows.
 * @param isOurs - whether quoted words are a command's own or a document's, which people may type, too
 */
export function withoutEcho(reply: Reply, typed: string, isOurs: (words: string) => boolean): Reply {
  const plain = (text: string) =>
    text.replace(ECHO, (all, words: string) => (typed.includes(words) && !isOurs(words) ? '您写的内容' : all));
  const blocks = reply.blocks.map((block) => {
    if (block.type === 'text') return { ...block, text: plain(block.text) };
    return block.type === 'list' ? { ...block, items: block.items.map(plain) } : block;
  });
  return { ...reply, blocks };
}

/**
 * Whether words tell of one patient, as far as words can tell; a name alone is enough. An emergency told without a person is
 * answered with the way to go.
 * @param known - names of institutions and in documents: no patients
 */
export function tellsOfPatient(words: string, known: readonly string[] = []): boolean {
  if (mentionsPatient(words)) return true;
  if (isEmergency(words)) return false;
  const rest = known.reduce((text, name) => text.replaceAll(name, ' '), words.normalize('NFKC').replace(ASKS, ''));
  return speaksOfSomebody(rest);
}

/** A picture or file there is not looked at: nobody can tell before what it shows. */
export const FILE_ABROAD = `这个平台不收图片和病历资料，我没有读取。含患者信息的请删除；资料请在${ELSEWHERE}中发送。`;

/** Longest piece of a file that is looked through (characters). */
const LOOKED_THROUGH = 200_000;

/** Whether a file is about patients: cards, record numbers, days of birth, or names beside mobiles; plans have none of these. */
export function looksLikePatientFile(text: string): boolean {
  const { kinds } = findPatientData(text.slice(0, LOOKED_THROUGH));
  const telling = kinds.some((kind) => kind === 'id-card' || kind === 'record-number' || kind === 'birth-date');
  return telling || (kinds.includes('name') && kinds.includes('mobile'));
}

/** A draft begun elsewhere is neither shown nor continued there. */
export const DRAFT_ELSEWHERE = `有一份还没提交的内容，这里不能查看或提交。请在${ELSEWHERE}中继续。`;
