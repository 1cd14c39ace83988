/** The page: knows everything that was said, draws what the address names, and sends what is written. */
import { CallError, getConversations, getStaff, postMessage } from './api.js';
import { createChat } from './chat.js';
import { createClock } from './clock.js';
import { createComposer } from './composer.js';
import { drawConversations, drawMe } from './conversations.js';
import { byId, element } from './dom.js';
import { followOutbox } from './outbox.js';
import { createPeople } from './people.js';
import { go, parseRoute, privateChat } from './route.js';
import { loadOwn, loadRead, newMessageId, saveOwn, saveRead } from './session.js';
import { conversationsOf, timelineOf, unreadAfter } from './timeline.js';

const wide = matchMedia('(min-width: 760px)');

const state = {
  staff: [],
  staffById: new Map(),
  conversations: [],
  /** The bot's messages by their number. */
  messages: new Map(),
  own: loadOwn(),
  read: loadRead(),
  /** Grows when the server's data were made anew: equal numbers then mean other messages. */
  generation: 0,
  /** Highest number seen. */
  last: 0,
  ready: false,
  online: true,
  choosing: false,
};

const chat = createChat({ onPress: press, onRetry: retry, onPick: become });
const composer = createComposer({ onSend: send });
const people = createPeople({ onPick: become, onClose: () => choose(false) });
const clock = createClock({ lastOf: () => state.last, onTick: draw, onMoved: take });

byId('back').addEventListener('click', () => go({ staff: here().person?.id }));
addEventListener('hashchange', () => {
  state.choosing = false;
  draw();
});
document.addEventListener('visibilitychange', draw);
wide.addEventListener('change', draw);
followOutbox({ refresh, onBatch, onState });

/** Who speaks, the conversations of that person, and the open one. */
function here() {
  const route = parseRoute(location.hash);
  const person = state.staffById.get(route.staff);
  if (!person) return { person: undefined, conversations: [], conversation: undefined };
  const conversations = conversationsOf(person, state.conversations);
  const asked = conversations.find((one) => one.id === route.conversation);
  // Beside the list there is room for a chat: without a choice it is the private one.
  return { person, conversations, conversation: asked ?? (wide.matches ? conversations[0] : undefined) };
}

async function refresh() {
  const [staff, conversations] = await Promise.all([getStaff(), getConversations(), clock.check()]);
  state.staff = staff;
  state.staffById = new Map(staff.map((person) => [person.id, person]));
  state.conversations = conversations;
}

function onState(online) {
  if (online === state.online) return;
  state.online = online;
  draw();
}

function onBatch(messages, kind) {
  if (kind === 'history') startFrom(messages);
  for (const message of messages) state.messages.set(message.n, message);
  state.last = Math.max(state.last, messages.at(-1)?.n ?? 0);
  if (kind === 'history' || messages.length > 0) draw();
}

/** The server's whole history: after a first look, or when its data were made anew. */
function startFrom(messages) {
  const last = messages.at(-1)?.n ?? 0;
  const anew = state.ready;
  state.messages.clear();
  state.generation += 1;
  state.last = last;
  state.ready = true;
  // Words said to a server that has since begun anew belong to nothing.
  state.own = anew ? [] : state.own.filter((one) => one.afterN <= last);
  if (anew || !state.read || state.read.baseline > last) state.read = { baseline: last, marks: {} };
  saveOwn(state.own);
  saveRead(state.read);
}

/** Takes in messages that came another way than the poll: each number once. */
function take(messages) {
  for (const message of messages) {
    const known = state.messages.get(message.n);
    state.messages.set(message.n, known ?? { ...message, at: message.at ?? clock.now().toISOString() });
    state.last = Math.max(state.last, message.n);
  }
  draw();
}

function unread(person, conversation) {
  const mark = state.read?.marks[`${person.id} ${conversation}`] ?? state.read?.baseline ?? Number.POSITIVE_INFINITY;
  return unreadAfter(state.messages.values(), conversation, mark);
}

function markRead(person, conversation) {
  const key = `${person.id} ${conversation}`;
  if (!state.read || document.hidden || unread(person, conversation) === 0) return;
  state.read.marks[key] = state.last;
  saveRead(state.read);
}

function choose(choosing) {
  state.choosing = choosing;
  drawAll();
  if (choosing) people.focus();
  else byId('me').querySelector('button')?.focus();
}

function become(person) {
  people.clear();
  state.choosing = false;
  go({ staff: person.id, conversation: privateChat(person.id) });
  draw();
}

function send(text) {
  const { person, conversation } = here();
  if (person && conversation) submit({ person, conversation, text });
}

function press(message, item) {
  const { person, conversation } = here();
  if (!person || !conversation) return;
  const { id, value, version } = item;
  submit({ person, conversation, text: '', action: { id, value, version }, label: item.label, source: message.n });
}

function submit({ person, conversation, text, action, label, source }) {
  const own = {
    messageId: newMessageId(),
    staff: person.id,
    staffName: person.name,
    conversation: { kind: conversation.kind, id: conversation.id },
    text,
    action,
    label,
    source,
    at: clock.now().toISOString(),
    afterN: state.last,
    state: 'sending',
  };
  state.own = [...state.own, own];
  deliver(own);
}

