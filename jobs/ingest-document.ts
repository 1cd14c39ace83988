/** Stores a file that its sender has confirmed in chat, and tells that person what became of it（文件入库）. */
import { z } from 'zod';
import { readAnswers, readWaiting, requestOf, storedReply } from '../handlers/documents/index.ts';
import { tell } from '../handlers/message.ts';
import type { AuditEntry } from '../handlers/outcome.ts';
import { partDocuments, planIngest } from '../knowledge/index.ts';
import { listDocuments, listRegions } from '../knowledge/store.ts';
import { defineJob, NonRetryableError } from './job.ts';
import { EMBED_CLAUSES } from './schedules.ts';

/**
 * Runs once for a confirmed file. A kill in the middle leaves no half document: run again, it finds what is stored already and
 * goes on with the rest.
 */
export const ingestDocument = defineJob({
  name: 'ingest-document',
  schema: z.strictObject({ document: z.string() }),
  attempts: 6,
  run: async ({ db, vault, clock, log, storeDocument, embedClauses }, { document }) => {
    const waiting = await readWaiting({ db, vault }, document);
    if (waiting?.state !== 'confirmed') return undefined;
    if (!storeDocument) throw new NonRetryableError('this process stores no documents');
    const answers = readAnswers(waiting);
    const { texts } = partDocuments(waiting.text);
    const lines: string[] = [];
    const audit: AuditEntry[] = [];
    for (const text of texts) {
      const there = { regions: await listRegions(db), documents: await listDocuments(db) };
      const plan = planIngest(requestOf(waiting.name, text, answers, texts.length), there);
      if ('refusal' in plan) {
        lines.push(plan.reason);
        continue;
      }
      const loaded = await storeDocument(plan, text);
      const inForce: { created_at: string; short_name: string } | undefined = await db('documents')
        .join('regions', 'regions.id', 'documents.region_id')
        .where({ doc: loaded.doc, active: true })
        .first('documents.created_at', 'short_name');
      // Stored by an earlier try of this very run: for the person it is new all the same.
      const unchanged = loaded.unchanged && (inForce?.created_at ?? '') < waiting.createdAt;
      lines.push(storedReply({ plan, loaded: { ...loaded, unchanged }, regionShortName: inForce?.short_name ?? '' }));
      audit.push({
        action: 'document.stored',
        objectType: 'document',
        objectId: loaded.doc,
        details: { version: loaded.version, clauses: loaded.clauses, unchanged },
      });
    }
    log.info({ event: 'document.stored', document, documents: texts.length }, 'a confirmed file was stored');
    return {
      // An answer to somebody who waits for it, also at night.
      replies: [{ ...tell({ staff: waiting.staffId }, lines.join('\n\n')), urgent: true }],
      writes: [{ kind: 'delete', table: 'waiting_documents', where: { id: document } }],
      audit,
      timers: embedClauses ? [{ job: EMBED_CLAUSES, dueAt: clock.now(), data: { after: document } }] : [],
    };
  },
});
