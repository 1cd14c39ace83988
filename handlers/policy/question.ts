/** Questions to the plans: asked, completed by a choice, answered with the clause（政策问答）. */
import type { HandlerContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import type { ConversationMemory, Decision } from '../outcome.ts';
import { askLocally, countNotFound } from '../questions/index.ts';
import { shanghaiDay } from '../time.ts';
import { remember } from './clauses.ts';
import { answerReply, choiceReply, notFoundReply } from './replies.ts';

/** Said to who asked what is not found, so that nobody is counted unknowingly. */
const COUNTED = '已记进问题清单（不含姓名和数字），请卫健委补充。';
/** Earlier questions kept for a follow-up. */
const KEPT_QUESTIONS = 5;

/** Answers whatever is no command; a name typed after 您问的是哪里？ completes the question that waits. */
export async function answerQuestion(ctx: HandlerContext): Promise<Decision> {
  const typed = ctx.message.text.trim();
  const { pending } = ctx.memory;
  const chosen = pending?.choices.find(
    (choice) => typed === choice || typed.replace(/^(?:是|我是|我们是|问的是)|[省市县区的。吧呢]+$/gu, '') === choice,
  );
  return pending && chosen !== undefined ? answerChoice(ctx, chosen, pending.question) : ask(ctx, typed);
}

/** A pressed choice carries the whole question, so that it works also after other talk. */
export async function chooseMeaning(ctx: HandlerContext, value: string): Promise<Decision> {
  const match = /^([^：]{2,10})：(.+)$/su.exec(value);
  if (match) return answerChoice(ctx, match[1] ?? '', match[2] ?? '');
  // A group's button carries the choice alone: it is the same as typing it.
  if (ctx.memory.pending?.choices.includes(value)) {
    return answerQuestion({ ...ctx, message: { ...ctx.message, text: value } });
  }
  return ask(ctx, value);
}

async function answerChoice(ctx: HandlerContext, regionName: string, question: string): Promise<Decision> {
  const region = (await ctx.knowledge.documents()).find((document) => document.regionShortName === regionName);
  return ask(ctx, question, region?.regionId);
}

/** @param chosen - region chosen for this question */
async function ask(ctx: HandlerContext, question: string, chosen?: string): Promise<Decision> {
  const regionId = chosen ?? ctx.actor?.region.id ?? ctx.memory.regionId;
  const context = chosen === undefined ? (ctx.memory.questions ?? []) : [];
  const answer = await askLocally(ctx, { q: question, regionId, context, today: shanghaiDay(ctx.clock.now()) });
  const questions = [...(ctx.memory.questions ?? []), question].slice(-KEPT_QUESTIONS);
  const region: ConversationMemory = chosen !== undefined && !ctx.actor ? { regionId: chosen } : {};
  switch (answer.kind) {
    case 'answer': {
      const { reply, pages } = answerReply(answer);
      const [first] = answer.citations;
      return {
        replies: [withNote(reply, answer.note)],
        memory: remember(ctx, {
          ...region,
          questions,
          ...(first ? answered({ question, context }, first) : {}),
          pages,
        }),
      };
    }
    case 'ask':
      return {
        replies: [choiceReply(answer, ctx.message.conversation.kind)],
        memory: remember(ctx, { pending: { question, choices: (answer.choices ?? []).map((choice) => choice.label) } }),
      };
    case 'not-found': {
      const writes = await countNotFound(ctx, { question, context }, answer.nearest ?? []);
      return {
        replies: [withNote(notFoundReply(answer), writes.length > 0 ? COUNTED : undefined)],
        memory: remember(ctx, { ...region, questions }),
        writes,
      };
    }
    default:
      return { replies: [say(answer.lead)], memory: remember(ctx, {}) };
  }
}

/** The clause last shown, and the question it answered, for 有用 and 没用. */
function answered(
  asked: { readonly question: string; readonly context: readonly string[] },
  { doc, path }: { readonly doc: string; readonly path: string },
): ConversationMemory {
  return { clause: { doc, path }, answered: { ...asked, context: asked.context.slice(-1), doc, path } };
}

/** A line of ours, under the words of the plan and apart from them: who pointed to the clause, that a question was counted. */
function withNote(reply: Reply, note: string | undefined): Reply {
  if (note === undefined) return reply;
  const buttons = reply.blocks.findIndex((block) => block.type === 'buttons');
  const at = buttons < 0 ? reply.blocks.length : buttons;
  return { ...reply, blocks: reply.blocks.toSpliced(at, 0, { type: 'text', text: note }) };
}
