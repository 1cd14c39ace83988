/** Limits that all addresses of a channel share, over all processes: what is over them goes out later, none is lost. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { say } from '../../handlers/message.ts';
import { databaseKinds } from '../support/databases.ts';
import { closeParts, letterbox, messageFrom, openParts, type Parts, settle } from './parts.ts';

describe.each(databaseKinds())('a limit of the whole channel on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  it('counts the sends of every address and process together', async () => {
    const more = { paceOf: () => [{ count: 3, withinMs: 60_000, shared: 'api' }] };
    const boxes = [letterbox({ more }), letterbox({ more })];
    const nodes = boxes.map((box) => parts.node({ channels: [box] }));
    for (const person of ['a', 'b', 'c', 'd', 'e']) {
      const [node] = nodes;
      if (node) await settle(node, messageFrom(person, '问'), { replies: [say(person)] }, parts.clock.now());
    }
    const sent = () => boxes.reduce((sum, box) => sum + box.letters.length, 0);
    for (const node of nodes) await node.outbox.flush();
    expect(sent()).toBe(3);
    parts.clock.set(new Date(parts.clock.now().getTime() + 70_000));
    for (const node of nodes) await node.outbox.flush();
    expect(sent()).toBe(5);
    expect(boxes.flatMap((box) => box.letters.map((letter) => letter.to)).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
