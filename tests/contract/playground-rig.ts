/** What the channel contract needs to know about the playground: it only draws; people read its outbox themselves. */
import { createPlaygroundChannel } from '../../bot/channels/playground/index.ts';
import type { ChannelRig } from './channel-cases.ts';

const ownDoor = 'messages come in through /playground/messages, which has its own tests';
const noSending = 'nothing is sent: the page reads the outbox';
const noParts = 'a browser shows any length';

function none(): never {
  throw new Error('the playground has no such thing');
}

export const playgroundRig: ChannelRig = {
  name: 'playground',
  skips: {
    'refuses construction without a secret': 'it has none, and runs in development only',
    'takes what the platform signed, within its window': ownDoor,
    'refuses wrong, missing and stale signatures, and what cannot be read': ownDoor,
    'compares signatures in constant time': ownDoor,
    'makes exactly one message or a named ignore of every recorded payload': ownDoor,
    'gives a redelivery the id of the first delivery, and another message another': ownDoor,
    'answers inside the request with the same words, sealed afresh': ownDoor,
    'splits long replies within the limit, in order, without losing or cutting a character': noParts,
    'sends what it rendered, in order': noSending,
    'sends equal words under another key again, the same key once': noSending,
    'gives every failure a reason and a decision about trying again': noSending,
    'renews an ended token once and sends once, also under ten parallel sends': noSending,
    'asks for a token again after a failed renewal': noSending,
    'shows no secret and no text of a message in any error or log line': noSending,
  },
  open: () => createPlaygroundChannel(),
  withoutSecret: {},
  secrets: [],
  comparedIn: [],
  deliveries: [],
  sign: none,
  forgeries: none,
  windowSeconds: undefined,
  address: { kind: 'direct', id: 'direct:wx-clinician-1' },
  sizeOf: (part) => part.length,
  maxSize: 1,
  asShown: (part) => part,
  passiveAsShown: none,
  startPlatform: none,
};
