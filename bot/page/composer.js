/** Where one writes: a field that grows, examples that fill it, a draft for every conversation. */
import { byId, element, reconcile } from './dom.js';
import { examplesFor } from './roles.js';

/** On a phone the enter key makes a new line, as its keyboard promises; the button sends. */
const touch = matchMedia('(hover: none) and (pointer: coarse)');

/** Wires the form once; `onSend(text)` gets what was written. */
export function createComposer({ onSend }) {
  const form = byId('composer');
  const input = byId('input');
  const send = byId('send');
  const drafts = new Map();
  let place;

  const resize = () => {
    input.style.height = 'auto';
    input.style.height = `${input.scrollHeight + 2}px`;
    send.disabled = input.value.trim() === '';
  };
  const write = (text) => {
    input.value = text;
    resize();
  };
  if (touch.matches) {
    input.placeholder = '输入消息';
    input.enterKeyHint = 'enter';
  }
  input.addEventListener('input', resize);
  input.addEventListener('keydown', (event) => {
    // 229: the enter that ends the choice of a character in some input methods.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || touch.matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    write('');
    input.focus();
    onSend(text);
  });

  return {
    draw({ person, conversation }) {
      form.hidden = !conversation;
      const next = conversation && `${person.id} ${conversation.id}`;
      if (next === place) return;
      if (place) drafts.set(place, input.value);
      place = next;
      write((next && drafts.get(next)) ?? '');
      const examples = conversation ? examplesFor(person) : [];
      reconcile(
        byId('chips'),
        examples.map((text) => ({
          key: text,
          signature: '',
          build: () => element('button', { type: 'button', class: 'chip', onclick: () => fill(text) }, text),
        })),
      );
      byId('chips').scrollLeft = 0;
      if (conversation && !touch.matches && !isChoosing()) input.focus({ preventScroll: true });
    },
  };

  function fill(text) {
    write(text);
    input.focus();
    input.setSelectionRange(text.length, text.length);
  }
}

function isChoosing() {
  return !byId('people').hidden;
}
