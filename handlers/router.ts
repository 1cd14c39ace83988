/** Words → command, waiting draft, recognised sentence or question; the same for every channel. */
import { normaliseText } from './chinese/numbers.ts';
import { type Draft, isUnseen, listDrafts } from './drafts.ts';
import { UserFacingError } from './errors.ts';
import type { BoundContext, Command, Feature, HandlerContext } from './feature.ts';
import { helpFeature, welcome } from './help/index.ts';
import { type Reply, say } from './message.ts';
import { answer, type Decision, type Outcome, type Write } from './outcome.ts';
import { ROLE_LABELS } from './people.ts';
import { quotedNumber, quotesPatient } from './quotes.ts';
import { FILE_ABROAD, refuseTyped, termsOfPlans, withoutEcho } from './safety/deidentified.ts';
import { emergencyNotice } from './safety/emergency.ts';
import { findPatientData, mentionsPatient } from './safety/privacy.ts';
import { notifiableDisease, refusalBlocks } from './safety/refusals.ts';
import { shanghaiDay } from './time.ts';

/** Longest message that is read at all (characters); a pasted table still fits. */
const MAX_CHARACTERS = 2000;
/** Words that end a draft, one way or the other; meaningless without one. */
const DRAFT_WORDS = new Set(['确认', '提交', '取消', '确定', '是', '是的', '好', '好的', '不要了', '算了']);

/**
 * Decides one message. Throws UserFacingError for what is refused with words; anything else it throws is a fault.
 * The 120 line comes before everything else, whatever was recognised.
 */
export async function route(ctx: HandlerContext, features: readonly Feature[]): Promise<Decision> {
  const notice = emergencyNotice(ctx.message.text);
  const all = [...features, helpFeature(features)];
  const decided = await withUnseen(await decide(ctx, all), ctx, all);
  const decision = ctx.deidentified ? await unechoed(decided, ctx, all) : decided;
  return notice === undefined ? decision : mapOutcome(decision, (outcome) => noticed(outcome, notice));
}

/** A draft begun in a group that its maker could not be shown comes with the next private answer, whatever was said. */
async function withUnseen(decision: Decision, ctx: HandlerContext, features: readonly Feature[]): Promise<Decision> {
  const { actor, message } = ctx;
  if (!actor || ctx.deidentified || message.conversation.kind !== 'direct') return decision;
  let shown = decision;
  for (const draft of (await listDrafts(ctx, actor.id)).filter(isUnseen)) {
    const owner = features.find((feature) => feature.name === draft.kind);
    const card = await owner?.showUnseen?.({ ...ctx, actor }, draft);
    if (card) shown = mapOutcome(shown, (outcome) => (changes(outcome, draft) ? outcome : both(outcome, card)));
  }
  return shown;
}

/** Whether a decision already shows, changes or ends a draft. */
function changes({ writes = [] }: Outcome, draft: Draft): boolean {
  const same = (row: Extract<Write, { kind: 'update' | 'delete' }>['where']) =>
    row.id === draft.id || (row.staff_id === draft.staffId && row.kind === draft.kind);
  return writes.some(
    (write) => write.table === 'drafts' && (write.kind === 'update' || write.kind === 'delete') && same(write.where),
  );
}

function both(outcome: Outcome, card: Outcome): Outcome {
  return {
    ...outcome,
    replies: [...outcome.replies, ...card.replies],
    writes: [...(outcome.writes ?? []), ...(card.writes ?? [])],
  };
}

/** Abroad nothing typed is repeated to anybody there; command words are ours, and the terms of the plans are the plans'. */
async function unechoed(decision: Decision, ctx: HandlerContext, features: readonly Feature[]): Promise<Decision> {
  const { message } = ctx;
  const names = features.flatMap(({ commands }) => commands.flatMap(({ name, aliases }) => [name, ...aliases]));
  const terms = 'build' in decision ? new Set<string>() : await termsOfPlans(ctx, decision.replies);
  const isOurs = (words: string) =>
    terms.has(words) || names.some((name) => words === name || words.startsWith(`${name} `));
  const typed = `${message.text}\n${normaliseText(message.text)}\n${message.action?.value ?? ''}`;
  return mapOutcome(decision, (outcome) => ({
    ...outcome,
    replies: outcome.replies.map((reply) => withoutEcho(reply, typed, isOurs)),
  }));
}

