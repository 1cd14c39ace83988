/** Answers 80%是什么意思: every place where a bare figure stands, each in its own words（同一数字的几处含义）. */
import type { Hit } from '../score.ts';
import type { Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { citation, type Found, type Material } from './material.ts';

/** Places shown at most. */
const MOST = 4;
const HAN = ['零', '一', '两', '三', '四', '五', '六'];

/** `undefined` where more than the figure is asked about. */
export function byFigure(material: Material): Found | undefined {
  const { question, terms, hits } = material;
  const figure = /\d+(?:\.\d+)?%/.exec(question.text)?.[0];
  if (!figure || !question.wants.has('definition') || terms.some((term) => term.text !== figure && term.weight > 0.2))
    return undefined;
  const places = hits.flatMap((hit) => placesOf(material, hit, figure));
  const shown = places.slice(0, MOST);
  if (shown.length === 0) return undefined;
  const lead =
    shown.length > 1
      ? `“${figure}”在方案里有${HAN[places.length] ?? places.length}处，含义不同：`
      : (shown[0]?.quote ?? '');
  return { lead, citations: shown, score: hits[0]?.score ?? 0 };
}

/** The parts between commas that hold the figure, with the part before where that is needed to understand it. */
function placesOf(material: Material, hit: Hit, figure: string): readonly Citation[] {
  const exact = new RegExp(`(?<![\\d.])${figure.replace('.', '\\.')}`);
  return hit.reading.sentences
    .filter((sentence) => exact.test(sentence.plain))
    .flatMap((sentence) => {
      const parts = sentence.raw.split(/(?<=[，；。])/);
      return parts.flatMap((part, at) =>
        exact.test(normalise(part))
          ? citation(material, hit.reading, part.length >= 24 || at === 0 ? part : `${parts[at - 1] ?? ''}${part}`)
          : [],
      );
    });
}
