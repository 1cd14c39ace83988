/** Finds whether a question speaks of a person by name or bed, wider than the patient detector: what may be kept must be sure（人名）. */
import { normalise, tagWords, wordEdges } from '../../knowledge/words.ts';
import { isEmergency } from '../safety/emergency.ts';
import { mentionsPatient } from '../safety/privacy.ts';
import { COMPOUND_SURNAMES, looksLikeName, SURNAMES } from '../safety/surnames.ts';

const HAN = '\\u4e00-\\u9fff';
const FAMILY_NAME = `(?:${COMPOUND_SURNAMES.join('|')}|[${SURNAMES}])`;
const NUMERAL = '[\\d〇零一二两三四五六七八九十百]';

/** Offices people are called by: the name before one is taken out, the office stays. */
const OFFICE =
  '主任|局长|县长|区长|市长|镇长|乡长|村长|书记|部长|院长|医生|医师|大夫|老师|护士|科长|专家|药师|教授|委员|组长|站长|所长|处长|主席|经理|同志';
/** The same for people who hold none: they are patients or their family. */
const PERSON =
  '先生|女士|小姐|大爷|大妈|大娘|大叔|大婶|大伯|爷爷|奶奶|婆婆|阿姨|叔叔|师傅|老汉|老人|老太|家属|患者|病人';
const KIN = '媳妇|老婆|老公|爱人|儿子|女儿|孙子|孙女|母亲|父亲|妈妈|爸爸|妻子|丈夫|家里|家的';
/** Surname characters that are as often another word: 向院长汇报, 谁管护士. */
const ALSO_WORDS = /^[向管于任时成单包查解费钱金]$/;
/** Guesses that read as names and are words of the field: 白名单 and its slips, 管药. */
const FIELD_WORDS =
  /^.{1,2}[村镇乡集家湾坝坪]$|^(?:白[名明鹿]|查房|养成|卫[发基生]|张床|柏杨|康揭|管[药床人钱]|单[病列]|成[本效果]|方[案]|金[额]|孙[子女]|常[务驻]|安[徽康]|温[馨]|万[人名])/;

const BED = new RegExp(`${NUMERAL}{1,4}(?:号)?床(?!位|头|旁|边|日|铺|以上|以下|及以|规模|的?医院)`);
const OWN_NUMBER =
  /(?:住院|门诊|病案|病历|档案|医保|医保卡|社保卡|就诊卡|身份证|床|手机|电话|微信|qq)(?:编号|证号|卡号|号码|号)?[是为:：\s]{0,3}[a-z]{0,4}-?\d{3,}/i;
const ONE_OF_MINE =
  /(?:我|我们|咱|咱们|这|那|有|刚|昨天|今天|收了|来了|转来|送来)(?:的|这|那|里|科|院|病房|们)*(?:一?[个位名例])(?:[^，。？?]{0,3})(?:病人|患者|病号|病员|老人|孕妇|产妇|小孩|孩子|娃)|(?:我|我们)(?:的)?(?:病人|患者)|我(?:的)?(?:妈|爸|爹|娘|老婆|老公|爱人|妻子|丈夫|父亲|母亲|儿子|女儿|孩子|娃|爷爷|奶奶|外公|外婆|婆婆|公公)/;
const AGED = new RegExp(
  `${NUMERAL}{1,3}(?:多)?岁(?!以上|及以上|以下|及以下|以内|至|到|-|~|的?(?:以上|老年人|儿童|人口|居民|人群))[^，。？?]{0,4}(?:男|女|病|患)|(?:男|女)(?:性)?[，、\\s]{0,2}${NUMERAL}{1,3}(?:多)?岁`,
);
/** What may stand behind a name; names are short, so they end early. */
const AFTER_NAME =
  '的|能|要|可|会|在|来|怎|是|有|还|住|报|转|吃|已|说|上|下|这|那|去|什|多|几|用|医|办|看|得|该|应|够|需|想|今|昨|明|她|他';
