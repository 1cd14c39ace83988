/** Finds what could tell who a patient is, in free Chinese text（患者信息检测）: pure, no look-ups, nothing is kept. */
import { looksLikeName } from './surnames.ts';

/** Kinds of patient data（患者信息种类）, as they may be counted and audited: the kind, never the text. */
export const PATIENT_DATA_KINDS = [
  'name',
  'id-card',
  'mobile',
  'landline',
  'record-number',
  'address',
  'birth-date',
] as const;
export type PatientDataKind = (typeof PATIENT_DATA_KINDS)[number];

/** One find with its place in the normalised text; for masking and for the referral's own slots. */
export interface PatientDataFind {
  readonly kind: PatientDataKind;
  /** As typed, after full-width characters were folded. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface DetectorOptions {
  /** Names known to be patients', e.g. of a waiting draft: found without a cue. */
  readonly knownNames?: readonly string[] | undefined;
  /** Names that stand in public documents or the staff directory: never a patient's. */
  readonly publicNames?: readonly string[] | undefined;
}

/** Folds full-width letters, digits and blanks so that １３８ and 138 are one（全角转半角）. Length is kept. */
export function foldWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ');
}

const ID_CARD =
  /(?<![\dA-Za-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![\dA-Za-z])/g;
const ID_CARD_BY_CUE = /(?:身份证|证件)(?:号码|号)?[是为: ]{0,3}(\d{14,17}[\dXx])(?!\d)/g;
const MOBILE = /(?<![\d.])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)/g;
const LANDLINE = /(?<!\d)0\d{2,3}[-—– ]?[2-9]\d{6,7}(?!\d)/g;
const LANDLINE_BY_CUE = /(?:电话|座机|固话|联系方式)(?:号码|号)?[是为: ]{0,3}([2-9]\d{6,7})(?!\d)/g;
const OFFICE_BEFORE =
  /(医院|卫生院|卫生室|中心|科|值班|办公室|前台|热线|单位|总机|护士站|药房|服务台|卫健委|医保局)[^患病家本]{0,10}$/;
const RECORD_NUMBER =
  /(?:住院|门诊|病案|病历|档案|健康档案|医保|医保卡|社保卡|就诊卡|就诊|参合|登记卡|检查|影像)(?:编号|证号|卡号|号码|号)[是为: ]{0,3}([A-Za-z]{0,4}-?\d[\dA-Za-z-]{2,})/g;
const NUMERAL = '[\\d一二三四五六七八九十]{1,3}';
const ADDRESS = new RegExp(
  `[\\u4e00-\\u9fa5]{1,12}(?:村|社区|屯|寨|小区|新村|居委会)(?:第)?${NUMERAL}(?:村民小组|小组|组|队|社|号|栋|幢)(?:\\d{1,4}[号室])?` +
    `|(?:[\\u4e00-\\u9fa5]{1,10}(?:路|街|巷|小区|苑|花园|大道))?\\d{1,3}(?:栋|幢)(?:\\d{1,2}单元)?(?:\\d{1,4}(?:室|号|房))?` +
    `|[\\u4e00-\\u9fa5]{1,10}(?:路|街|巷|大道)\\d{1,4}号(?:\\d{1,3}(?:栋|幢|单元|室))*`,
  'g',
);
const ADDRESS_BY_CUE =
  /(?:家庭住址|家庭地址|住址|家住|现住|户籍|户口|居住在|住在|住)[是在为: ]{0,3}([\u4e00-\u9fa5\d]{0,14}?(?:村|屯|寨|[镇乡][\u4e00-\u9fa5]{1,6}[村组]|小区|组|街道[\u4e00-\u9fa5\d]{1,8}号))/g;
const BUILDING_OF_HOSPITAL = /(门诊|住院|医院|医技|综合|行政|院区|病房)[\u4e00-\u9fa5]{0,3}$/;
const BIRTH_DATE_BY_CUE =
  /(?:出生日期|出生年月日?|出生时间|出生于|出生|生日|生于)[是于为: ]{0,3}((?:18|19|20)?\d{2}[-年./]\d{1,2}(?:[-月./]\d{1,2}日?)?|(?:19|20)\d{6})/g;
