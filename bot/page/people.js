/** The people one may speak as: grouped by region and institution, with a search. */
import { byId, element, reconcile } from './dom.js';
import { roleLabel, toneOf } from './roles.js';

/** `[{ region, institutions: [{ name, people }] }]` in the order given; who has no region comes last. Pure. */
export function groupPeople(staff, query = '') {
  const words = query.trim().toLowerCase().split(/\s+/u).filter(Boolean);
  const matches = (person) => {
    const haystack = [person.name, person.id, person.institution, person.region, roleLabel(person)]
      .join(' ')
      .toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
  const regions = new Map();
  for (const person of staff.filter(matches)) {
    const region = person.region || '';
    const institutions = regions.get(region) ?? new Map();
    regions.set(region, institutions);
    const name = person.institution || '';
    institutions.set(name, [...(institutions.get(name) ?? []), person]);
  }
  const groups = [...regions].map(([region, institutions]) => ({
    region: region || '未绑定人员',
    unbound: region === '',
    institutions: [...institutions].map(([name, people]) => ({ name, people })),
  }));
  return [...groups.filter((group) => !group.unbound), ...groups.filter((group) => group.unbound)];
}

/** The coloured square with the family name. */
export function picture(person, size = '') {
  const letter = [...person.name.replace(/^演示[-－—·\s]*/u, '')][0] ?? '';
  return element('span', { class: `picture-square tone-${toneOf(person)} ${size}`, 'aria-hidden': 'true' }, letter);
}

/** The number of unread messages, or nothing. */
export function badge(count) {
  if (count === 0) return undefined;
  return element(
    'span',
    { class: 'badge' },
    count > 99 ? '99+' : String(count),
    element('span', { class: 'visually-hidden' }, ' 条未读'),
  );
}

/** Builds the panel once; the returned function draws it. */
export function createPeople({ onPick, onClose }) {
  const panel = byId('people');
  const search = element('input', {
    type: 'search',
    id: 'people-search',
    placeholder: '搜索姓名、角色、机构',
    autocomplete: 'off',
  });
  const close = element('button', { type: 'button', class: 'plain', onclick: onClose }, '取消');
  const list = element('div', { class: 'people-list' });
  panel.append(
    element('div', { class: 'panel-head' }, element('h2', {}, '选择要扮演的人'), close),
    element('label', { class: 'visually-hidden', for: 'people-search' }, '搜索人员'),
    search,
    list,
  );
  let draw = () => undefined;
  search.addEventListener('input', () => draw());
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !close.hidden) onClose();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveFocus(panel, event);
  });

  return {
    /** @param unreadOf - unread private messages of a person */
    draw({ staff, current, unreadOf }) {
      draw = () => drawList(list, { groups: groupPeople(staff, search.value), current, unreadOf, onPick });
      close.hidden = current === undefined;
      draw();
    },
    /** Into the search field, with the person one is in sight. */
    focus() {
      search.focus();
      list.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' });
    },
    clear: () => {
      search.value = '';
    },
  };
}

function moveFocus(panel, event) {
  const stops = [...panel.querySelectorAll('input, .person')];
  const next = stops[stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function drawList(list, { groups, current, unreadOf, onPick }) {
  const items = groups.flatMap((group) => [
    {
      key: `region ${group.region}`,
      signature: group.region,
      build: () => element('h3', { class: 'region' }, group.region),
    },
    ...group.institutions.map((institution) => {
      const unread = institution.people.map((person) => unreadOf(person));
      return {
        key: `institution ${group.region} ${institution.name}`,
        signature: JSON.stringify([institution, unread, current?.id]),
        build: () => drawInstitution(institution, { unread, current, onPick }),
      };
    }),
  ]);
  if (items.length === 0) {
    items.push({ key: 'none', signature: '', build: () => element('p', { class: 'empty' }, '没有找到，换个词试试') });
  }
  reconcile(list, items);
}

function drawInstitution({ name, people }, { unread, current, onPick }) {
  const rows = people.map((person, index) =>
    element(
      'li',
      {},
      element(
        'button',
        {
          type: 'button',
          class: 'row person',
          'data-staff': person.id,
          'aria-current': person.id === current?.id && 'true',
          onclick: () => onPick(person),
        },
        picture(person),
        element(
          'span',
          { class: 'row-words' },
          element('span', { class: 'row-title' }, person.name),
          element('span', { class: 'row-note' }, roleLabel(person)),
        ),
        badge(unread[index] ?? 0),
      ),
    ),
  );
  return element(
    'section',
    {},
    name && element('h4', { class: 'institution' }, name),
    element('ul', { class: 'rows' }, ...rows),
  );
}