async function decide(received: HandlerContext, features: readonly Feature[]): Promise<Decision> {
  const { message, actor } = received;
  const pointed = quotedNumber(message);
  // The case that is quoted is the one spoken of: 那单, 拒了，资料不全.
  const ctx = pointed === undefined ? received : { ...received, memory: { ...received.memory, number: pointed } };
  if (message.event === 'welcome') return greet(ctx, features);
  if ([...message.text].length > MAX_CHARACTERS) throw new UserFacingError('too-long');
  const abroad = await refuseTyped(ctx);
  if (abroad) return answer(abroad);
  if (message.action) {
    const pressed = findById(features, message.action.id);
    if (!pressed) throw new UserFacingError('unknown-button');
    return run(pressed, ctx, message.action.value);
  }
  const text = normaliseText(message.text);
  if (text === '' || !/[\p{L}\p{N}]/u.test(text)) return (await takeFile(ctx, features)) ?? answer(nothingToRead(ctx));

  const called = withQuotedNumber(findCommand(features, text, ctx), pointed, features, ctx);
  if (bringsFile(ctx, text) && (!called || called.command.id === 'documents.how')) {
    const taken = await takeFile(ctx, features);
    if (taken) return taken;
  }
  if (called) return run(called.command, ctx, called.argument);

  if (actor && message.conversation.kind === 'direct') {
    const bound: BoundContext = { ...ctx, actor };
    for (const draft of await listDrafts(ctx, actor.id)) {
      const owner = features.find((feature) => feature.name === draft.kind);
      const resumed = await owner?.resume?.(bound, draft);
      if (resumed) return resumed;
    }
  }
  if (DRAFT_WORDS.has(text) && !(ctx.memory.pending ?? undefined)) return answer(nothingWaits(ctx, text));

  const notifiable = notifiableDisease(text);
  if (notifiable) return answer({ audience: 'here', blocks: await refusalBlocks(ctx.knowledge, notifiable) });
  for (const feature of features) {
    const recognised = await feature.recognise?.(ctx);
    if (recognised) return recognised;
  }
  if (message.conversation.kind === 'group') {
    const found = findPatientData(text);
    const quoted = quotesPatient(message);
    if (found.kinds.length > 0 || mentionsPatient(text) || quoted) {
      return answer(keepPrivate(found.kinds.length > 0 || quoted));
    }
  }
  const asked = features.find((feature) => feature.question);
  return asked?.question ? asked.question(ctx) : answer(say('没有听懂。发送“帮助”看我能做什么。'));
}

/** Once a day: the platform reports every opening of the chat, and nobody wants to be greeted ten times. */
function greet(ctx: HandlerContext, features: readonly Feature[]): Outcome {
  const today = shanghaiDay(ctx.clock.now());
  if (ctx.memory.greetedOn === today) return answer();
  return { replies: [welcome(ctx, features)], memory: { ...ctx.memory, greetedOn: today } };
}

async function run(command: Command, ctx: HandlerContext, argument: string): Promise<Decision> {
  if (ctx.deidentified && command.deidentifiedReply !== undefined) return answer(say(command.deidentifiedReply));
  if (command.allowed === 'anyone') return command.run(ctx, argument);
  const { actor } = ctx;
  if (!actor) throw new UserFacingError('not-bound');
  const { allowed } = command;
  if (allowed !== 'bound' && !allowed.some((role) => actor.roles.includes(role))) {
    throw new UserFacingError('not-allowed', {
      values: { command: command.name, roles: allowed.map((role) => ROLE_LABELS[role]).join('、') },
    });
  }
  return command.run({ ...ctx, actor }, argument);
}

function findById(features: readonly Feature[], id: string): Command | undefined {
  for (const feature of features) {
    const command = feature.commands.find((one) => one.id === id);
    if (command) return command;
  }
  return undefined;
}

/**
 * The command a text begins with: the longest name wins. A name must end where a word ends (blank, mark, digit, Latin
 * letter, end of text), or the command itself accepts what follows (上转男67岁…); otherwise 目录外能转吗 is a question.
 */
