/** Questions to the plans: asked, completed by a choice, answered with the clause（政策问答）. */
import type { HandlerContext } from '../feature.ts';
import { type Reply, say } from '../message.ts';
import type { ConversationMemory, Decision } from '../outcome.ts';
import { askLocally, countNotFound } from '../questions/index.ts';
import { quotedMatter } from '../quotes.ts';
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
  if (!pending || chosen === undefined) return ask(ctx, typed);
  return answerChoice(ctx, chosen, pending.instead?.[pending.choices.indexOf(chosen)] ?? pending.question);
}

/** A pressed choice carries the whole question, so that it works also after other talk. */
export async function chooseMeaning(ctx: HandlerContext, value: string): Promise<Decision> {
  const match = /^([^：]{2,10})：(.+)$/su.exec(value);
  if (match) return answerChoice(ctx, match[1] ?? '', value);
  // A group's button carries the choice alone: it is the same as typing it.
  if (ctx.memory.pending?.choices.includes(value)) {
    return answerQuestion({ ...ctx, message: { ...ctx.message, text: value } });
  }
  return ask(ctx, value);
}

/** A region completes the question that waits; a meaning brings a question of its own, which leans on nothing before it. */
async function answerChoice(ctx: HandlerContext, choice: string, instead: string): Promise<Decision> {
  const region = (await ctx.knowledge.documents()).find((document) => document.regionShortName === choice);
  const prefix = `${choice}：`;
  const question = region && instead.startsWith(prefix) ? instead.slice(prefix.length) : instead;
  return ask(ctx, question, { name: region && choice, regionId: region?.regionId });
}

/** @param chosen - what was chosen for this question: a region, or a meaning that says none */
async function ask(
  ctx: HandlerContext,
  question: string,
  chosen?: { readonly name: string | undefined; readonly regionId: string | undefined },
): Promise<Decision> {
  const regionId = chosen?.regionId ?? ctx.actor?.region.id ?? ctx.memory.regionId;
  const earlier = chosen === undefined ? (ctx.memory.questions ?? []) : [];
  const quoted = chosen === undefined ? quotedMatter(ctx.message) : undefined;
  const context = quoted === undefined ? earlier : [...earlier, quoted];
  // A question that leans on words somebody else wrote is neither counted nor remembered with them.
  const counted = quoted === undefined;
  const answer = await askLocally(ctx, { q: question, regionId, context, today: shanghaiDay(ctx.clock.now()) });
  const named = chosen?.name === undefined ? question : `${chosen.name}：${question}`; // 那超支呢 stays with the region chosen
  const questions = [...(ctx.memory.questions ?? []), named].slice(-KEPT_QUESTIONS);
  const region: ConversationMemory = chosen?.regionId !== undefined && !ctx.actor ? { regionId: chosen.regionId } : {};
  switch (answer.kind) {
    case 'answer': {
      const { reply, pages } = answerReply(answer);
      const [first] = answer.citations;
      return {
        replies: [withNote(reply, answer.note)],
        memory: remember(ctx, {
          ...region,
          questions,
          ...(first ? answered(counted ? { question, context } : undefined, first) : {}),
          pages,
        }),
      };
    }
    case 'ask':
      return {
        replies: [choiceReply(answer, ctx.message.conversation.kind)],
        memory: remember(ctx, { pending: pendingOf(question, answer.choices ?? []) }),
      };
    case 'not-found': {
      const writes = counted ? await countNotFound(ctx, { question, context }, answer.nearest ?? []) : [];
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
  asked: { readonly question: string; readonly context: readonly string[] } | undefined,
  { doc, path }: { readonly doc: string; readonly path: string },
): ConversationMemory {
  if (!asked) return { clause: { doc, path }, answered: undefined };
  return { clause: { doc, path }, answered: { ...asked, context: asked.context.slice(-1), doc, path } };
}

/** A line of ours, under the words of the plan and apart from them: who pointed to the clause, that a question was counted. */
function withNote(reply: Reply, note: string | undefined): Reply {
  if (note === undefined) return reply;
  const buttons = reply.blocks.findIndex((block) => block.type === 'buttons');
  const at = buttons < 0 ? reply.blocks.length : buttons;
  return { ...reply, blocks: reply.blocks.toSpliced(at, 0, { type: 'text', text: note }) };
}

function pendingOf(
  question: string,
  choices: readonly { readonly label: string; readonly question: string }[],
): NonNullable<ConversationMemory['pending']> {
  return {
    question,
    choices: choices.map((choice) => choice.label),
    instead: choices.map((choice) => choice.question),
  };
}
