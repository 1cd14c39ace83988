/** Finds which regions a question speaks of: names of regions, places inside them, places we have no plan of（地名）. */
import { z } from 'zod';
import catalogue from './catalogue/places.json' with { type: 'json' };
import type { StoredRegion } from './store.ts';

const schema = z.object({
  places: z.array(z.object({ names: z.array(z.string()), region: z.string() })),
  elsewhere: z.array(z.string()),
});
const { places: PLACES, elsewhere: ELSEWHERE } = schema.parse(catalogue);

export interface Places {
  /** Regions named, in the order of the words; the innermost where one lies in another (黄山市徽州区). */
  readonly regionIds: readonly string[];
  /** A place no document speaks for. */
  readonly elsewhere: string | undefined;
  /** The question without the names of regions; places inside a region stay, they are what is asked about. */
  readonly rest: string;
}

/** Reads the places in a normalised question. */
export function findPlaces(question: string, regions: readonly StoredRegion[]): Places {
  const found: { readonly id: string; readonly at: number }[] = [];
  let rest = question;
  const names = regions
    .flatMap((region) => [region.name, region.shortName].map((name) => ({ id: region.id, name, region })))
    .sort((a, b) => b.name.length - a.name.length);
  for (const { id, name } of names) {
    const at = rest.indexOf(name);
    if (at < 0) continue;
    const after = rest.slice(at + name.length);
    // 徽州那样的白名单我们有没有 asks about one's own.
    if (/^(?:省|市|县|区)?(?:那样|那种|那边那样|一样|似的|那儿那样)/.test(after)) {
      rest = `${rest.slice(0, at)}${'\u0002'.repeat(name.length)}${after}`;
      continue;
    }
    // 牡丹人民医院 and 普宁市人民医院 name a hospital, 湖南省 a region.
    found.push({ id, at });
    if (/^(?:人民医院|总医院|江)/.test(after)) {
      rest = `${rest.slice(0, at)}${'\u0001'.repeat(name.length)}${after}`;
      continue;
    }
    const suffix =
      /^(?:省|市|县(?![域级管聘乡属内外])|区(?![域级直管乡]))?(?:的)?(?:方案|文件|计划)?(?:里面|里头|里|中(?![心医药草])|那边|这边)?(?:，|,)?/.exec(
        after,
      )?.[0] ?? '';
    rest = `${rest.slice(0, at)}${'\u0002'.repeat(name.length + suffix.length)}${after.slice(suffix.length)}`;
  }
  for (const place of PLACES)
    for (const name of place.names) {
      const at = question.indexOf(name);
      if (at >= 0 && regions.some((region) => region.id === place.region)) found.push({ id: place.region, at });
    }
  const ids = [...new Map(found.sort((a, b) => a.at - b.at).map((one) => [one.id, one])).keys()];
  const parents = new Set(ids.flatMap((id) => ancestorsOf(id, regions)));
  const elsewhere = ELSEWHERE.find((name) => question.includes(name) && !isDestination(question, name));
  return {
    regionIds: ids.filter((id) => !parents.has(id)),
    elsewhere,
    rest: restore(rest, question).replaceAll('\u0002', ''),
  };
}

/** True for a place inside a region, or its beginning: 揭西, 榕城区. */
export function isPlaceName(word: string): boolean {
  return /.[县区镇乡市]$/.test(word) || PLACES.some((place) => place.names.some((name) => name.startsWith(word)));
}

/** 去广州看病 names where a patient goes, not whose plan is asked. */
function isDestination(question: string, name: string): boolean {
  return new RegExp(`(?:去|到|往|上)${name}|${name}(?:看病|就医|就诊|住院|打工|务工)`).test(question);
}

function restore(masked: string, question: string): string {
  let at = 0;
  return [...masked]
    .map((char) => {
      const original = question[at] ?? '';
      at += 1;
      return char === '\u0001' ? original : char;
    })
    .join('');
}

/** Regions above one, nearest first. */
export function ancestorsOf(id: string, regions: readonly StoredRegion[]): readonly string[] {
  const above: string[] = [];
  for (let at = regions.find((region) => region.id === id); at?.parentId && above.length < 8; ) {
    above.push(at.parentId);
    const parentId = at.parentId;
    at = regions.find((region) => region.id === parentId);
  }
  return above;
}
