/** What of a question may be counted: its words without names and numbers, and the form in which equal questions are equal（问法）. */
import { normalise } from '../../knowledge/words.ts';
import { findPatientData } from '../safety/privacy.ts';
import { speaksOfSomebody, withoutNames } from './people-in-words.ts';

/** Longer texts are no questions but pasted matter: never kept. */
const MAX_CHARACTERS = 120;
/** Stands where a number, a quantity or a word nobody needs was. */
const BLANK = '○';

/** A question as it may be kept. */
export interface Wording {
  /** For people to read, without names and numbers. */
  readonly shown: string;
  /** The same for equal questions, whatever greeting, filler or mark stands around them. */
  readonly plain: string;
}

export interface WordingOptions {
  /** Names of the directory that stand in the text. */
  readonly names?: readonly string[] | undefined;
  /** Names of the asker's own region: 徽州结余怎么分 is 结余怎么分 there. */
  readonly regionNames?: readonly string[] | undefined;
}

/**
 * The question without names and numbers（去标识）, or `undefined` where nothing of it may be kept: it speaks of a person, is too
 * long, or has no words left.
 */
export function wordingOf(text: string, options: WordingOptions = {}): Wording | undefined {
  const given = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if ([...given].length > MAX_CHARACTERS) return undefined;
  const unnamed = withoutNames(given, options.names);
  if (speaksOfSomebody(unnamed) || findPatientData(given).kinds.length > 0) return undefined;
  const shown = tidy(withoutNumbers(unnamed));
  const plain = plainWording(shown, options.regionNames);
  return (plain.match(/\p{Script=Han}/gu) ?? []).length >= 2 ? { shown, plain } : undefined;
}

const HAN_NUMBER = '[〇零一二两三四五六七八九十百千万半]';
const DRUG_UNIT =
  'mg|ug|ml|iu|kg|g|l|片|粒|盒|瓶|支(?![队部一援持付])|袋|板|贴|丸|毫克|微克|毫升|克|公斤|单位(?=[盒片支瓶]|$)';

/** Digits, written-out long numbers, drug quantities, addresses of the net and unknown Latin words become ○. */
export function withoutNumbers(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/(?:https?:\/\/|www\.)[^\s，。]+/gi, BLANK)
    .replace(/[\w.+-]+@[\w.-]+/g, BLANK)
    .replace(/[〇零一二三四五六七八九幺两][〇零一二三四五六七八九幺两 -]{4,}/g, BLANK)
    .replace(new RegExp(`${HAN_NUMBER}{1,6}(?:${DRUG_UNIT})`, 'gi'), BLANK)
    .replace(new RegExp(`${HAN_NUMBER}{1,4}(?=(?:周)?岁|个月大|号?床|号病房|病区|单元|栋|幢|组(?=的|$))`, 'g'), BLANK)
    .replace(new RegExp(`[\\w-]*\\d[\\w.,:/*×-]*\\s*(?:${DRUG_UNIT})?`, 'gi'), BLANK)
    .replace(/\p{No}|\p{Nl}/gu, BLANK)
    .replace(/[A-Za-z]{6,}/g, BLANK)
    .replace(new RegExp(`${BLANK}(?:[\\s,.:/~×*-]*${BLANK})+`, 'g'), BLANK);
}

const GREETING =
  /^(?:你好|您好|大家好|各位(?:领导|老师)?|老师(?:好|们好)?|早上好|上午好|中午好|下午好|晚上好|早|在吗|在不在|打扰(?:了|一下)?|hi|hello|嗨|喂|小助手|助手|机器人|领导(?:好)?)+/i;
const FILLER =
  /请问一下|请教一下|请问|请教|麻烦(?:您|你|问)?|我?想(?:要)?(?:请)?问(?:一)?下?|我?想知道|我?想了解|咨询(?:一)?下?|问(?:一)?下|查(?:一)?下|帮我?查|帮忙|帮我|告诉我|说(?:一)?下|讲(?:一)?下|看(?:一)?下|到底|究竟|一下|谢谢(?:您|你)?|多谢|辛苦了?|那个|咱们|我们|咱|呃|嗯|啊|呀|哦|噢|呢|吧|哈|啦|嘛|吗|(?<![什怎多这那要])么/g;

/** For the list: without greeting, with the marks of Chinese. */
function tidy(text: string): string {
  return text
    .trim()
    .replace(GREETING, '')
    .replace(/^[\s,，。!！~]*(?:请问一下|请问|想问一下|问一下)?[\s,，:：]*/, '')
    .replace(/(?<=[\p{Script=Han}○])\s*,\s*/gu, '，')
    .replace(/[?!]+$/, '？')
    .trim();
}

/** Words in the form in which equal questions are equal. */
function plainWording(shown: string, regionNames: readonly string[] = []): string {
  let plain = normalise(shown)
    .replace(/[^\p{L}\p{N}○%]+/gu, '')
    .replace(GREETING, '')
    .replace(FILLER, '');
  for (const name of [...regionNames].sort((a, b) => b.length - a.length))
    if (name.length >= 2 && plain.startsWith(name)) {
      plain = plain.slice(name.length).replace(/^(?:省|市|县|区)?(?:的|这边|这里|里)?(?:方案|文件)?(?:里|中)?/, '');
      break;
    }
  return plain.replace(/[由归让]?谁来?(?=管|负责|出|定|建|做|办|牵头|送|掏|给)/g, '谁').replace(/(?:了|的)+$/, '');
}
