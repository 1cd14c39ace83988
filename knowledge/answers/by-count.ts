/** Answers how many institutions there are with the figure that stands right before them: 7个乡镇卫生院和1家社区卫生服务中心（数量）. */
import { isLabelled } from '../evidence.ts';
import type { Sentence } from '../reading.ts';
import type { Hit } from '../score.ts';
import { normalise } from '../words.ts';
import { citation, type Found, type Material } from './material.ts';
import { leadOf } from './passage.ts';

const KIND = '(?:卫生院|卫生室|卫生站|服务站|服务中心|社区中心|医院)';
const FIGURE = '(?:几|多少)(?:个|家|所|处)';
/** 乡镇卫生院有几个, 几家社区中心. */
const ASKED = new RegExp(
  `([\\u4e00-\\u9fff]{0,6}${KIND})(?:一共|总共|共|都|算下来)?(?:有|是|设|进来|加入|纳入)?(?:了)?${FIGURE}(?![\\u4e00-\\u9fff]*(?:专家|医生|人))|${FIGURE}([\\u4e00-\\u9fff]{0,6}${KIND})`,
  'g',
);
const COUNTED = new RegExp(`(\\d+|[一二三四五六七八九十]+)(个|家|所|处)([^，。；、\\d]{0,14}?${KIND})`, 'g');
/** Words before the kind that only point. */
const POINTING = /^.*(?:的|进来|加入|纳入|全县|全区|全市|我们|咱们|一共|总共|有)/;

interface Counted {
  readonly hit: Hit;
  readonly sentence: Sentence;
  readonly words: string;
}

/** `undefined` where no figure stands beside every kind that is asked about. */
export function byCount(material: Material): Found | undefined {
  const { question, terms } = material;
  const asked = [...question.text.matchAll(ASKED)].map((match) => (match[1] ?? match[2] ?? '').replace(POINTING, ''));
  if (asked.length === 0 || question.years.length > 0 || /帮|牵头|派|建|组|最|至少/.test(question.text))
    return undefined;
  const found = asked.map((noun) => countOf(material, noun));
  const [first] = found;
  if (!first || found.some((one) => one === undefined || one.sentence !== first.sentence)) return undefined;
  const { raw } = first.sentence;
  return {
    lead: leadOf(
      question,
      terms,
      partWith(
        raw,
        found.flatMap((one) => one?.words ?? []),
      ),
      first.hit.reading,
    ).replace(/[，；]$/, ''),
    citations: citation(material, first.hit.reading, raw),
    score: first.hit.score,
  };
}

function countOf({ hits }: Material, noun: string): Counted | undefined {
  for (const hit of hits) {
    if (hit.reading.clause.kind === 'row' || isLabelled(hit.reading)) continue;
    for (const sentence of hit.reading.sentences)
      for (const [words = '', , , counted = ''] of sentence.plain.matchAll(COUNTED))
        if (sameKind(noun, counted)) return { hit, sentence, words };
  }
  return undefined;
}

/** 社区中心 is 社区卫生服务中心; 卫生院 alone may be 乡镇卫生院, 乡镇卫生院 no 社区卫生服务中心. */
function sameKind(noun: string, counted: string): boolean {
  let from = 0;
  return (
    noun.length >= 3 &&
    [...noun].every((char) => {
      from = counted.indexOf(char, from) + 1;
      return from > 0;
    })
  );
}

/** The words between commas that hold all the figures. */
function partWith(raw: string, words: readonly string[]): string {
  return raw.split(/(?<=[，；])/).find((part) => words.every((one) => normalise(part).includes(one))) ?? raw;
}
