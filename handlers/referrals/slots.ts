/** Reads what people type about a patient into the fields of a referral（信息提取）: free order, free separators, pure. */
import { parseNumber } from '../chinese/numbers.ts';
import { type Directory, findMention, type Institution, matchInstitution } from '../directory/institutions.ts';
import { foldWidth, isClinical, locatePatientData, type PatientDataKind } from '../safety/privacy.ts';
import { looksLikeName } from '../safety/surnames.ts';
import { findDepartment } from './departments.ts';
import { DOWN_PURPOSES, UP_PURPOSES } from './reasons.ts';
import type { Urgency } from './states.ts';

/** The only directions that can be started in chat today. */
export type FormDirection = 'U' | 'D';

export interface PlaceChoice {
  readonly id: string;
  readonly name: string;
}

/** A referral while it is being filled in. JSON-safe: it waits sealed in a draft. */
export interface ReferralForm {
  readonly direction: FormDirection;
  readonly urgency?: Urgency | undefined;
  /** Ⅰ to Ⅳ, where somebody typed one. */
  readonly level?: string | undefined;
  readonly name?: string | undefined;
  readonly idCard?: string | undefined;
  readonly phone?: string | undefined;
  readonly recordNumber?: string | undefined;
  readonly address?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly sex?: '男' | '女' | undefined;
  /** As said: 67岁, 8个月. */
  readonly age?: string | undefined;
  /** Main problem or diagnosis. */
  readonly problem?: string | undefined;
  readonly history?: string | undefined;
  /** Down only: what has to go on（康复、用药、复查）. */
  readonly plan?: string | undefined;
  readonly target?: PlaceChoice | undefined;
  /** Several places fit the words: the person chooses. */
  readonly targetChoices?: readonly PlaceChoice[] | undefined;
  /** Words for a place that is not in the directory. */
  readonly unknownTarget?: string | undefined;
  readonly department?: string | undefined;
  readonly visit?: '门诊' | '住院' | undefined;
  readonly purposeCode?: string | undefined;
  readonly consent?: boolean | undefined;
  /** Said, and no identity: 12床. */
  readonly bed?: string | undefined;
  /** The case this one continues. */
  readonly linkedNumber?: string | undefined;
}

/** The fields of one message. */
export type Slots = Omit<ReferralForm, 'direction'> & {
  /** Words that fit no field by themselves; `problem` and `plan` are made of them. */
  readonly words: readonly string[];
  /** Somebody asked for beds or slots: only the receiving side can answer. */
  readonly asksForBed: boolean;
  /** Named like a department, and none that is known: 火星科. */
  readonly unknownDepartment?: string | undefined;
};

const FIELD_OF: Readonly<
  Record<PatientDataKind, 'name' | 'idCard' | 'phone' | 'recordNumber' | 'address' | 'birthDate'>
> = {
  name: 'name',
  'id-card': 'idCard',
  mobile: 'phone',
  landline: 'phone',
  'record-number': 'recordNumber',
  address: 'address',
  'birth-date': 'birthDate',
};
/** A label before a value that was taken out. */
const LABEL_BEFORE =
  /(?:患者|病人|家属)?(?:姓名|名字|叫做|叫|患者|病人|身份证(?:号码|号)?|证件号?|(?:联系)?电话(?:号码)?|手机号?码?|联系方式|住院号|门诊号|病案号|病历号|(?:健康)?档案(?:编)?号|医保(?:卡|证)?号|就诊卡号|(?:家庭)?(?:住|地)址|家住|现住|住在|住|出生日期|出生|生日|[是为:： ])*$/;
const SEPARATOR = ' ； ';
const SEX_AGE =
  /(男|女)(?:性|士|孩|童)?[ ,，、:：]*(?:年龄)?[:： ]*(\d{1,3}|[一二三四五六七八九十百两]{1,4}(?=岁))[ ]?(周?岁|个月大?|月龄|天大?)?(?![\d.*×xX/]|型|级|个?[小月]|周|天|年|度|期|床)/;
const AGE_SEX =
  /(?<![\d.])(\d{1,3}|[一二三四五六七八九十百两]{1,4}(?=岁))[ ]?(周?岁|个月大?|月龄)?[ ,，、]*的?(男|女)(?:性|士|孩|童)?(?!科)/;
const AGE_ONLY =
  /(?:年龄)?[:： ]*(?<![\d.])(\d{1,3}|[一二三四五六七八九十百两]{1,4})[ ]?(周?岁|个月大|月龄|天大)(?:老人|左右)?/;
