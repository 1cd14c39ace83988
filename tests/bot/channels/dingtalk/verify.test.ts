/** Signatures of DingTalk: the vectors of the platform's notes, and which callback is which. */
import { describe, expect, it } from 'vitest';
import { EdgeError, type EdgeRequest } from '../../../../bot/channels/channel.ts';
import { replayMark, signCardTime, signTime, verifyCallback } from '../../../../bot/channels/dingtalk/verify.ts';
import { admits } from '../../../../bot/replay-guard.ts';

const AT = '1700000000000';
const NOW = new Date(Number(AT));

describe('a signature', () => {
  it('of a robot callback is over time and secret', () => {
    expect(signTime(AT, 'demo-app-secret')).toBe('35L+VaeC+auo+F48xgwE2nbemVgZgGadfVKR4DtTTo4=');
  });

  it('of a custom robot is the same, written into the address', () => {
    const query = new URLSearchParams({ sign: signTime(AT, 'SECdemo0000') }).toString();
    expect(query).toBe('sign=kSfqCNfi1QZQd30haRL6%2Bap4zqrSzGl%2BGqA4mSPJazc%3D');
  });

  it('of a press on a card is over the time alone', () => {
    expect(signCardTime(AT, 'demo-card-secret')).toBe('CHQy5wRVV+0UoIxs955SJ/PA6cavkZ4k17m//Z/e2/g=');
  });
});

describe('a callback', () => {
  const secrets = { clientSecret: 'demo-app-secret', cardSecret: 'demo-card-secret', now: NOW };
  const request = (headers: EdgeRequest['headers']): EdgeRequest => ({
    method: 'POST',
    path: '/channels/dingtalk',
    query: {},
    headers,
    body: Buffer.from('{}'),
  });
  const robot = { timestamp: AT, sign: signTime(AT, secrets.clientSecret) };
  const press = {
    'x-ddpaas-signature-timestamp': AT,
    'x-ddpaas-signature': signCardTime(AT, secrets.cardSecret),
  };

  it('is a message or a press by its headers', () => {
    expect(verifyCallback(request(robot), secrets).kind).toBe('robot');
    expect(verifyCallback(request(press), secrets).kind).toBe('card');
  });

  it('is refused when a press is signed with the secret of messages, or the other way round', () => {
    const wrong = { ...press, 'x-ddpaas-signature': signCardTime(AT, secrets.clientSecret) };
    expect(() => verifyCallback(request(wrong), secrets)).toThrow(EdgeError);
    const swapped = { timestamp: AT, sign: signTime(AT, secrets.cardSecret) };
    expect(() => verifyCallback(request(swapped), secrets)).toThrow(EdgeError);
  });

  it('is refused when a press is stale', () => {
    const later = { ...secrets, now: new Date(Number(AT) + 3_600_001) };
    expect(() => verifyCallback(request(press), later)).toThrow('stale');
  });

  it('has a mark that tells bodies and senders apart and shows neither', () => {
    const { key } = verifyCallback(request(robot), secrets);
    const marks = [
      replayMark(key, '042297', Buffer.from('a')),
      replayMark(key, '042297', Buffer.from('b')),
      replayMark(key, '042001', Buffer.from('a')),
    ];
    expect(new Set(marks.map((mark) => mark.key)).size).toBe(1);
    expect(new Set(marks.map((mark) => mark.body)).size).toBe(2);
    expect(new Set(marks.map((mark) => mark.sender)).size).toBe(2);
    expect(JSON.stringify(marks)).not.toContain('042297');
  });
});

describe('one signature with several bodies', () => {
  const first = { sender: 'a', body: '1' };
  it.each([
    ['the first body', [], first, 0, true],
    ['another person in the same moment', [first], { sender: 'b', body: '2' }, 20, true],
    ['the same person with other words in the same moment', [first], { sender: 'a', body: '2' }, 20, false],
    ['another person a little later', [first], { sender: 'b', body: '2' }, 1_001, false],
    ['another person, the clock set back', [first], { sender: 'b', body: '2' }, -1, false],
    [
      'more people than write in a millisecond',
      Array.from({ length: 32 }, (_, at) => ({ sender: `s${at}`, body: `${at}` })),
      { sender: 'b', body: 'x' },
      20,
      false,
    ],
  ] as const)('%s', (_, taken, mark, sinceFirstMs, expected) => {
    expect(admits(taken, mark, sinceFirstMs)).toBe(expected);
  });
});
