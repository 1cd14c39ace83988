/** Speaks with a running bot over its playground, wherever it runs: short words for tests of whole processes. */

export interface Said {
  readonly n: number;
  readonly to: { readonly kind: string; readonly id: string; readonly channel: string };
  readonly text: string;
}

export interface SaysOptions {
  readonly messageId?: string;
  readonly group?: string;
  readonly direct?: string;
}

export interface Talk {
  get<T>(path: string): Promise<T>;
  says(
    staff: string,
    text: string,
    options?: SaysOptions,
  ): Promise<{ readonly messageId: string; readonly replies: readonly Said[] }>;
  /** Everything sent to anyone after `since`. */
  outboxSince(since: number): Promise<readonly Said[]>;
  lastN(): Promise<number>;
  moveClock(iso: string): Promise<void>;
}

export function talkTo(url: string): Talk {
  async function call<T>(path: string, body?: unknown): Promise<T> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, body === undefined ? {} : post);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  async function outboxSince(since: number): Promise<readonly Said[]> {
    const all: Said[] = [];
    for (;;) {
      const page = await call<{ last: number; messages: Said[] }>(`/playground/outbox?since=${all.at(-1)?.n ?? since}`);
      if (page.messages.length === 0) return all;
      all.push(...page.messages);
    }
  }
  return {
    get: call,
    says(staff, text, { group, direct, messageId } = {}) {
      const conversation = group ? { kind: 'group', id: group } : { kind: 'direct', id: direct ?? `direct:${staff}` };
      return call('/playground/messages', { staff, conversation, text, ...(messageId ? { messageId } : {}) });
    },
    outboxSince,
    lastN: async () => (await outboxSince(0)).at(-1)?.n ?? 0,
    moveClock: async (iso) => {
      await call('/playground/clock', { now: iso });
    },
  };
}