const SEX_ONLY = /(?:性别)?[:： ]*(?<![\u4e00-\u9fa5])(男|女)(?:性|士|的)?(?![\u4e00-\u9fa5])/;
/** 老头72了: who it is tells the sex, what follows the age. */
const KIN_AND_AGE =
  /(?<![\u4e00-\u9fa5])(?:(老头子?|老汉|大爷|爷爷|老爷爷|大叔|老伯|小伙子?)|(老太太?|老奶奶|奶奶|婆婆|大娘|大妈|阿婆|大嫂))[ ,，]*(?:今年)?(\d{1,3})(?:周?岁)?(?:了|多)?(?![\d./天周月年个次小分度型级期床])/;
/** 72了: an age said as people say it; a reading (血压 180了) is none. */
const AGE_REACHED =
  /(?<=^|[\s,，。;；；]|今年|年龄)(?<!(?:血压|血糖|体温|心率|脉搏|血氧|体重|身高) ?)(\d{1,3})(?:周?岁)?了(?=$|[\s,，。;；])/;
const NUMBER = /(?:ZZ|EM)\d{11,}/i;
const BED = /\d{1,3}(?:号?床|床位)(?!吗)/;
const BED_QUESTION =
  /(?:还)?(?:有没有|有)(?:空)?(?:床位?|号源?|位置)(?:了)?(?:吗|么|没有?|不)?|能不能收|能收(?:吗|不)|收不收/;
const CONSENT =
  /(?:已签署?|签了|签好|已经?|均已)?(?:知情)?同意书?(?:已经?)?(?:签了?字?|签署)?(?:已签|了)?|(?:家属|患者|本人)(?:已)?同意/;
const HISTORY =
  /(?:既往史?|病史)[^，,。；;\s]*|(?:对?[\u4e00-\u9fa5]{2,4})?过敏史?[^，,。；;\s]*|有[\u4e00-\u9fa5]{1,8}史[^，,。；;\s]*/g;
const LEVEL = /(?<=^|[\s,，;；]|急诊|分级|病情)(IV|I{1,3})级(?![\u4e00-\u9fa5A-Za-z])/;
const UNKNOWN_PLACE =
  /(?:转到|转去|转至|转往|转|到|去|回)(?![到去至往回])([\u4e00-\u9fa5]{1,10}?(?:医院|卫生院|总院|妇幼|保健院|华西))/;

const URGENCY: readonly (readonly [Urgency, RegExp])[] = [
  ['green', /绿通|绿色通道|走绿/],
  [
    'emergency',
    /急诊(?!科|医学)|急转|特急|十万火急|紧急|危急|抢救|(?<=^|[\s,，。;；])很?急(?:急|的|！|!)*(?=$|[\s,，。;；])/,
  ],
  ['urgent', /加急|尽快|优先/],
  ['routine', /(?<![\u4e00-\u9fa5])普通(?!外|话)|平诊|择期|不急/],
];

/** What has to go on after a hospital stay: drugs, checks, training. */
const PLAN_WORDS =
  /康复(?!期)|复查|随访|换药|监测|口服|服药|用药|继续|训练|拆线|每[天日周月]|周后|月后|天后|\d ?mg|[片粒]|胰岛素|匹林|他汀|洛尔|地平|普利|沙坦|双胍|格雷|[+＋]|控制|饮食|护理|观察|测血[压糖]|复诊|理疗|针灸/;
const DIRECTION_WORDS = /往上转|转上去|转上来|上转|上专|上传|往下转|转下去|转下来|转回去?|下转|转诊单?|转院/g;
/** Fillers that carry nothing. */
const FILLERS =
  /^(?:那个|呃+|嗯+|啊|麻烦(?:您|你)?|帮(?:我|忙)|一下|请|您好|你好|老师|有个|有一个|一个|这个|我这里?|我们这里?|病人|患者|他|她|要|想|需要(?=转|$)|可以|得|给|从|由|转|往|到|去|回|去了|了|的|吧|哈|呀|初步印象|初步诊断|出院诊断|诊断为?|主诉|现病史|症状|病情|科室|性别|年龄|单位|转入|目的|原因)+[:： ]*/;
/** Words that only lead to a field, and say nothing when they stand alone. */
const CUE_ALONE =
  /^(?:医院|卫生院|机构|上级|县里|市里|科室?|专科|本科|医生|大夫|床位|姓名|名字|电话|地址|家属|男的?|女的?)$/;
const LIKE_DEPARTMENT = /^[\u4e00-\u9fa5]{1,6}科$/;
const TAIL = /(?:那边|那里|这边|吧|哈|啊|呀|哦|了|一下|谢谢|可以回去了?|回去)+$/;