const BORN_AFTER =
  /(?:(?:18|19|20)?\d{2})[-年./](?:\d{1,2}[-月./]?)?(?:\d{1,2}日?)?(?:出生|生人|生(?![效育产活态物成命理化存]))/g;

const HAN = '[\\u4e00-\\u9fa5]';
/** Cues so strong that two to four characters after them are a name, whatever they are. */
const NAME_FIELD = new RegExp(
  `姓名[是为: ]{0,3}(${HAN}{2,4}?)(?=$|[^\\u4e00-\\u9fa5]|男|女|性别|年龄|身份证|电话|联系|住)`,
  'g',
);
/** Weaker cues: the word after them must begin with a surname and end at a boundary. */
const NAME_CUE = new RegExp(
  `(?:患者|病人|病员|伤者|伤员|患儿|产妇|孕妇|名字|叫做|叫|家属|老人|村民)[是叫名为: ]{0,3}(${HAN}{2,4}?)(?=$|[^\\u4e00-\\u9fa5]|男|女|今年|现年|先生|女士|老人|因|性别|同志|要转|想转|需要|转|住|在|的)`,
  'g',
);
/** A name written before sex or age needs no cue: 张三 男 67. */
const NAME_BEFORE_SEX = new RegExp(
  `(?<!${HAN})(${HAN}{2,4})[ ,，、:/(（]*(?:[男女](?:性)?(?!科|方|生|子)|\\d{1,3}岁)`,
  'g',
);
const NAME_WITH_BLANK = new RegExp(`${HAN}某{1,2}(?!个|些|种|项|年|月|日|地|人|县|市|区|镇|村|医|科|家)`, 'g');
const TITLE_AFTER =
  /^(?:的)?[\u4e00-\u9fa5]{0,6}?(主任|局长|县长|区长|市长|书记|部长|院长|医生|医师|大夫|老师|护士|主席|科长|专家|药师|教授|委员|组长)/;

/**
 * What in a text could tell who a patient is, kind by kind（患者信息检测）. Does not find drug strengths, document numbers,
 * amounts, phones that stand after an office's name, and names with an office beside them.
 * @returns each kind once, in the order of PATIENT_DATA_KINDS; empty when nothing was found
 */
export function findPatientData(
  text: string,
  options: DetectorOptions = {},
): { readonly kinds: readonly PatientDataKind[] } {
  const found = new Set(locatePatientData(text, options).map((find) => find.kind));
  return { kinds: PATIENT_DATA_KINDS.filter((kind) => found.has(kind)) };
}

/** The same finds with their places, in the order of the text. Places refer to `foldWidth(text)`, which keeps length. */
export function locatePatientData(text: string, options: DetectorOptions = {}): readonly PatientDataFind[] {
  const folded = foldWidth(text);
  const finds: PatientDataFind[] = [];
  const add = (kind: PatientDataKind, start: number, words: string): void => {
    finds.push({ kind, text: words, start, end: start + words.length });
  };
  const each = (pattern: RegExp, use: (match: RegExpExecArray, words: string, start: number) => void): void => {
    for (const match of folded.matchAll(pattern)) {
      const words = match[1] ?? match[0];
      use(match, words, match.index + match[0].lastIndexOf(words));
    }
  };
  each(ID_CARD, (_, words, start) => {
    if (isIdCard(words.replace(/[ -]/g, ''))) add('id-card', start, words);
  });
  each(ID_CARD_BY_CUE, (_, words, start) => add('id-card', start, words));
  each(MOBILE, (_, words, start) => add('mobile', start, words));
  for (const pattern of [LANDLINE, LANDLINE_BY_CUE]) {
    each(pattern, (match, words, start) => {
      if (!OFFICE_BEFORE.test(folded.slice(Math.max(0, match.index - 16), match.index))) add('landline', start, words);
    });
  }
  each(RECORD_NUMBER, (_, words, start) => add('record-number', start, words));
  each(ADDRESS, (match, words, start) => {
    if (
      !BUILDING_OF_HOSPITAL.test(
        `${folded.slice(Math.max(0, match.index - 8), match.index)}${words.replace(/\d.*$/, '')}`,
      )
    )
      add('address', start, words);
  });
  each(ADDRESS_BY_CUE, (_, words, start) => {
    if (!/哪|什么|每|各|行政/.test(words)) add('address', start, words);
  });
  each(BIRTH_DATE_BY_CUE, (_, words, start) => add('birth-date', start, words));
  each(BORN_AFTER, (_, words, start) => add('birth-date', start, words));
  const name = (words: string, start: number): void => {
    if (options.publicNames?.includes(words)) return;
    if (TITLE_AFTER.test(folded.slice(start + words.length))) return;
    add('name', start, words);
  };
  each(NAME_FIELD, (_, words, start) => {
    if (!/^(是|叫|为)?(什么|哪|谁|必填|不|要|和|及)/.test(words)) name(words, start);
  });
  for (const pattern of [NAME_CUE, NAME_BEFORE_SEX, NAME_WITH_BLANK]) {
    each(pattern, (_, words, start) => {
      if (looksLikeName(words)) name(words, start);
    });
  }
  for (const known of options.knownNames ?? []) {
    const start = known.length > 1 ? folded.indexOf(known) : -1;
    if (start >= 0) add('name', start, known);
  }
  return finds.sort((a, b) => a.start - b.start);
}

