/** Who one is, and the conversations one takes part in, with the last words and the unread count. */
import { byId, element, reconcile } from './dom.js';
import { badge, picture } from './people.js';
import { roleLabel } from './roles.js';
import { shortStamp } from './time.js';

/** The card at the head of the list: name, role, institution, and the way to become somebody else. */
export function drawMe(person, { choosing, onSwitch }) {
  const card = byId('me');
  const items = person
    ? [
        {
          key: 'me',
          signature: JSON.stringify([person, choosing]),
          build: () =>
            element(
              'div',
              { class: 'me-card' },
              picture(person, 'large'),
              element(
                'div',
                { class: 'row-words' },
                element('p', { class: 'me-name' }, person.name, element('span', { class: 'role' }, roleLabel(person))),
                element('p', { class: 'row-note' }, placeOf(person)),
              ),
              element(
                'button',
                {
                  type: 'button',
                  class: 'plain',
                  'aria-expanded': String(choosing),
                  'aria-controls': 'people',
                  onclick: onSwitch,
                },
                '换人',
              ),
            ),
        },
      ]
    : [];
  reconcile(card, items);
  card.hidden = !person;
}

function placeOf(person) {
  if (!person.bound) return '还没有绑定到职工名册';
  return [person.region, person.institution].filter(Boolean).join(' · ');
}

/**
 * The list of conversations.
 * @param entries - `[{ conversation, last: { text, at } | undefined, unread }]`
 */
export function drawConversations(entries, { current, now, onPick }) {
  const panel = byId('conversations');
  if (!panel.firstElementChild) panel.append(element('ul', { class: 'rows' }));
  const items = entries.map(({ conversation, last, unread }) => ({
    key: conversation.id,
    signature: JSON.stringify([
      conversation.title,
      last,
      unread,
      conversation.id === current,
      last && shortStamp(new Date(last.at), now),
    ]),
    build: () =>
      element(
        'li',
        {},
        element(
          'button',
          {
            type: 'button',
            class: 'row conversation',
            'data-conversation': conversation.id,
            'aria-current': conversation.id === current && 'true',
            onclick: () => onPick(conversation),
          },
          emblem(conversation),
          element(
            'span',
            { class: 'row-words' },
            element(
              'span',
              { class: 'row-line' },
              element('span', { class: 'row-title' }, conversation.title),
              last && element('span', { class: 'row-time' }, shortStamp(new Date(last.at), now)),
            ),
            element('span', { class: 'row-note' }, last?.text || noteOf(conversation)),
          ),
          badge(unread),
        ),
      ),
  }));
  reconcile(panel.firstElementChild, items);
}

function noteOf(conversation) {
  return conversation.kind === 'direct' ? '私聊' : `${conversation.members.length} 人`;
}

function emblem(conversation) {
  if (conversation.kind === 'direct') return botPicture();
  return element('span', { class: 'picture-square tone-group', 'aria-hidden': 'true' }, '群');
}

/** The bot's own picture. */
export function botPicture() {
  return element('img', { class: 'picture-square', src: '/page/icon.svg', alt: '' });
}
