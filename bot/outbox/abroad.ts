/** What of a push goes over a channel that lies abroad（去标识）: of a case its number and state, everything else as it is. */
import type { Block } from '../../handlers/message.ts';
import { STATES } from '../../handlers/referrals/states.ts';
import { findPatientData } from '../../handlers/safety/privacy.ts';
import { plainText } from '../channels/plain-text.ts';

const CASE_NUMBER = /(?:ZZ|EM|QY)\d{11,}/g;
/** Most cases named in one push. */
const NAMED = 5;
const STATE_WORDS = [...new Set(Object.values(STATES).map(({ label }) => label))].sort((a, b) => b.length - a.length);

/** What a channel that lies abroad shows instead of what tells who a patient is. */
export const ELSEWHERE: readonly Block[] = [
  { type: 'text', text: '这条内容含患者信息，这个平台不显示。请在企业微信或钉钉私聊中查看。' },
];

/** Whether a number stands there by which a patient is known. */
export function tellsWhoSomebodyIs(blocks: readonly Block[]): boolean {
  return findPatientData(plainText(blocks)).kinds.some((kind) => kind === 'id-card' || kind === 'mobile');
}

/** Whether a reply is about a referral or a shortage: it says the number. */
export function isAboutCase(blocks: readonly Block[]): boolean {
  return casesIn(blocks).length > 0;
}

/**
 * The blocks of a push as a de-identified channel may carry them: whatever a feature wrote about a case becomes its number,
 * the state of a referral, and where to read the rest. Digests, reminders and answers name no case and stay as they are.
 */
export function abroadBlocks(blocks: readonly Block[]): readonly Block[] {
  const numbers = casesIn(blocks);
  // Looked at once more: it may have been meant for another way, and come here because that one failed.
  if (numbers.length === 0) return tellsWhoSomebodyIs(blocks) ? ELSEWHERE : blocks;
  const words = plainText(blocks);
  const [first = ''] = numbers;
  const named = numbers.slice(0, NAMED).map((number) => `${titleOf(number)} ${number}`);
  const state = numbers.length === 1 && !first.startsWith('QY') ? stateIn(words) : undefined;
  const urgent = numbers.some((number) => number.startsWith('EM')) ? '急诊请先拨打120、电话联系接收医院。\n' : '';
  const news = state ?? '有新消息';
  return [
    { type: 'text', text: `${urgent}${named.join('、')}：${news}。办理和看详情请用企业微信或钉钉。` },
    {
      type: 'buttons',
      items: numbers.slice(0, NAMED).map((number) => ({
        id: number.startsWith('QY') ? 'shortage.progress' : 'referral.progress',
        label: numbers.length === 1 ? '进度' : `进度 ${number}`,
        value: number,
      })),
    },
  ];
}

function casesIn(blocks: readonly Block[]): readonly string[] {
  return [...new Set(plainText(blocks).match(CASE_NUMBER) ?? [])];
}

function titleOf(number: string): string {
  if (number.startsWith('QY')) return '缺药';
  return number.startsWith('EM') ? '急诊转诊' : '转诊';
}

/** The state word that stands first, as the pointer or the news says it. */
function stateIn(words: string): string | undefined {
  const found = STATE_WORDS.map((word) => ({ word, at: words.indexOf(word) })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => a.at - b.at || b.word.length - a.word.length)[0]?.word;
}
