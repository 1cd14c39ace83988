/** Decides how a new document is to be stored: its region, number, name, whether it supersedes one（入库判定）. Pure. */
import { pinyin } from 'pinyin-pro';
import places from './catalogue/places.json' with { type: 'json' };
import { type ParsedDocument, parseDocument } from './parser/index.ts';
import type { StoredDocument, StoredRegion } from './store.ts';
import { normalise } from './words.ts';

export interface IngestRequest {
  readonly text: string;
  /** Name of the file, with or without its folder and ending. */
  readonly fileName: string;
  readonly region?: string | undefined;
  readonly number?: string | undefined;
  /** YYYY-MM-DD */
  readonly date?: string | undefined;
}

export interface NewRegion {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly level: 'province' | 'city' | 'county';
}

export interface IngestPlan {
  readonly doc: string;
  readonly regionId: string;
  /** Set where the region is not known yet. */
  readonly newRegion: NewRegion | undefined;
  readonly number: string | undefined;
  readonly issuedOn: string | undefined;
  readonly title: string;
  /** The document of the same region and number that this one supersedes. */
  readonly supersedes: string | undefined;
  readonly clauses: number;
  readonly tables: number;
  readonly doubts: readonly string[];
}

/**
 * A document that cannot be stored as it is, with the reason in Chinese. `region-unknown` is mended by naming the region,
 * `no-region` by another name than the one given, which no region can have.
 */
export interface IngestRefusal {
  readonly refusal: 'no-document' | 'personal-data' | 'region-unknown' | 'no-region';
  readonly reason: string;
  /** The region the document seems to belong to, not known here yet: 云岭县. */
  readonly suggestion?: string | undefined;
  /** Of a document whose region is unknown. */
  readonly title?: string | undefined;
}

/** What is put in can be read by everybody, so nothing that names a person by number may be in it. */
const ID_CARD =
  /(?<![\dA-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])/;
/** What texts of offices are full of; a novel, a recipe or a curriculum vitae are not, whatever numbers they have. */
const OFFICIAL_WORDS =
  /卫生|医疗|医共体|医院|患者|转诊|医保|药品|政府|部门|单位|责任|落实|负责|实施|管理|规定|制度|工作|服务|机构|考核|群众|居民|标准|办法|方案|推进|加强|完善|建设|应当|通知|执行/g;
/** Such words a hundred characters: plans have 6 to 13, technical ones 4.7, other texts under 2. */
const LEAST_OFFICIAL = 2.5;
/** Characters from the beginning that are looked at. */
const OFFICIAL_SAMPLE = 8000;
/** Share of Chinese characters below which a text is none. */
const LEAST_HAN = 0.2;
const OFFICIAL_TITLE =
  /(?:通知|意见|决定|公告|通告|函|批复|方案|办法|规定|细则|规划|要点|清单|章程|制度|规范|指南|标准|目录|名单|指标)/;