/** Reads one message, without its command word. Never fails: what is not understood becomes words. */
export function readSlots(
  text: string,
  options: { readonly directory: Directory; readonly direction: FormDirection },
): Slots {
  let rest = foldWidth(text).replace(/\s+/g, ' ');
  const found: { -readonly [K in keyof ReferralForm]?: ReferralForm[K] } = {};
  /** Takes the first match out of the text; what stood around it stays apart. */
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const match = pattern.exec(rest) ?? undefined;
    if (match) rest = `${rest.slice(0, match.index)}${SEPARATOR}${rest.slice(match.index + match[0].length)}`;
    return match;
  };

  found.linkedNumber = take(NUMBER)?.[0].toUpperCase();
  for (const find of [...locatePatientData(rest)].reverse()) {
    const field = FIELD_OF[find.kind];
    if (!rest.slice(find.start, find.end).includes(find.text)) continue; // inside one already taken
    found[field] = find.kind === 'name' ? find.text : find.text.replace(/(?<=\d)[ -](?=[\dXx])/g, '').toUpperCase();
    const before = rest.slice(0, find.start).replace(LABEL_BEFORE, '');
    rest = `${before}${SEPARATOR}${rest.slice(find.end)}`;
  }

  const sexAge = take(SEX_AGE);
  const ageSex = sexAge ? undefined : take(AGE_SEX);
  if (sexAge) Object.assign(found, { sex: sexAge[1], age: ageText(sexAge[2], sexAge[3]) });
  else if (ageSex) Object.assign(found, { sex: ageSex[3], age: ageText(ageSex[1], ageSex[2]) });
  if (found.age === undefined) {
    const kin = take(KIN_AND_AGE);
    if (kin) Object.assign(found, { sex: kin[1] ? '男' : '女', age: ageText(kin[3], undefined) });
  }
  if (found.age === undefined) {
    const age = take(AGE_ONLY) ?? take(AGE_REACHED);
    if (age) found.age = ageText(age[1], age[2]);
  }
  if (found.sex === undefined) {
    const sex = take(SEX_ONLY)?.[1];
    found.sex = sex === '男' || sex === '女' ? sex : /孕\d|孕妇|产妇|怀孕|难产|胎动/.test(rest) ? '女' : undefined;
  }
  found.consent = take(CONSENT) ? true : undefined;
  found.bed = take(BED)?.[0];
  const asksForBed = take(BED_QUESTION) !== undefined;

  const mention = findMention(options.directory, rest);
  if (mention) {
    const before = rest.slice(0, mention.start).replace(/(?:转到|转回|转去|转至|转往|转|到|回|去|往|送)$/, '');
    rest = `${before}${SEPARATOR}${rest.slice(mention.start + mention.words.length)}`;
    const others = mention.found.filter((institution) => institution.id !== options.directory.ownId);
    if (others.length === 1) found.target = choiceOf(others[0]);
    else if (others.length > 1) found.targetChoices = others.map(choiceOf).filter((choice) => choice !== undefined);
  } else {
    const place = take(UNKNOWN_PLACE)?.[1];
    const meant = matchInstitution(options.directory, place ?? '').filter((one) => one.id !== options.directory.ownId);
    if (meant.length === 1) found.target = choiceOf(meant[0]);
    else if (meant.length > 1) found.targetChoices = meant.map(choiceOf).filter((choice) => choice !== undefined);
    else found.unknownTarget = place;
  }
  found.level = LEVEL_SIGNS[take(LEVEL)?.[1] ?? ''];
  const visit = take(/(?:普通)?门诊(?!号)|住院(?!号)/)?.[0];
  found.visit = visit?.includes('门诊') ? '门诊' : visit ? '住院' : undefined;
  const department = findDepartment(rest);
  if (department) {
    found.department = department.name;
    const after = rest.slice(department.start + department.words.length);
    rest = `${rest.slice(0, department.start).replace(/(?:转到|转|到|去|挂)$/, '')}${SEPARATOR}${after}`;
  }
  found.urgency = URGENCY.find(([, pattern]) => take(pattern) !== undefined)?.[0];
  if (found.urgency === undefined && (visit?.startsWith('普通') ?? false)) found.urgency = 'routine';
  if (found.urgency === undefined && found.department === '急诊科') found.urgency = 'emergency';
  const purposes = options.direction === 'U' ? UP_PURPOSES : DOWN_PURPOSES;
  found.purposeCode = purposes.find((purpose) => purpose.words?.test(rest))?.code;
  const history = [...rest.matchAll(HISTORY)].map((match) => match[0]);
  if (history.length > 0) {
    found.history = history.join('，');
    rest = rest.replace(HISTORY, SEPARATOR);
  }

  const words: string[] = [];
  let unknownDepartment: string | undefined;
  for (const token of rest.replace(DIRECTION_WORDS, SEPARATOR).split(/[\s,，。;；!！?？|]+/)) {
    const word = token
      .replace(FILLERS, '')
      .replace(TAIL, '')
      .replace(/^[:：、]+|[:：、]+$/g, '');
    if (word === '' || !/[\p{L}\p{N}]/u.test(word) || CUE_ALONE.test(word)) continue;
    if (found.department === undefined && LIKE_DEPARTMENT.test(word)) {
      unknownDepartment = word;
      continue;
    }
    if (found.name === undefined && !isClinical(word) && looksLikeName(word)) found.name = word;
    else words.push(word);
  }
  if (options.direction === 'D') {
    const plan = words.filter((word) => PLAN_WORDS.test(word));
    const problem = words.filter((word) => !PLAN_WORDS.test(word));
    if (plan.length > 0) found.plan = plan.join('；');
    if (problem.length > 0) found.problem = problem.join('，');
  } else if (words.length > 0) {
    found.problem = words.join('，');
  }
  return { ...withoutUndefined(found), ...(unknownDepartment ? { unknownDepartment } : {}), words, asksForBed };
}