/** Whether 18 characters are a citizen's number with a right check digit（身份证校验, GB 11643）. */
export function isIdCard(digits: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(digits)) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits.charAt(index)), 0);
  return '10X98765432'.charAt(sum % 11) === digits.charAt(17).toUpperCase();
}

const ONE_PERSON =
  /(有个|有一个|这个|那个|一个|一名|一位|一例|刚来|来了个|收了个|我的|我这|我们这)[^。！？\n]{0,6}(病人|患者|老人|老太|婆婆|大爷|孕妇|产妇|小孩|孩子|娃|病号)|\d{1,3}床(?!位)|孕\d{1,2}\+?\d?周|孕妇\d|产妇\d/;
const AGE =
  /(?<![-~～至到\d])\d{1,3} ?(?:周?岁|个月大|月龄)(?!以上|及以上|以下|及以下|以内|至|到|-|~|～|的?(?:老年人|儿童|人口|居民|妇女|人群|群体))/;
const SEX_AND_AGE =
  /[男女](?:性)?[ ,，、]{0,3}\d{1,3}(?!\d|[盒支片粒瓶%项家个名人例])|\d{1,3}(?:周?岁)?[ ,，、]{0,3}的?[男女](?:性)?(?![职科方])/;
/** Words of illness: enough to say that a sentence with one person's age in it is about a patient. */
const CLINICAL =
  /[炎癌瘤梗疹痨疝]|高血压|糖尿病|冠心病|结核|骨折|中毒|出血|综合征|衰竭|感染|结石|卒中|偏瘫|瘫痪|肺病|哮喘|贫血|肿块|包块|肿物|增生|狭窄|栓塞|血栓|溃疡|穿孔|梗阻|疼|痛|晕|发热|发烧|咳|喘|呕|腹泻|便血|尿血|抽搐|昏迷|意识|血压|血糖|胎动|宫缩|破水|早产|心悸|心慌|胸闷|水肿|黄疸|外伤|烧伤|烫伤|扭伤|咬伤|农药|抑郁|精神|幻觉|艾滋|HIV|梅毒|淋病|流产|人流|乙肝|术后|康复期|恢复期|失眠|怀孕|见红|难产|抽筋|流血|休克|窒息|气促|呼吸困难|白内障|甲亢|甲减|痛风|肾病|肝病|帕金森|阿尔茨海默|痴呆|癫痫/i;

/** Whether words tell of an illness or complaint（病情词）. */
export function isClinical(text: string): boolean {
  return CLINICAL.test(text);
}

/**
 * Whether a sentence speaks of one patient at all（涉及患者）, even without a name: age and sex with an illness, or a named
 * kind of person with one. Wider than `findPatientData`; in groups such a sentence is taken to private chat. Speaking of
 * groups of people (65岁以上老年人高血压管理率) is not meant.
 */
export function mentionsPatient(text: string, options: DetectorOptions = {}): boolean {
  if (findPatientData(text, options).kinds.length > 0) return true;
  const folded = foldWidth(text);
  if (!CLINICAL.test(folded)) return false;
  return SEX_AND_AGE.test(folded) || AGE.test(folded) || ONE_PERSON.test(folded);
}