const NAME = `(${FAMILY_NAME}[${HAN}]{1,2}?)(?=${AFTER_NAME}|$|[^${HAN}])`;
/** At the beginning, or after words that ask for somebody, two or three characters may be a name. */
const NAME_PLACE = new RegExp(
  `(?<![${HAN}])(?:请|帮|我|给|找|问|查|询|看|替|跟|让|是|叫|一下|下|咱|那个|这个|现在|今天){0,5}${NAME}`,
  'g',
);
const NAME_AFTER_PERSON = new RegExp(`(?:患者|病人|病员|产妇|孕妇|患儿|村民|居民|家属|老人|名叫|叫做)${NAME}`, 'g');
const NAME_BEFORE_PERSON = new RegExp(`(${FAMILY_NAME})([${HAN}]{0,2}?)(?:${PERSON}|${KIN})`, 'g');
/** 老王, 小李: how colleagues and neighbours are called. */
const CALLED = new RegExp(
  `(?<![${HAN}])(?:请|帮|我|给|找|问|查|看|一下|下){0,4}(?:老|小|阿)(?!康|金|方|文)[${SURNAMES}](?=${AFTER_NAME}|$|[^${HAN}])`,
);
const COMPOUND_NAME = new RegExp(`(?:${COMPOUND_SURNAMES.filter((name) => name !== '东方').join('|')})[${HAN}]{1,2}`);

/** Whether the words speak of one person, a patient most likely（涉及具体的人）. Such a question is never kept. */
export function speaksOfSomebody(text: string): boolean {
  const plain = text.normalize('NFKC');
  if (mentionsPatient(plain) || isEmergency(plain)) return true;
  if (BED.test(plain) || OWN_NUMBER.test(plain) || ONE_OF_MINE.test(plain) || AGED.test(plain)) return true;
  return namesSomebody(plain);
}

function namesSomebody(text: string): boolean {
  if (CALLED.test(text) || COMPOUND_NAME.test(text)) return true;
  const edges = wordEdges(text);
  for (const match of text.matchAll(NAME_BEFORE_PERSON)) {
    const [, family = '', given = ''] = match;
    if (!edges.has(match.index) || ALSO_WORDS.test(family)) continue;
    if (given === '' || isName(`${family}${given}`)) return true;
  }
  for (const pattern of [NAME_PLACE, NAME_AFTER_PERSON])
    for (const [, guess = ''] of text.matchAll(pattern)) if (isName(guess)) return true;
  return namedByWords(text);
}

/** What the segmentation takes for a name: 李小明/nr, a surname with a given name after it, or an unknown word with one inside. */
function namedByWords(text: string): boolean {
  const words = tagWords(normalise(text));
  return words.some(({ word, tag }, at) => {
    const next = words[at + 1];
    const given = next && next.word.length <= 2 && /^(?:n|x|a|z)/.test(next.tag) ? next : undefined;
    if (word.length > 1 && /^nr/.test(tag)) return isName(word);
    if (word.length === 1) {
      if (!given || !SURNAMES.includes(word) || ALSO_WORDS.test(word)) return false;
      return (/^(?:nr|zg|nz|ng|x)/.test(tag) || /^nr/.test(given.tag)) && isName(`${word}${given.word}`);
    }
    return tag === 'x' && holdsName(word, given?.word ?? '');
  });
}

/** 要王 铁柱, 王芳批: words nobody knows, with a surname and room for a given name. */
function holdsName(word: string, next: string): boolean {
  return [...word].some((char, at) => {
    if (!SURNAMES.includes(char) || ALSO_WORDS.test(char)) return false;
    const rest = word.slice(at + 1);
    if (rest === '') return next !== '' && isName(`${char}${next}`);
    return isName(`${char}${rest.slice(0, 2)}`) || isName(`${char}${rest.slice(0, 1)}`);
  });
}

/** A guess that reads as a name and is no word of the language. */
function isName(guess: string): boolean {
  if (!looksLikeName(guess) || FIELD_WORDS.test(guess)) return false;
  const words = tagWords(guess);
  return !(words.length === 1 && !/^(?:nr|x)/.test(words[0]?.tag ?? 'x'));
}

const NAMED_OFFICE = new RegExp(`(${FAMILY_NAME})([${HAN}]{0,2}?)(${OFFICE})`, 'g');

/** Takes the names before offices out: 王建国院长 → 某院长. Names of the directory are given as they are. */
export function withoutNames(text: string, names: readonly string[] = []): string {
  let plain = text.normalize('NFKC');
  for (const name of [...names].sort((a, b) => b.length - a.length))
    if (name.length >= 2) plain = plain.replaceAll(name.normalize('NFKC'), '某');
  const edges = wordEdges(plain);
  return plain.replace(NAMED_OFFICE, (all, family: string, given: string, office: string, at: number) => {
    if (ALSO_WORDS.test(family) || /[啦哈呀哦啊]/.test(given)) return all;
    const named = given === '' ? edges.has(at) : isName(`${family}${given}`);
    return named ? `某${office}` : all;
  });
}
