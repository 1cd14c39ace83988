/** Answers from lists of names: who is in a body, which institutions belong to an alliance, all of them with their number（名单）. */
import { isLabelled } from '../evidence.ts';
import type { Want } from '../question.ts';
import type { Reading } from '../reading.ts';
import type { Hit } from '../score.ts';
import type { AnswerPart, Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { citation, type Found, type Material } from './material.ts';
import { roleLines } from './passage.ts';
import { hospitalAsked, wordsFor } from './units.ts';

/** The lines of one role: 成员：甲 / 乙 / 丙, or 成员单位：甲、乙、丙. */
interface Role {
  readonly hit: Hit;
  readonly label: string;
  /** As printed, lines and all. */
  readonly words: string;
  readonly members: number;
}

const ASKS: readonly Want[] = ['list', 'names', 'count', 'units', 'who', 'contents'];
/** An institution by its ending. */
const INSTITUTION = /(?:医院|卫生院|保健院|疾控中心|服务中心|卫生中心)(?=[、，。；]|$)/g;
const MANY = 5;

export function byRoles(material: Material, best: Hit): Found | undefined {
  const { question } = material;
  if (!ASKS.some((want) => question.wants.has(want))) return undefined;
  const roles = material.hits.slice(0, DEPTH).flatMap((hit) => (isLabelled(hit.reading) ? rolesOf(material, hit) : []));
  const promised = /(\d{1,2})(?:家|个|人|名|所|位)/.exec(question.text)?.[1];
  const counted = roles.filter((role) => role.members > 1 && String(role.members) === promised);
  const longest = Math.max(0, ...roles.map((role) => (asksFor(material, role) ? role.label.length : 0)));
  const named = roles.filter((role) => asksFor(material, role) && role.label.length === longest && role.members > 1);
  const asked = counted.length > 0 ? counted : named;
  const led = asked.filter((role) => ledBy(material, role));
  const shown = led.length > 0 ? led : nearestByHeading(material, ofOneAnnex(asked, best));
  const [first] = shown;
  if (!first || namesMember(material, shown)) return undefined;
  // 乡村一体化管理的配合单位 asks for the bracket of a clause, not for a list of names.
  if (/^(?:责任|配合|牵头)/.test(first.label) && !isLabelled(best.reading)) return undefined;
  const citations = shown.flatMap((role) => citation(material, role.hit.reading, role.words));
  if (citations.length !== shown.length) return undefined;
  const unit = /单位|机构|医院/.test(first.label) ? '家' : '人';
  const line = (role: Role): string => `${bodyOf(role)}的${role.label}共${role.members}${unit}`;
  const few = first.words.replace(/\n/g, '；');
  if (shown.length === 1) return { lead: few.length <= LINE ? few : line(first), citations, score: first.hit.score };
  const parts = shown.map((role, at): AnswerPart => ({ text: line(role), citation: citations[at] }));
  const sum = shown.reduce((all, role) => all + role.members, 0);
  return {
    lead: `${first.label}有${shown.length}份名单，合计${sum}${unit}：`,
    parts,
    citations,
    score: first.hit.score,
  };
}

/** Clauses looked into. */
const DEPTH = 20;
/** Few names are the point themselves. */
const LINE = 60;

/** 工作专班 where the list stands under 组成人员. */
function bodyOf({ hit }: Role): string {
  const { heading, above } = hit.reading.clause;
  return /^(?:组成|人员|成员|名单)/.test(heading) ? (above.at(-1) ?? heading) : heading;
}

function rolesOf(material: Material, hit: Hit): readonly Role[] {
  const lines = hit.reading.clause.text.split('\n');
  return lines.flatMap((line) => {
    const label = /^([^：:。]{1,8})[：:]/.exec(line)?.[1];
    if (label === undefined) return [];
    const block = blockOf(material, hit.reading, normalise(label)) ?? [line];
    const items = line.replace(/^[^：:]{1,8}[：:]/, '').split('、');
    // 县委副书记、县政府县长 are the posts of one person.
    const members =
      block.length > 1 || items.some((item) => /[\s\u3000]/.test(item.trim())) ? block.length : items.length;
    return [{ hit, label: normalise(label), words: block.join('\n'), members }];
  });
}

function blockOf(material: Material, reading: Reading, label: string): readonly string[] | undefined {
  const [term] = material.terms;
  const block = term ? roleLines([{ ...term, text: label }], reading.clause.text.split('\n')) : [];
  return block.length > 0 ? block : undefined;
}

function asksFor({ question }: Material, role: Role): boolean {
  return question.text.includes(role.label);
}

/** 县中医院牵头的: the list that names it as the one who leads. */
function ledBy({ question }: Material, { hit }: Role): boolean {
  const hospital = /牵头/.test(question.text) ? hospitalAsked(question.text) : undefined;
  const leads = hit.reading.clause.text.split('\n').find((line) => /^牵头(?:单位|医院)[：:]/.test(line));
  return hospital !== undefined && leads !== undefined && wordsFor(hospital).some((word) => leads.includes(word));
}

/** 综合医共体: the list whose heading shares most with the question; all where none shares more. */
function nearestByHeading({ question }: Material, roles: readonly Role[]): readonly Role[] {
  const shared = ({ hit }: Role): number =>
    [...hit.reading.heading].filter((_, at) => question.text.includes(hit.reading.heading.slice(at, at + 2))).length;
  const most = Math.max(0, ...roles.map(shared));
  return roles.filter((role) => shared(role) === most);
}

/** The lists in the annex of the clause found. */
function ofOneAnnex(roles: readonly Role[], best: Hit): readonly Role[] {
  const annex = ({ reading }: Hit): string => `${reading.clause.documentId} ${reading.clause.path.split('/')[0]}`;
  return roles.filter(({ hit }) => annex(hit) === annex(best));
}

/** Asks about one of the members, not for all: 红池坝卫生院的牵头单位. */
function namesMember({ terms }: Material, roles: readonly Role[]): boolean {
  return terms.some(
    (term) =>
      term.weight >= 0.6 &&
      roles.some(
        ({ hit, words, label }) =>
          !hit.reading.heading.includes(term.text) &&
          !label.includes(term.text) &&
          normalise(words.replace(/^[^：:]{1,8}[：:]/, '')).includes(term.text),
      ),
  );
}

/** 成员单位有哪些 where the plan names them in a sentence: the sentence with most institutions. */
export function byInstitutions(material: Material, best: Hit): Found | undefined {
  const { question } = material;
  if (!/(?:成员|组成|参与|加入)单位|成员医院|哪些(?:医院|卫生院|医疗机构)/.test(question.text)) return undefined;
  if (!(['list', 'names', 'units', 'count'] as const).some((want) => question.wants.has(want))) return undefined;
  const others = material.terms.filter(
    (term) => term.weight >= 0.5 && !/单位|成员|组成|医共体|医院|卫生院|机构|名单/.test(term.text),
  );
  if (question.wants.has('lead') || question.wants.has('responsible') || /牵头|帮扶|负责/.test(question.text))
    return undefined;
  if (others.length > 0 || institutionsIn(best) >= MANY) return undefined;
  let chosen: { readonly hit: Hit; readonly raw: string; readonly names: number } | undefined;
  for (const hit of material.hits.filter((one) => one.reading.clause.documentId === best.reading.clause.documentId))
    for (const { raw } of hit.reading.sentences) {
      const names = raw.match(INSTITUTION)?.length ?? 0;
      if (names >= MANY && names > (chosen?.names ?? 0)) chosen = { hit, raw, names };
    }
  if (!chosen) return undefined;
  if (isLabelled(chosen.hit.reading)) return byRoles(material, chosen.hit);
  const list = longestList(chosen.raw);
  const citations: readonly Citation[] = citation(material, chosen.hit.reading, list);
  return {
    lead: `${chosen.hit.reading.clause.heading}，点名的单位有${list.match(INSTITUTION)?.length ?? 0}家`,
    citations,
    score: chosen.hit.score,
  };
}

function institutionsIn({ sentences }: Hit): number {
  return sentences[0]?.sentence.raw.match(INSTITUTION)?.length ?? 0;
}

/** The parts of a sentence from the first with an institution to the last with one. */
function longestList(raw: string): string {
  const parts = raw.split(/(?<=[，；])/);
  const holds = parts.map((part) => (part.match(INSTITUTION)?.length ?? 0) >= 2 || /牵头/.test(part));
  const from = holds.indexOf(true);
  const to = parts.findIndex((part, at) => at >= from && (part.match(INSTITUTION)?.length ?? 0) >= MANY);
  return parts.slice(Math.max(0, from), (to < 0 ? holds.lastIndexOf(true) : to) + 1).join('');
}