/** The plan for a document among those there are. */
export function planIngest(
  request: IngestRequest,
  there: { readonly regions: readonly StoredRegion[]; readonly documents: readonly StoredDocument[] },
): IngestPlan | IngestRefusal {
  const parsed = parseDocument(request.text);
  const numbered = parsed.clauses.filter((clause) => clause.kind === 'section' || clause.kind === 'row').length;
  if (request.text.trim() === '') return { refusal: 'no-document', reason: '文件是空的，没有入库。' };
  if (numbered === 0)
    return { refusal: 'no-document', reason: '没有读到带序号的条款或表格，看起来不是公文，没有入库。' };
  if (ID_CARD.test(request.text))
    return { refusal: 'personal-data', reason: '文件里有身份证号码，入库后人人都能查到，没有入库。请去掉后再来。' };
  const official = parsed.number !== undefined || parsed.issuer !== undefined || OFFICIAL_TITLE.test(parsed.title);
  const unlike = unlikeDocument(parsed, request.text, official);
  if (unlike) return { refusal: 'no-document', reason: unlike };
  const head = [
    parsed.title,
    parsed.issuer ?? '',
    ...parsed.clauses.slice(0, 2).flatMap((clause) => [clause.heading, clause.text]),
  ].join('\n');
  const known = request.region ? findRegion(request.region, there.regions) : regionIn(head, there.regions);
  const suggestion = namedRegion(head);
  const name = request.region?.trim();
  const made = known || !name ? undefined : newRegion(fullName(name, suggestion), there.regions);
  if (made === 'none')
    return {
      refusal: 'no-region',
      reason: `“${name}”不像地区的名称，没有入库。请写全称，例如：${suggestion ?? '徽州区'}。`,
      suggestion,
      title: parsed.title,
    };
  const regionId = known?.id ?? made?.id;
  if (regionId === undefined)
    return {
      refusal: 'region-unknown',
      reason: '看不出这份文件属于哪个地区，没有入库。',
      suggestion,
      title: parsed.title,
    };
  const number = officialBrackets(request.number?.trim() || parsed.number);
  const same = there.documents.find(
    (document) =>
      document.regionId === regionId &&
      (number === undefined
        ? document.number === undefined && parsed.title !== '' && normalise(document.title) === normalise(parsed.title)
        : document.number !== undefined && normalise(document.number) === normalise(number)),
  );
  return {
    doc: same?.doc ?? freeName(baseName(request.fileName), there.documents),
    regionId,
    newRegion: made,
    number,
    issuedOn: request.date ?? parsed.issuedOn,
    title: parsed.title,
    supersedes: same?.doc,
    clauses: parsed.clauses.length,
    tables: parsed.tables,
    doubts: [
      ...parsed.doubts.filter(
        (doubt) => !(request.number && doubt.includes('文号')) && !(request.date && doubt.includes('日期')),
      ),
      ...(official ? [] : ['没有读到标题和发文机关，请核对是不是公文']),
    ],
  };
}

/** Why a text is no document of an office, in Chinese; `undefined` for one that may be. */
function unlikeDocument(parsed: ParsedDocument, text: string, official: boolean): string | undefined {
  const sample = text.slice(0, OFFICIAL_SAMPLE).replace(/\s/g, '');
  const han = sample.match(/[\u4e00-\u9fff]/g)?.length ?? 0;
  if (han < sample.length * LEAST_HAN) return '文件里几乎没有中文，看起来不是公文，没有入库。';
  if (/^(?:个人)?简历$/.test(parsed.title)) return '这是一份简历，不是公文，没有入库。';
  if (official) return undefined;
  const words = sample.match(OFFICIAL_WORDS) ?? [];
  if (words.length >= (han / 100) * LEAST_OFFICIAL && new Set(words).size > 1) return undefined;
  return '没有读到标题、文号和发文机关，内容也不像，看起来不是公文，没有入库。';
}

/** The place that a head names as its authority: 云岭县人民政府办公室 → 云岭县. Only offered, never taken by itself. */
function namedRegion(head: string): string | undefined {
  const named =
    /(?:^|[\n市省《])(?:中共)?([\u4e00-\u9fff]{2,8}?(?:自治[县旗州]|县|区|市|旗|州|盟|省))(?:人民政府|委办公室|委员会|卫生健康|医疗保障|人力资源|财政局|疾病预防|医共体|紧密型|县域|关于|进一步|第一|中医|人民医院)/.exec(
      head,
    )?.[1];
  return named?.replace(/^(?:中共|关于|印发)+/, '').replace(/^.{2,6}[省市盟](?=.{1,6}[县区市旗]$)/, '');
}

/** 徽办发[2026]2号 → 徽办发〔2026〕2号, the brackets of the national standard. */
function officialBrackets(number: string | undefined): string | undefined {
  return number?.replace(/\s+/g, '').replace(/[〔﹝[［【(（﹙]((?:19|20)\d{2})年?[〕﹞\]］】)）﹚]/, '〔$1〕');
}

