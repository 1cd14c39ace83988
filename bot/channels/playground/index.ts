/** The playground as a channel: the page and test programs read the outbox themselves, so nothing is ever sent. */

import type { Channel } from '../channel.ts';
import { plainText } from '../plain-text.ts';

export const PLAYGROUND_CHANNEL = 'playground';
/** Tenant of everything that belongs to demonstration and test. */
export const PLAYGROUND_TENANT = 'demo';

/** A person's own private conversation, where pushes to that person appear. */
export function directConversation(staffId: string): string {
  return `direct:${staffId}`;
}

/** Creates the channel; messages come in through bot/playground.ts. */
export function createPlaygroundChannel(): Channel {
  return {
    name: PLAYGROUND_CHANNEL,
    tenant: PLAYGROUND_TENANT,
    deidentified: false,
    instant: true,
    replyAddress: (message) => ({ kind: message.conversation.kind, id: message.conversation.id }),
    directAddress: (platformUserId) => ({ kind: 'direct', id: directConversation(platformUserId) }),
    groupAddress: (conversationId) => ({ kind: 'group', id: conversationId }),
    render: (blocks) => [plainText(blocks)],
    send: async () => undefined,
  };
}
