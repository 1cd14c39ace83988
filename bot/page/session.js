/** What this tab remembers over a reload: own messages, and up to where each conversation was read. */

const OWN = 'yigongti.own';
const READ = 'yigongti.read';
/** Enough to look back on; the storage of a tab is small. */
const KEEP = 400;

function load(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? otherwise;
  } catch {
    return otherwise;
  }
}

function save(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the memory of a reload, nothing else.
  }
}

/** Own messages, oldest first. One that was on its way when the page was left is unsure: it can be sent again, same id. */
export function loadOwn() {
  return load(OWN, []).map((one) => (one.state === 'sending' ? { ...one, state: 'failed' } : one));
}

export function saveOwn(own) {
  save(OWN, own.slice(-KEEP));
}

/** `{ baseline, marks }`: what was there before this tab opened counts as read. Undefined in a new tab. */
export function loadRead() {
  return load(READ, undefined);
}

export function saveRead(read) {
  save(READ, read);
}

/** A new message id. */
export function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
