/** Finds what stands under a document and belongs to no clause: signature, date, list of annexes, dispatch line（文尾）. */
import type { MarkerKind } from './numbering.ts';
import { type Block, isDateLine, readSigned } from './paragraphs.ts';

const TAIL =
  /^(?:附[件表]?\s*[\d一二三四五六七八九十]{0,2}\s*[:：]\s*\S|抄\s*[送报]|主\s*送\s*[:：]|[^。，；：:]{0,40}月\s*[\d一二三四五六七八九十]{1,3}日\s*(?:印发|发布|公布)$|(?:出席|列席|参会人员|参加人员|请假|缺席|记录|分送|发送|发)\s*[:：]|[（(](?:此件|本件|附件略|附件|联系|信息公开|公开|主动公开)|(?:此|专此|特此)(?:通知|公告|通告|函告|函复|报告|批复|复函|说明|请示|公布|函达)?[。.]?$|专此[，,]?[^，。]{2,6}[。.]?$|以上(?:请示|报告|意见)(?:妥否|当否|如无不妥)?[^。]{0,20}请(?:批示|批复|审示|审议|予批准|批转)[^。]{0,10}[。.]?$|(?:成文|印发|发布|发文)(?:日期|时间)\s*[:：])/;

/** Blocks that are signature, date, list of annexes or dispatch line, up to the next annex. */
export function tailRanges(blocks: readonly Block[]): ReadonlySet<number> {
  const tails = new Set<number>();
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[at];
    if (block?.kind !== 'paragraph' || !(TAIL.test(block.text) || isDateLine(block.text) || readSigned(block.text)))
      continue;
    if (!endsHere(blocks, at)) continue;
    let from = at;
    while (from > 0 && isSignature(blocks[from - 1])) from -= 1;
    for (; from < blocks.length && blocks[from]?.kind !== 'annex'; from += 1) tails.add(from);
    at = from;
  }
  return tails;
}

const OUTERMOST: ReadonlySet<MarkerKind> = new Set<MarkerKind>(['part', 'chapter', 'division', 'article', 'han']);

/** No heading of the outermost kind follows before the next annex: a date or bracket inside the text is no tail. */
function endsHere(blocks: readonly Block[], from: number): boolean {
  for (let at = from + 1; at < blocks.length; at += 1) {
    const block = blocks[at];
    if (block?.kind === 'annex') return true;
    if (
      block?.kind === 'paragraph' &&
      block.marker &&
      (OUTERMOST.has(block.marker.kind) || (block.prose && block.marker.kind === 'number' && /。/.test(block.text)))
    )
      return false;
  }
  return true;
}

function isSignature(block: Block | undefined): boolean {
  return (
    block?.kind === 'paragraph' &&
    !block.marker &&
    block.text.length <= 60 &&
    !/[，。；：:]/.test(block.text) &&
    /(?:政府|办公[室厅]|委员会|[局厅委部院室会]|领导小组|集团|中心|[（(](?:盖章|代章|.{2,20}代章|印章|公章)[）)])$/.test(
      block.text.replace(/\s*(?:\d{4}|二[〇○零OＯ].{2})年.{1,4}月.{1,4}日$/, ''),
    )
  );
}
