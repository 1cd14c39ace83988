/** A file sent in private chat by commission staff: read, shown, put aside until 确认（收到文件）. */
import { readFileText, UnreadableFile } from '../../knowledge/index.ts';
import { beginDraft } from '../drafts.ts';
import type { HandlerContext } from '../feature.ts';
import { type Attachment, say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { hasRole } from '../people.ts';
import { FILE_ABROAD, looksLikePatientFile } from '../safety/deidentified.ts';
import { planParts } from './planning.ts';
import { shownReply } from './replies.ts';
import { putAside } from './waiting.ts';

/** Largest file taken in chat (bytes). */
const MAX_CHAT_BYTES = 20 * 1024 * 1024;
/** Most text taken in chat (characters): some 13,000 clauses. */
const MAX_CHAT_TEXT = 2_000_000;
/** Pictures are taken for documents only with one of these names; a photograph sent by itself is something else. */
const DOCUMENT_PICTURE = /\.(?:png|jpe?g|bmp|gif|webp|tiff?)$/i;

/** Takes the first file of a message; `undefined` for voices and videos, and for pictures of people who put in no documents. */
export async function receiveFile(ctx: HandlerContext): Promise<Decision | undefined> {
  const { actor, message } = ctx;
  const file = message.attachments.find(({ kind }) => kind === 'file' || kind === 'image');
  // A place, a link, a kind the channel does not know: there is nothing to fetch.
  if (!file || (file.base64 === undefined && file.mediaId === undefined)) return undefined;
  if (!hasRole(actor, 'commission')) {
    if (file.kind !== 'file') return undefined;
    if (ctx.deidentified) return answer(say(FILE_ABROAD));
    return answer(say('收到文件。文件入库由卫健委人员办理，我这里没有读它。要查政策请直接提问，或发送“帮助”。'));
  }
  // What a picture shows is known only when it has been read: none is, abroad.
  if (ctx.deidentified && file.kind === 'image') return answer(say(FILE_ABROAD));
  if (message.conversation.kind === 'group') return answer(say('文件请在私聊中发给我，读完由您确认入库。'));
  if (!actor || (file.kind === 'image' && !DOCUMENT_PICTURE.test(file.name))) return undefined;
  const others = message.attachments.length > 1 ? '一次读一份，其余的请再发一次。' : undefined;
  try {
    return await read(ctx, { actorId: actor.id, file, others });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    ctx.log.info({ event: 'document.refused', code: error.code }, 'a file could not be read');
    return answer(say(error.reason));
  }
}

async function read(
  ctx: HandlerContext,
  sent: {
    readonly actorId: string;
    readonly file: Attachment;
    readonly others: string | undefined;
  },
): Promise<Decision> {
  const { actorId, others } = sent;
  const file = await ctx.fetchFile(sent.file, MAX_CHAT_BYTES);
  const { text, doubts } = await readFileText(file, { maxBytes: MAX_CHAT_BYTES });
  if (text.length > MAX_CHAT_TEXT) throw new UnreadableFile('too-long');
  if (ctx.deidentified && looksLikePatientFile(text)) return answer(say(FILE_ABROAD));
  const waiting = { name: file.name, text, answers: {}, doubts };
  const planned = await planParts(ctx, waiting);
  if (planned.refusal !== undefined) return answer(say(planned.refusal));
  const id = ctx.ids.next();
  return {
    replies: [shownReply(planned, others)],
    writes: [
      ...(await putAside(ctx, { id, staffId: actorId, name: file.name, text })),
      ...beginDraft(ctx, {
        staffId: actorId,
        kind: 'documents',
        data: { document: id, answers: {}, doubts: [...doubts] },
      }),
    ],
    audit: [
      { action: 'document.received', objectType: 'document', objectId: id, details: { parts: planned.parts.length } },
    ],
  };
}
