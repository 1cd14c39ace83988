/** Whether the embedding endpoint answers, with vectors of the length of those kept, and how far the documents are（向量接口检查）. */
import {
  countEmbedded,
  createEmbedder,
  EmbeddingFailure,
  type EmbeddingSettings,
  findDimension,
} from '../../knowledge/index.ts';
import type { Database } from '../database/connect.ts';
import { forgetForeignSettings } from '../language-model.ts';
import type { CheckResult } from './checks.ts';

const TIMEOUT_MS = 10_000;
/** Slower than this a question goes without; loading of the library is not counted. */
const SLOW_MS = 250;

/** Sends one word, nothing of a question or document. */
export async function checkEmbedding(
  settings: EmbeddingSettings,
  { reader }: Database,
): Promise<Omit<CheckResult, 'name'>> {
  forgetForeignSettings(process.env);
  const embedder = createEmbedder(settings, TIMEOUT_MS);
  await embedder.load();
  const began = performance.now();
  let dimension: number;
  try {
    dimension = (await embedder.embed(['医共体']))[0]?.length ?? 0;
  } catch (error) {
    const why = error instanceof EmbeddingFailure ? error.message : 'unknown';
    return {
      state: 'wrong',
      text: `${settings.model} 没有给出可用的向量（${why}）：请核对 EMBEDDING_BASE_URL、EMBEDDING_MODEL 和 EMBEDDING_API_KEY；回答只按字面查找，不受影响`,
    };
  }
  const tookMs = Math.round(performance.now() - began);
  const known = await findDimension(reader, settings.model);
  if (known !== undefined && known !== dimension) {
    return {
      state: 'wrong',
      text: `${settings.model} 给出 ${dimension} 维，已存的是 ${known} 维：同名模型换过了，请换回，或给新模型另起一个名字`,
    };
  }
  const { documents, ready } = await countEmbedded(reader, settings.model);
  const text = `${settings.model} 可用，${dimension} 维，${tookMs} 毫秒，${documents} 份文件中 ${ready} 份已有向量`;
  if (tookMs > SLOW_MS) return { state: 'note', text: `${text}；超过 ${SLOW_MS} 毫秒，提问时可能等不到它` };
  return ready < documents ? { state: 'note', text: `${text}，其余由后台补齐` } : { state: 'ok', text };
}
