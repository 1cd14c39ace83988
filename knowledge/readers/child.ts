/** The reading process: gets one file from its parent, answers with its text or why there is none, and ends. */
import { convert } from './convert.ts';
import { UnreadableFile } from './failure.ts';
import type { FileKind } from './kinds.ts';

/** What the parent sends. */
export interface ReadingOrder {
  readonly kind: FileKind;
  readonly bytes: Uint8Array;
  readonly ocr: string;
}

/** What goes back: progress any number of times, then one of the others. */
export type ReadingNews =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'text'; readonly text: string; readonly doubts: readonly string[] }
  | { readonly type: 'failure'; readonly code: string; readonly values: Readonly<Record<string, string>> }
  | { readonly type: 'fault'; readonly error: string };

process.once('message', (order: ReadingOrder) => {
  const send = (news: ReadingNews): Promise<void> =>
    new Promise((done) => {
      if (process.send) process.send(news, () => done());
      else done();
    });
  const work = async (): Promise<ReadingNews> => {
    try {
      const { text, doubts } = await convert({
        kind: order.kind,
        bytes: Buffer.from(order.bytes),
        ocr: order.ocr,
        onProgress: (done, total) => void send({ type: 'progress', done, total }),
      });
      return { type: 'text', text, doubts };
    } catch (error) {
      if (error instanceof UnreadableFile) return { type: 'failure', code: error.code, values: error.values };
      // A library that breaks on the file: the words of its error may quote the document.
      return { type: 'fault', error: error instanceof Error ? error.name : 'unknown' };
    }
  };
  void work()
    .then(send)
    .finally(() => process.exit(0));
});
process.once('disconnect', () => process.exit(0));