/** A day of the calendar, YYYY-MM-DD, that exists. */
export function isCalendarDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  return date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day;
}

function findRegion(name: string, regions: readonly StoredRegion[]): StoredRegion | undefined {
  const wanted = name.trim();
  return (
    regions.find((region) => [region.id, region.name, region.shortName].includes(wanted)) ??
    regions.find((region) => region.name.endsWith(wanted) && wanted.length >= 2)
  );
}

/** The innermost known region the head of a document names by its full name or its last part (徽州区). */
function regionIn(head: string, regions: readonly StoredRegion[]): StoredRegion | undefined {
  const rank = { province: 0, city: 1, county: 2 } as const;
  const named = regions.filter((region) => {
    const suffix = region.level === 'province' ? '[省市]' : region.level === 'city' ? '市' : '[县区市旗]';
    return head.includes(region.name) || new RegExp(`${region.shortName}${suffix}`).test(head);
  });
  return named.sort((a, b) => rank[b.level as keyof typeof rank] - rank[a.level as keyof typeof rank])[0];
}

/** 云岭 where the document itself says 云岭县 is 云岭县. */
function fullName(given: string, suggestion: string | undefined): string {
  return suggestion?.startsWith(given) ? suggestion : given;
}

/** Words that end like a region and are none. */
const NO_REGION =
  /^(?:[市县城郊片辖牧山农地社园小校院景病][区]|自治[区县州旗]|[各全本我该外][省市县区州]|[省市县区]+)$|(?:小区|社区|园区|病区|景区|校区|院区|厂区|牧区|超市|门市|夜市)$/;
const REGION = /^[\u4e00-\u9fff·]{1,14}(?:省|市|县|区|旗|州|盟)$/;

/** Whether a place can be a region: 云岭县, or a bare name the catalogue of places knows (上海). */
export function isRegionName(name: string): boolean {
  if (NO_REGION.test(name)) return false;
  return REGION.test(name) || (places.elsewhere.includes(name) && !/[国外]$/.test(name));
}

const PEOPLES =
  '蒙古族|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|普米族|怒族|裕固族|独龙族|鄂伦春族?|鄂温克族|保安族|塔吉克族?|各族';

/** 黄山市徽州区 → 徽州, 甘孜藏族自治州 → 甘孜, 莘县 → 莘县: what people call it. */
function shortNameOf(name: string): string {
  const last = /([^省市州盟]{1,}?(?:省|自治[区州县旗]|市|州|盟|县|区|旗))$/.exec(name)?.[1] ?? name;
  const bare = last
    .replace(/(?:省|自治[区州县旗]|市|州|盟|县|区|旗)$/, '')
    .replace(new RegExp(`(?<=..)(?:${PEOPLES})+$`), '');
  return bare.length > 1 ? bare : last;
}

function newRegion(name: string, regions: readonly StoredRegion[]): NewRegion | 'none' {
  if (!isRegionName(name)) return 'none';
  const level = /(?:省|自治区)$|^(?:北京|上海|天津|重庆)市?$/.test(name)
    ? 'province'
    : /(?:市|州|盟)$/.test(name)
      ? 'city'
      : 'county';
  const last = shortNameOf(name);
  const sound =
    pinyin(last, { toneType: 'none', type: 'array', v: true })
      .join('')
      .replace(/[^a-z0-9]/gi, '')
      .toLowerCase() || 'region';
  let id = sound;
  for (let n = 2; regions.some((region) => region.id === id); n += 1) id = `${sound}-${n}`;
  return { id, name, shortName: last, level };
}

function baseName(fileName: string): string {
  return (fileName.split(/[\\/]/).at(-1) ?? fileName).replace(/\.[^.]*$/, '') || 'document';
}

function freeName(name: string, documents: readonly StoredDocument[]): string {
  let free = name;
  for (let n = 2; documents.some((document) => document.doc === free); n += 1) free = `${name}-${n}`;
  return free;
}
