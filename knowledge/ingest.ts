/** Decides how a new document is to be stored: its region, number, name, whether it supersedes one（入库判定）. Pure. */
import { pinyin } from 'pinyin-pro';
import { parseDocument } from './parser/index.ts';
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

/** A document that cannot be stored as it is, with the reason in Chinese; `region-unknown` is mended by naming the region. */
export interface IngestRefusal {
  readonly refusal: 'no-document' | 'personal-data' | 'region-unknown';
  readonly reason: string;
  /** The region the document seems to belong to, not known here yet: 云岭县. */
  readonly suggestion?: string | undefined;
  /** Of a document whose region is unknown. */
  readonly title?: string | undefined;
}

/** What is put in can be read by everybody, so nothing that names a person by number may be in it. */
const ID_CARD =
  /(?<![\dA-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])/;
/** Clauses below which a text needs a number, an issuer or a title to be taken for a document. */
const ENOUGH_CLAUSES = 4;
/** Numbers that official documents begin with, and lists of other things do not. */
const OFFICIAL_NUMBER =
  /^(?:[一二三四五六七八九十]{1,3}|（[一二三四五六七八九十]{1,3}）|第[^段/]+[编章节条]|附[件表录]\d*)(?:\/|$)/;
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
  const layered = parsed.clauses.some((clause) => OFFICIAL_NUMBER.test(clause.path));
  if (!official && !layered && numbered < ENOUGH_CLAUSES)
    return { refusal: 'no-document', reason: '没有读到标题、文号和发文机关，看起来不是公文，没有入库。' };
  const head = [
    parsed.title,
    parsed.issuer ?? '',
    ...parsed.clauses.slice(0, 2).flatMap((clause) => [clause.heading, clause.text]),
  ].join('\n');
  const known = request.region ? findRegion(request.region, there.regions) : regionIn(head, there.regions);
  const made = known || !request.region ? undefined : newRegion(request.region, there.regions);
  const regionId = known?.id ?? made?.id;
  if (regionId === undefined)
    return {
      refusal: 'region-unknown',
      reason: '看不出这份文件属于哪个地区，没有入库。',
      suggestion: namedRegion(head),
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

/** The place that a head names as its authority: 云岭县人民政府办公室 → 云岭县. Only offered, never taken by itself. */
function namedRegion(head: string): string | undefined {
  const named =
    /(?:^|[\n市省])(?:中共)?([\u4e00-\u9fff]{2,8}?(?:自治[县旗州]|县|区|市|旗|州|盟|省))(?:人民政府|委办公室|委员会|卫生健康|医疗保障|医共体)/.exec(
      head,
    )?.[1];
  return named?.replace(/^(?:中共|关于|印发)+/, '');
}

/** 徽办发[2026]2号 → 徽办发〔2026〕2号, the brackets of the national standard. */
function officialBrackets(number: string | undefined): string | undefined {
  return number?.replace(/\s+/g, '').replace(/[[［【(（]((?:19|20)\d{2})[\]］】)）]/, '〔$1〕');
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

function newRegion(given: string, regions: readonly StoredRegion[]): NewRegion {
  const name = given.trim();
  const level = /(?:省|自治区)$/.test(name) ? 'province' : /(?:市|州|盟)$/.test(name) ? 'city' : 'county';
  const last = /([^省市州盟]{2,}?)(?:省|自治区|市|自治州|州|盟|县|区|旗)?$/.exec(name)?.[1] ?? name;
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
