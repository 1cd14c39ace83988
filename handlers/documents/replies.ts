/** What is said about a file: what was read, what is missing, what became of it（入库回复）. */
import { type IngestPlan, type LoadedDocument, showPath } from '../../knowledge/index.ts';
import type { Block, Reply } from '../message.ts';
import { say } from '../message.ts';
import type { PlannedFile, PlannedPart } from './planning.ts';

/** Doubts shown at once; a phone's screen is small. */
const MAX_DOUBTS = 4;
/** Documents of one file shown with all they say of themselves. */
const MAX_PARTS = 6;

/** What was read from the file, and the next step. */
export function shownReply(file: PlannedFile, more?: string): Reply {
  const blocks: Block[] = [];
  const shown = file.parts.slice(0, MAX_PARTS).map((part) => partLine(part));
  if (file.parts.length > MAX_PARTS) shown.push(`……共${file.parts.length}份`);
  const doubts = [...new Set([...file.parts.flatMap(({ plan }) => plan.doubts), ...file.doubts])].filter(
    (doubt) => !(file.missing === 'number' && doubt.includes('文号')),
  );
  const heard = doubts.slice(0, MAX_DOUBTS).map((doubt) => `请看一下：${doubt}`);
  if (doubts.length > MAX_DOUBTS) heard.push(`还有${doubts.length - MAX_DOUBTS}处要看`);
  blocks.push({ type: 'text', text: [...shown, ...heard, ...(more ? [more] : [])].join('\n') });
  if (file.missing === 'region') {
    const name = file.title ? `《${file.title}》` : '这份文件';
    const words = file.suggestion
      ? `读到${name}。它属于${file.suggestion}吗？回复“是”，或写明地区。`
      : `读到${name}，看不出属于哪里。请回复地区，例如：徽州区。`;
    return say([...shown, ...heard, words].join('\n'));
  }
  if (file.missing === 'number') {
    blocks.push({ type: 'text', text: '没有读到文号。请回复文号，例如：徽办发〔2026〕2号；没有就回复“无”。' });
    return { audience: 'here', blocks };
  }
  if (file.newRegion !== undefined) {
    blocks.push({ type: 'text', text: newRegionWords(file.newRegion) });
    return { audience: 'here', blocks };
  }
  blocks.push({ type: 'text', text: '对的话回复“确认”入库，“取消”不入库；要改就回复地区、文号或日期。' });
  return { audience: 'here', blocks };
}

/** A region is made only when its name is said once more. */
export function newRegionWords(name: string): string {
  return `没有“${name}”这个地区，将新建。对的话回复“确认 ${name}”；写错了就回复正确的地区，“取消”不入库。`;
}

function partLine({ plan, regionName }: PlannedPart): string {
  const facts = [
    plan.newRegion ? `${regionName}（新地区）` : regionName,
    plan.number ?? '无文号',
    plan.issuedOn ?? '日期没有读到',
    `${plan.clauses}条，${plan.tables}张表`,
  ];
  const place = plan.supersedes ? '\n同一文号已有文件，确认后成为新版本，旧版仍可引用。' : '';
  return `《${plan.title}》\n${facts.join(' · ')}${place}`;
}

/** What became of one document. */
export function storedReply(stored: {
  readonly plan: IngestPlan;
  readonly loaded: LoadedDocument;
  readonly regionShortName: string;
}): string {
  const { plan, loaded, regionShortName } = stored;
  const name = `《${plan.title}》（${[regionShortName, plan.number].filter((part) => part).join('，')}）`;
  if (loaded.unchanged) return `${name}和库里的一样，没有变化。`;
  const counts = `${loaded.clauses}条，${loaded.tables}张表`;
  const next =
    loaded.version > 1
      ? `这是版本${loaded.version}，旧版仍可引用。看改了什么：对比 版本 ${plan.number ?? loaded.doc}`
      : `现在可以提问，或发送：目录 ${regionShortName}`;
  return `已入库：${name}，${counts}。\n${next}`;
}

/** A clause's number as people read it. */
export function placeOf(path: string, kind: string): string {
  return showPath(path, kind);
}
