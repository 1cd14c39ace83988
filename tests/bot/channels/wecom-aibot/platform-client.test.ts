/** The stand-in of the long connection is tried with the platform's own client, and our client with the same stand-in. */
import { WSClient, type WsFrame } from '@wecom/aibot-node-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFile } from '../../../../bot/channels/wecom-aibot/files.ts';
import { SIMULATED_AIBOT } from '../../../simulators/wecom-aibot.ts';
import { type AibotSocketSimulator, startAibotSocketSimulator } from '../../../simulators/wecom-aibot-socket.ts';

const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const PERSON = 'zhangsan';

function ignore(): void {}

describe('the platform’s own client on the stand-in', () => {
  let platform: AibotSocketSimulator;
  let client: WSClient;

  beforeEach(async () => {
    platform = await startAibotSocketSimulator();
    client = connect(platform);
    await heard('authenticated');
  });
  afterEach(async () => {
    client.disconnect();
    await platform.close();
  });

  function connect({ wsUrl }: AibotSocketSimulator, secret: string = SIMULATED_AIBOT.secret): WSClient {
    const made = new WSClient({
      botId: SIMULATED_AIBOT.botId,
      secret,
      wsUrl,
      logger: quiet,
      reconnectInterval: 10,
      maxAuthFailureAttempts: 1,
    });
    made.on('error', ignore);
    return made.connect();
  }

  /** The next event of the client. */
  function heard(event: string, of: WSClient = client): Promise<WsFrame> {
    return new Promise((resolve) => {
      of.once(event as 'message', (frame: WsFrame) => resolve(frame));
    });
  }

  it('subscribes, hears a message, lets an answer grow and ends it', async () => {
    const coming = heard('message.text');
    await platform.say(PERSON, '住院占比要多少');
    const frame = await coming;
    expect(frame.body).toMatchObject({
      chattype: 'single',
      from: { userid: PERSON },
      text: { content: '住院占比要多少' },
    });
    await client.replyStream(frame, 's1', '正在查阅', false, undefined, { id: 'fb-1' });
    expect(platform.phone.seen(PERSON)).toMatchObject([{ text: '正在查阅', open: true, feedback: 'fb-1' }]);
    await client.replyStream(frame, 's1', '**75%**', true);
    expect(platform.phone.seen(PERSON)).toMatchObject([{ text: '75%', open: false }]);
  });

  it('sends a card, hears it pressed and updates it in its place', async () => {
    const card = (title: string, task_id: string) => ({
      card_type: 'button_interaction',
      main_title: { title },
      button_list: [{ text: '接收', key: 'k1' }],
      task_id,
    });
    const coming = heard('message');
    await platform.say(PERSON, '转诊');
    await client.replyTemplateCard(await coming, card('待接收', 't-1'));
    const pressed = heard('event.template_card_event');
    await platform.press(PERSON, '接收');
    const event = await pressed;
    expect(event.body.event.template_card_event).toMatchObject({ event_key: 'k1', task_id: 't-1' });
    await client.updateTemplateCard(event, card('已接收', 't-1'));
    expect(platform.phone.seen(PERSON).map((bubble) => bubble.text)).toEqual(['▣ 已接收\n[接收]']);
    await expect(client.updateTemplateCard(event, card('已接收', 't-2'))).rejects.toMatchObject({ errcode: 40058 });
  });

  it('fetches a file and opens it with the key of the message', async () => {
    const key = Buffer.alloc(32, 9);
    const bytes = Buffer.from('%PDF-1.7 转诊单');
    const url = platform.files.put('转诊 单.pdf', bytes, key);
    const coming = heard('message.file');
    const aeskey = key.toString('base64').replace(/=+$/, '');
    await platform.say(PERSON, '', { more: { msgtype: 'file', file: { url, aeskey } } });
    const { body } = await coming;
    const fetched = await client.downloadFile(body.file.url, body.file.aeskey);
    expect([fetched.filename, fetched.buffer.toString()]).toEqual(['转诊 单.pdf', bytes.toString()]);
    const sealed = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(openFile(sealed, key)).toEqual(bytes);
  });

  it('greets, pushes and uploads', async () => {
    const entered = heard('event.enter_chat');
    await platform.enterChat(PERSON);
    await client.replyWelcome(await entered, { msgtype: 'text', text: { content: '您好' } });
    await client.sendMessage(PERSON, { msgtype: 'markdown', markdown: { content: '今日**汇总**' } });
    const { media_id } = await client.uploadMedia(Buffer.alloc(1_200_000, 7), { type: 'file', filename: '汇总.xlsx' });
    await client.sendMediaMessage(PERSON, 'file', media_id);
    expect(platform.phone.seen(PERSON).map((bubble) => bubble.text)).toEqual([
      '您好',
      '今日汇总',
      '〔文件 汇总.xlsx〕',
    ]);
    await expect(client.sendMessage('lisi', { msgtype: 'markdown', markdown: { content: 'x' } })).rejects.toMatchObject(
      { errcode: 93006 },
    );
  });

  it('is refused a wrong secret, and told when another one takes its place', async () => {
    const wrong = connect(platform, 'another-secret-0001');
    const refused = new Promise<Error>((resolve) => wrong.once('error', resolve));
    expect(String(await refused)).toContain('853000');
    wrong.disconnect();
    const told = heard('event.disconnected_event');
    const second = connect(platform);
    await told;
    const coming = heard('message', second);
    await platform.say(PERSON, '帮助');
    expect((await coming).body.text.content).toBe('帮助');
    second.disconnect();
  });

  it('is refused a req_id that died with its connection', async () => {
    const coming = heard('message');
    await platform.say(PERSON, '帮助');
    const frame = await coming;
    const again = heard('authenticated');
    platform.drop();
    await again;
    await expect(client.replyStream(frame, 's1', '晚了', true)).rejects.toMatchObject({ errcode: 846605 });
  });
});