const LEVEL_SIGNS: Readonly<Record<string, string>> = { I: 'Ⅰ级', II: 'Ⅱ级', III: 'Ⅲ级', IV: 'Ⅳ级' };

function ageText(count: string | undefined, unit: string | undefined): string | undefined {
  const value = parseNumber(count ?? '')?.value;
  if (value === undefined || value > 130) return undefined;
  if (unit?.includes('月')) return `${value}个月`;
  if (unit?.includes('天')) return `${value}天`;
  return `${value}岁`;
}

function choiceOf(institution: Institution | undefined): PlaceChoice | undefined {
  return institution && { id: institution.id, name: institution.shortName };
}

function withoutUndefined<T extends object>(found: T): T {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as T;
}

/** Whether anything at all was read, free words aside. */
export function hasFields(slots: Slots): boolean {
  const { words: _words, asksForBed: _asks, problem: _problem, plan: _plan, purposeCode: _purpose, ...fields } = slots;
  return Object.keys(fields).length > 0;
}

/** Age in years, below one year 0; `undefined` where none was given. */
export function yearsOf(form: Pick<ReferralForm, 'age'>): number | undefined {
  if (form.age === undefined) return undefined;
  return form.age.endsWith('岁') ? Number.parseInt(form.age, 10) : 0;
}

/**
 * Puts new fields over a waiting form: what was said last counts. Free words fill what is still open (problem, plan), and
 * replace it only where the person says so (`corrects`).
 */
export function mergeSlots(form: ReferralForm, slots: Slots, corrects = false): ReferralForm {
  const { words: _words, asksForBed: _asks, unknownDepartment: _unknown, problem, plan, ...fields } = slots;
  const merged: { -readonly [K in keyof ReferralForm]: ReferralForm[K] } = { ...form, ...fields };
  if (fields.target) merged.targetChoices = merged.unknownTarget = undefined;
  if (fields.targetChoices || fields.unknownTarget) merged.target = undefined;
  if (form.direction === 'D') {
    merged.plan =
      form.plan === undefined || (corrects && plan)
        ? (plan ?? form.plan)
        : [form.plan, plan].filter(Boolean).join('；');
    if (problem !== undefined) {
      if (form.problem === undefined || corrects) merged.problem = problem;
      else if (form.plan === undefined && plan === undefined) merged.plan = problem;
    }
  } else if (problem !== undefined && (form.problem === undefined || corrects)) {
    merged.problem = problem;
  } else if (problem !== undefined && form.problem !== undefined) {
    merged.problem = `${form.problem}，${problem}`;
  }
  return withoutUndefined(merged);
}

/** Fields a referral cannot do without（必填项）. */
export const SLOT_LABELS = {
  patient: '患者（姓名，或性别和年龄）',
  problem: '主要病情或初步诊断',
  target: '转到哪家机构',
  plan: '康复或治疗计划（用药、复查、随访）',
} as const;
export type RequiredSlot = keyof typeof SLOT_LABELS;

/** What is still missing. An emergency needs only problem and target; a bed number is no identity. */
export function missingSlots(form: ReferralForm, emergency: boolean): readonly RequiredSlot[] {
  const missing: RequiredSlot[] = [];
  const identified = form.name ?? form.idCard ?? (form.sex && form.age);
  if (!identified && !emergency) missing.push('patient');
  if (!form.problem) missing.push('problem');
  if (!form.target) missing.push('target');
  if (form.direction === 'D' && !form.plan) missing.push('plan');
  return missing;
}