function retry(own) {
  change(own.messageId, { state: 'sending', reason: undefined });
  deliver(own);
}

function change(messageId, values) {
  state.own = state.own.map((one) => (one.messageId === messageId ? { ...one, ...values } : one));
  saveOwn(state.own);
  draw();
}

/** One message after the other in a conversation, as they were written. */
const queues = new Map();

function deliver(own) {
  saveOwn(state.own);
  draw();
  const { staff, conversation, text, messageId, action } = own;
  const turn = (queues.get(conversation.id) ?? Promise.resolve()).then(async () => {
    try {
      const { replies } = await postMessage({ staff, conversation, text, messageId, action });
      change(messageId, { state: 'sent' });
      take(replies);
    } catch (error) {
      change(messageId, { state: 'failed', reason: reasonOf(error) });
    }
  });
  queues.set(conversation.id, turn);
}

function reasonOf(error) {
  const status = error instanceof CallError ? error.status : undefined;
  if (status === 0) return '未送达，连接中断';
  if (status === 404) return '未送达，这个人或群已不存在';
  if (status === 400 || status === 413) return '未送达，内容不被接受';
  return '未送达，助手暂时没有应答';
}

let planned = false;

/** Draws once, however many things changed in this turn. */
function draw() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    drawAll();
  });
}

function drawAll() {
  const { person, conversations, conversation } = here();
  const messages = [...state.messages.values()];
  const now = clock.now();
  const open = conversation && state.ready;
  byId('layout').dataset.screen = open && parseRoute(location.hash).conversation ? 'chat' : 'list';
  if (open && (wide.matches || byId('layout').dataset.screen === 'chat')) markRead(person, conversation.id);

  byId('banner').textContent = state.online ? '' : '连接中断，正在重连…';
  const choosing = state.choosing || !person;
  byId('people').hidden = !choosing;
  byId('conversations').hidden = choosing;
  drawMe(person, { choosing, onSwitch: () => choose(!state.choosing) });
  if (choosing)
    people.draw({ staff: state.staff, current: person, unreadOf: (one) => unread(one, privateChat(one.id)) });

  const entries = conversations.map((one) => ({
    conversation: one,
    last: lastOf(timelineOf(messages, state.own, one.id)),
    unread: person ? unread(person, one.id) : 0,
  }));
  drawConversations(entries, {
    current: conversation?.id,
    now,
    onPick: (one) => go({ staff: person.id, conversation: one.id }),
  });

  byId('chat-name').textContent = conversation ? conversation.title : state.ready ? '请选择要扮演的人' : '正在连接…';
  byId('chat-note').textContent = conversation ? noteOf(person, conversation) : '';
  const said = conversation ? timelineOf(messages, state.own, conversation.id) : [];
  chat.draw({ person, conversation, entries: said, staffById: state.staffById, now, generation: state.generation });
  composer.draw({ person, conversation });
  drawUnread(entries, { person, conversation });
}

function lastOf(timeline) {
  const entry = timeline.at(-1);
  if (!entry) return undefined;
  if (entry.kind === 'bot') return { text: firstLine(entry.message.text), at: entry.message.at };
  const { text, label, staffName, at } = entry.own;
  return { text: `${staffName}：${firstLine(text || label)}`, at };
}

function firstLine(text) {
  return text.trim().split('\n', 1)[0].slice(0, 80);
}

function noteOf(person, conversation) {
  if (conversation.kind === 'direct') return `${person.name}的私聊`;
  const names = conversation.members.map((id) => state.staffById.get(id)?.name).filter(Boolean);
  return `${conversation.members.length} 人：${names.join('、')}`;
}

/** Tells of what came elsewhere: in the title, at the way back, and, for the private chat, above the field. */
function drawUnread(entries, { person, conversation }) {
  const elsewhere = entries.filter((one) => one.conversation.id !== conversation?.id);
  const count = elsewhere.reduce((sum, one) => sum + one.unread, 0);
  document.title = `${count > 0 ? `(${count}) ` : ''}${person ? `${person.name} · ` : ''}医共体助手 · 演示`;
  const badge = byId('back-badge');
  badge.hidden = count === 0;
  badge.textContent = String(count);
  byId('back').setAttribute('aria-label', count > 0 ? `返回会话列表，${count} 条未读` : '返回会话列表');

  const waiting =
    conversation?.kind === 'group' ? (elsewhere.find((one) => one.conversation.kind === 'direct')?.unread ?? 0) : 0;
  const notice = byId('notice');
  if (notice.dataset.count === String(waiting)) return;
  notice.dataset.count = String(waiting);
  notice.replaceChildren(
    ...(waiting === 0
      ? []
      : [
          element(
            'button',
            {
              type: 'button',
              class: 'notice-button',
              onclick: () => go({ staff: here().person.id, conversation: privateChat(here().person.id) }),
            },
            `私聊里有 ${waiting} 条新消息，去查看 ›`,
          ),
        ]),
  );
}