export function findCommand(
  features: readonly Feature[],
  text: string,
  ctx: HandlerContext,
): { readonly command: Command; readonly argument: string } | undefined {
  const candidates: { command: Command; name: string }[] = [];
  for (const feature of features) {
    for (const command of feature.commands) {
      for (const name of [command.name, ...command.aliases]) {
        if (text.length >= name.length && text.slice(0, name.length).toLowerCase() === name.toLowerCase()) {
          candidates.push({ command, name });
        }
      }
    }
  }
  candidates.sort((a, b) => b.name.length - a.name.length);
  for (const { command, name } of candidates) {
    const rest = text.slice(name.length);
    const argument = rest.replace(/^[\s:：,，、;；。.]+/u, '').trim();
    const separate = rest === '' || !/^[\p{Script=Han}]/u.test(rest);
    const joinedLatin = /[a-z]$/i.test(name) && /^[a-z0-9]/i.test(rest);
    if (joinedLatin) continue;
    if (command.accepts ? command.accepts(argument, ctx) : separate) return { command, argument };
  }
  return undefined;
}

const CASE_TYPED = /\d{11,}|第?\d{1,4} ?号/;
const CASE_IN_EXAMPLE = /(?:ZZ|EM|QY)\d/;

/** 接收, said to a quoted 【转诊 ZZ…】: its number is the argument that was not typed. */
function withQuotedNumber(
  called: ReturnType<typeof findCommand>,
  number: string | undefined,
  features: readonly Feature[],
  ctx: HandlerContext,
): ReturnType<typeof findCommand> {
  if (!called || number === undefined || CASE_TYPED.test(called.argument)) return called;
  if (!CASE_IN_EXAMPLE.test(called.command.example ?? '')) return called;
  return findCommand(features, `${called.command.name} ${number} ${called.argument}`.trim(), ctx) ?? called;
}

/** A file with a word or two (入库, 请看看): the file is what is meant, unless a command takes the words. */
function bringsFile({ message }: HandlerContext, text: string): boolean {
  return [...text].length <= 30 && message.attachments.some(({ kind }) => kind === 'file');
}

async function takeFile(ctx: HandlerContext, features: readonly Feature[]): Promise<Decision | undefined> {
  if (ctx.message.attachments.length === 0) return undefined;
  for (const feature of features) {
    const taken = await feature.file?.(ctx);
    if (taken) return taken;
  }
  return undefined;
}

/** What came instead of words, by its kind. */
function unreadable(attachments: HandlerContext['message']['attachments']): string {
  const kinds = new Set(attachments.map(({ kind }) => kind));
  if (kinds.has('voice')) return '语音我听不了，转成文字再发就能办。';
  if (kinds.has('image')) return '图片收到了，但我看不了里面的内容。';
  if (kinds.has('video')) return '视频我看不了。';
  const file = attachments.some(({ base64, mediaId }) => base64 !== undefined || mediaId !== undefined);
  return file ? '收到文件，但还读不了它的内容。' : '这类消息（位置、链接等）我还办不了。';
}

function nothingToRead(ctx: HandlerContext): Reply {
  if (ctx.message.attachments.length > 0) {
    if (ctx.deidentified) return say(FILE_ABROAD);
    return say(`${unreadable(ctx.message.attachments)}请把要办的事打成文字发来，或发送“帮助”。`);
  }
  return say('在的。直接提问，或发送“帮助”看我能做什么。');
}

function nothingWaits(ctx: HandlerContext, text: string): Reply {
  if (ctx.message.conversation.kind === 'group') return say('确认和取消请在私聊中进行。');
  if (/^(好|好的|是|是的)$/.test(text)) return say('好的。有需要随时叫我。');
  return say('现在没有等您确认的内容。发送“帮助”看我能做什么。');
}

function keepPrivate(recall: boolean): Reply {
  return say(`检测到可能的患者信息，${recall ? '请撤回这条消息，并' : '请'}在私聊中发给我。`);
}

function mapOutcome(decision: Decision, change: (outcome: Outcome) => Outcome): Decision {
  if ('build' in decision) {
    return { numbers: decision.numbers, build: (numbers) => change(decision.build(numbers)) };
  }
  return change(decision);
}

/** Puts the notice before the first reply to the sender, unless the feature already says it there. */
function noticed(outcome: Outcome, notice: string): Outcome {
  const index = outcome.replies.findIndex((reply) => reply.audience === 'here' || reply.audience === 'sender');
  const first = outcome.replies[index];
  if (!first) return outcome;
  const [block] = first.blocks;
  if (block && 'text' in block && block.text.includes('120')) return outcome;
  const replies = outcome.replies.map((reply, at) =>
    at === index ? { ...reply, blocks: [{ type: 'text' as const, text: notice }, ...reply.blocks] } : reply,
  );
  return { ...outcome, replies };
}
