/** The bot's playground over HTTP: one function a call, one kind of error. */

/** A call that got no good answer; `status` is 0 when there was no answer at all. */
export class CallError extends Error {
  constructor(status, message) {
    super(message);
    this.name = 'CallError';
    this.status = status;
  }
}

const CALL_TIMEOUT_MS = 60_000;
/** How long the server may hold a poll open; the call itself is given up a little later. */
const POLL_WAIT_MS = 25_000;

async function call(path, { body, timeoutMs = CALL_TIMEOUT_MS, signal } = {}) {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response;
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
  } catch (error) {
    throw new CallError(0, error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) throw new CallError(response.status, `status ${response.status}`);
  try {
    return await response.json();
  } catch {
    throw new CallError(response.status, 'no JSON');
  }
}

export const getStaff = () => call('/playground/staff');
export const getConversations = () => call('/playground/conversations');
export const getClock = () => call('/playground/clock');

/** Moves the bot's clock; answers when everything that fell due on the way has run, which may take a while. */
export const postClock = (now) => call('/playground/clock', { body: { now }, timeoutMs: 10 * CALL_TIMEOUT_MS });

/** Speaks as a person; answers when the bot has handled it. The same `messageId` again does nothing twice. */
export const postMessage = (body) => call('/playground/messages', { body });

/** What was sent after `since`, to anyone. With `wait` the server holds the call until there is something. */
export function getOutbox(since, { wait = false, signal } = {}) {
  const waitMs = wait ? POLL_WAIT_MS : 0;
  return call(`/playground/outbox?since=${since}&wait=${waitMs}`, { timeoutMs: waitMs + 15_000, signal });
}
