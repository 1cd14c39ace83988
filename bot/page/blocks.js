/** Draws every kind of block a reply can be made of. */
import { byId, element } from './dom.js';
import { renderMarkdown } from './markdown.js';

/**
 * A message of the bot as elements, one a block. What this page does not know falls back to the plain rendering.
 * @param {{ text: string, blocks: readonly object[] }} message
 * @param {(button: object) => void} press - called with the button's item
 */
export function renderBlocks(message, press) {
  const drawn = message.blocks.map((block) => DRAW[block.type]?.(block, press));
  if (drawn.length === 0 || drawn.includes(undefined)) return [drawText(message)];
  return drawn;
}

const DRAW = {
  text: drawText,
  markdown: (block) => renderMarkdown(block.text),
  quote: drawQuote,
  fields: drawFields,
  table: drawTable,
  list: (block) =>
    element(block.ordered ? 'ol' : 'ul', { class: 'items' }, ...block.items.map((item) => element('li', {}, item))),
  image: drawImage,
  file: drawFile,
  buttons: drawButtons,
};

function drawText({ text }) {
  return element('p', { class: 'text' }, text);
}

function drawQuote({ text, source }) {
  return element('figure', { class: 'quote' }, element('blockquote', {}, text), element('figcaption', {}, source));
}

function drawFields({ items }) {
  const pairs = items.map(({ label, value }) =>
    element('div', {}, element('dt', {}, label), element('dd', {}, value === '' ? '—' : value)),
  );
  return element('dl', { class: 'fields' }, ...pairs);
}

const NUMERIC = /^[-+−≥≤><]?\s*[\d.,]+\s*(?:%|‰|万|亿)?[人盒天例单张项元]?$/u;

/** More characters than this may break into lines; figures and short words never do. */
const SHORT_CELL = 8;

function shapeOf(value) {
  if (NUMERIC.test(value)) return 'number';
  return value.length > SHORT_CELL ? 'long' : 'short';
}

function drawTable({ columns, rows }) {
  const cell = (value) => element('td', { class: shapeOf(value.trim()) }, value);
  const head = element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)));
  return element(
    'div',
    { class: 'table', role: 'region', tabindex: '0', 'aria-label': `表格：${columns.join('、')}` },
    element(
      'table',
      {},
      element('thead', {}, head),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map(cell)))),
    ),
  );
}

const urls = new WeakMap();

/** A blob address for a block's content, made once. */
function urlOf(block, type) {
  const known = urls.get(block);
  if (known) return known;
  const url = URL.createObjectURL(new Blob([bytesOf(block.base64)], { type }));
  urls.set(block, url);
  return url;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

const IMAGE_TYPES = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' };

function extensionOf(name) {
  return name.split('.').pop()?.toLowerCase() ?? '';
}

function drawImage(block) {
  const url = urlOf(block, IMAGE_TYPES[extensionOf(block.name)] ?? 'image/png');
  const view = () => {
    const viewer = byId('viewer');
    const close = element('button', { type: 'button', class: 'plain', onclick: () => viewer.close() }, '关闭');
    const save = element('a', { href: url, download: block.name, class: 'plain' }, '保存图片');
    viewer.replaceChildren(
      element('img', { src: url, alt: block.alt }),
      element('p', { class: 'viewer-row' }, element('span', {}, block.alt), save, close),
    );
    viewer.showModal();
  };
  return element(
    'button',
    { type: 'button', class: 'picture', 'aria-label': `放大图片：${block.alt}`, onclick: view },
    element('img', { src: url, alt: block.alt }),
  );
}

function drawFile(block) {
  const size = bytesOf(block.base64).length;
  const url = urlOf(block, 'application/octet-stream');
  return element(
    'a',
    { class: 'file', href: url, download: block.name },
    element('span', { class: 'file-kind', 'aria-hidden': 'true' }, extensionOf(block.name).slice(0, 4).toUpperCase()),
    element(
      'span',
      { class: 'file-words' },
      element('span', { class: 'file-name' }, block.name),
      element('span', { class: 'file-size' }, `${sizeOf(size)} · 点击下载`),
    ),
  );
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function drawButtons({ items }, press) {
  const buttons = items.map((item) =>
    element('button', { type: 'button', class: 'action', onclick: () => press(item) }, item.label),
  );
  return element('div', { class: 'actions', role: 'group', 'aria-label': '可选操作' }, ...buttons);
}
