/**
 * A channel that lies abroad（去标识模式，Telegram）: patient data is neither taken nor shown there, cases by number and state
 * only. What a command says instead stands beside the command; this is what holds for all of them.
 */
import type { HandlerContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import { findPatientData, mentionsPatient } from './privacy.ts';

/** Where the work is done instead. */
export const ELSEWHERE = '企业微信或钉钉私聊';

const TYPED = `检测到可能的患者信息，没有办理。这个平台不处理患者信息，请删除这条消息；要办的事请在${ELSEWHERE}中发给我。`;
const CASE_NUMBER = /^(?:ZZ|EM|QY)\d{6,}/;
/** Names of staff stand behind these words, not of patients. */
const ABOUT_STAFF = /^(?:邀请|停用|启用|绑定)\s*\S{1,20}(?:\s+\S{1,30})?$/;

/** The answer to words that tell of a patient, typed, pressed, or in the name of a file; `undefined` where there are none. */
export function refuseTyped(ctx: HandlerContext): Reply | undefined {
  if (!ctx.deidentified) return undefined;
  const { text, action, attachments } = ctx.message;
  if (ABOUT_STAFF.test(text.trim())) return undefined;
  const pressed = action && !CASE_NUMBER.test(action.value) ? action.value : '';
  const told = [text, pressed, ...attachments.map(({ name }) => name)].some(
    (words) => words !== '' && tellsOfPatient(words),
  );
  return told ? say(TYPED) : undefined;
}

/** Whether words tell of one patient, as far as words can tell. */
export function tellsOfPatient(words: string): boolean {
  return findPatientData(words).kinds.length > 0 || mentionsPatient(words);
}

/** A picture or file there is not looked at: nobody can tell before what it shows. */
export const FILE_ABROAD = `这个平台不收图片和病历资料，我没有读取。含患者信息的请删除；资料请在${ELSEWHERE}中发送。`;

/** A draft begun elsewhere is neither shown nor continued there. */
export const DRAFT_ELSEWHERE = `有一份还没提交的内容，这里不能查看或提交。请在${ELSEWHERE}中继续。`;
