/** Who speaks, and where, as the address says: `#staff=wx-clinician-1&conversation=direct:wx-clinician-1`. */

/** The private chat of a person, where the bot's pushes to that person appear. */
export function privateChat(staffId) {
  return `direct:${staffId}`;
}

export function parseRoute(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  return { staff: params.get('staff') || undefined, conversation: params.get('conversation') || undefined };
}

export function formatRoute({ staff, conversation }) {
  const params = new URLSearchParams();
  if (staff) params.set('staff', staff);
  if (staff && conversation) params.set('conversation', conversation);
  return `#${params.toString().replaceAll('%3A', ':')}`;
}

/** Goes there, with an entry in the browser's history unless it is the same place. */
export function go(route) {
  const hash = formatRoute(route);
  if (hash !== location.hash) location.hash = hash;
}
