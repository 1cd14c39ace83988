/** The messages of the open conversation: bubbles, times, what is on its way and what did not arrive. */
import { renderBlocks } from './blocks.js';
import { botPicture } from './conversations.js';
import { byId, element, reconcile } from './dom.js';
import { picture } from './people.js';
import { roleLabel, starters } from './roles.js';
import { stampOf } from './time.js';

/** Messages further apart than this get a time above them. */
const GAP_MS = 5 * 60_000;
/** Closer to the end than this counts as reading along. */
const NEAR_END_PX = 80;

/**
 * Wires the log once; the returned `draw` shows a conversation.
 * @param onPress - called with the bot's message and the button's item
 * @param onRetry - called with the own message that did not arrive
 * @param onPick - called with the person chosen on the welcome page
 */
export function createChat({ onPress, onRetry, onPick }) {
  const log = byId('log');
  const toBottom = byId('to-bottom');
  let shown;
  let seen = 0;
  let follows = true;

  const scrollToEnd = () => {
    log.scrollTop = log.scrollHeight;
    follows = true;
    toBottom.hidden = true;
  };
  log.addEventListener('scroll', () => {
    follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    if (follows) toBottom.hidden = true;
  });
  // Pictures get their height late, the keyboard of a phone takes some away: stay at the end through both.
  log.addEventListener('load', () => follows && scrollToEnd(), true);
  new ResizeObserver(() => follows && scrollToEnd()).observe(log);
  toBottom.addEventListener('click', scrollToEnd);

  return {
    draw({ person, conversation, entries, staffById, now, generation }) {
      const place = conversation && `${generation} ${person.id} ${conversation.id}`;
      const moved = place !== shown;
      if (moved) {
        // A whole conversation appearing is not news: only what comes after it is read out.
        log.setAttribute('aria-live', 'off');
        log.replaceChildren();
        setTimeout(() => log.setAttribute('aria-live', 'polite'), 100);
      }
      shown = place;
      reconcile(
        log,
        conversation
          ? itemsOf({ person, conversation, entries, staffById, now, onPress, onRetry })
          : welcome([...staffById.values()], onPick),
      );
      blockButtons(log, entries);
      const grown = entries.length > seen;
      const mine =
        grown &&
        entries.some((entry, index) => index >= seen - 1 && isOwnOf(entry, person) && entry.own.state === 'sending');
      seen = entries.length;
      if (moved || follows || mine) scrollToEnd();
      else if (grown) toBottom.hidden = false;
    },
  };
}

function isOwnOf(entry, person) {
  return entry.kind === 'own' && entry.own.staff === person.id;
}

function itemsOf({ person, conversation, entries, staffById, now, onPress, onRetry }) {
  if (entries.length === 0) {
    return [{ key: 'empty', signature: conversation.id, build: () => emptyChat(conversation) }];
  }
  const items = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const entry of entries) {
    const said = entry.kind === 'bot' ? entry.message : entry.own;
    const key = entry.kind === 'bot' ? `bot ${entry.message.n}` : `own ${entry.own.messageId}`;
    const at = new Date(said.at);
    if (Math.abs(at.getTime() - before) > GAP_MS) {
      const stamp = stampOf(at, now);
      items.push({
        key: `time ${key}`,
        signature: stamp,
        build: () => element('p', { class: 'stamp' }, element('time', { datetime: said.at }, stamp)),
      });
    }
    before = at.getTime();
    if (entry.kind === 'bot') {
      items.push({ key, signature: '', build: () => botMessage(entry.message, onPress) });
    } else {
      const author = staffById.get(entry.own.staff) ?? {
        id: entry.own.staff,
        name: entry.own.staffName,
        roles: [],
        bound: false,
      };
      const mine = author.id === person.id;
      items.push({
        key,
        signature: `${entry.own.state} ${mine}`,
        build: () => ownMessage(entry.own, { author, mine, onRetry }),
      });
    }
  }
  if (entries.some((entry) => entry.kind === 'own' && entry.own.state === 'sending')) {
    items.push({ key: 'busy', signature: '', build: busy });
  }
  return items;
}

/** Before somebody is chosen: what this is, and four people to begin with. */
function welcome(staff, onPick) {
  const people = starters(staff);
  if (people.length === 0) return [];
  const card = ({ person, hint }) =>
    element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'row', onclick: () => onPick(person) },
        picture(person),
        element(
          'span',
          { class: 'row-words' },
          element('span', { class: 'row-title' }, `${person.name} · ${roleLabel(person)}`),
          element('span', { class: 'row-note' }, hint),
        ),
      ),
    );
  const build = () =>
    element(
      'div',
      { class: 'welcome' },
      element('h3', {}, '在这里可以扮演任何人'),
      element('p', {}, '从左边选一个人，像在企业微信里一样和助手说话。也可以从这几位开始：'),
      element('ul', { class: 'rows' }, ...people.map(card)),
    );
  return [{ key: 'welcome', signature: people.map(({ person }) => person.id).join(' '), build }];
}

function emptyChat(conversation) {
  const words =
    conversation.kind === 'direct'
      ? '有政策问题、要转诊、缺药，直接说就行。也可以点下面的示例。'
      : '在群里说的话大家都能看到。患者信息请到私聊里说。';
  return element('p', { class: 'empty' }, words);
}

function botMessage(message, onPress) {
  return element(
    'article',
    { class: 'message from-bot', 'data-n': message.n },
    botPicture(),
    element(
      'div',
      { class: 'said' },
      element('p', { class: 'author' }, '医共体助手'),
      element('div', { class: 'bubble' }, ...renderBlocks(message, (item) => onPress(message, item))),
    ),
  );
}

function ownMessage(own, { author, mine, onRetry }) {
  const failed = own.state === 'failed';
  const bubble = element(
    'div',
    { class: 'bubble' },
    own.action
      ? element('p', { class: 'text pressed' }, element('span', { class: 'visually-hidden' }, '点了按钮：'), own.label)
      : element('p', { class: 'text' }, own.text),
  );
  const state = own.state === 'sending' ? element('p', { class: 'state' }, '发送中…') : undefined;
  const retry =
    failed &&
    element(
      'p',
      { class: 'state failed' },
      own.reason ?? '未送达',
      mine && element('button', { type: 'button', class: 'retry', onclick: () => onRetry(own) }, '重试'),
    );
  return element(
    'article',
    { class: `message ${mine ? 'from-me' : 'from-other'}`, 'data-message': own.messageId, 'data-state': own.state },
    picture(author),
    element('div', { class: 'said' }, element('p', { class: 'author' }, author.name), bubble, state, retry),
  );
}

function busy() {
  return element(
    'div',
    { class: 'message from-bot busy', 'aria-hidden': 'true' },
    botPicture(),
    element('div', { class: 'bubble dots' }, element('i'), element('i'), element('i')),
  );
}

/** Holds the buttons of a message while one of them is on its way; gives the focus back afterwards. */
function blockButtons(log, entries) {
  const pending = new Set(
    entries
      .filter((entry) => entry.kind === 'own' && entry.own.state === 'sending' && entry.own.source !== undefined)
      .map((entry) => String(entry.own.source)),
  );
  for (const button of log.querySelectorAll('.action')) {
    const blocked = pending.has(button.closest('.message')?.dataset.n);
    if (blocked === button.disabled) continue;
    if (blocked && button === document.activeElement) button.dataset.focused = '';
    button.disabled = blocked;
    if (!blocked && 'focused' in button.dataset) {
      delete button.dataset.focused;
      if (document.activeElement === document.body) button.focus({ preventScroll: true });
    }
  }
}
