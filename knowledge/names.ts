/** Whether words name institutions (牡丹人民医院、区中医医院) or only their kind (7个乡镇卫生院)（机构名称）. */

/** Kinds of institution that have names of their own, the longer word first. */
const KINDS = ['社区卫生服务中心', '卫生院', '卫生室', '保健院', '医院'] as const;

/** What stands before the kind where no institution is named. */
const GENERIC =
  /(?:^|乡镇|镇街|街镇|乡镇\(中心\)|中心|各|该|本|其他|若干家|成员|牵头|基层|公立|公办|民营|民办|城市|三级|二级|一级|县级|区级|区直|市级|省级|县属|上级|上下级|下级|三甲|综合|专科|社会办|定点|政府办|政府举办|一类|条件的|性质的|\d+[家个所处]|一体化|标准化|行政村|紧密型|支持|建设|发展|中医|互联网|办|村|镇|乡)$/;

/** The kind of institution a question asks about; `undefined` where it asks about none. */
export function kindAsked(question: string): string | undefined {
  return KINDS.find((kind) => question.includes(kind));
}

/** How many institutions of a kind the words name. */
export function countNamed(plain: string, kind: string): number {
  let named = kind === '医院' ? (plain.match(/[市县区省][一二三四五六]院/g)?.length ?? 0) : 0;
  for (const piece of plain.split(/[、，。；:：()"]|和|与|以及|为|由(?!\S{0,2}院$)|以|联合|安排|帮扶|等/)) {
    const at = piece.lastIndexOf(kind);
    if (at > 0 && !GENERIC.test(piece.slice(0, at)) && piece.slice(0, at).length <= 14) named += 1;
  }
  return named;
}

/** A rank in the question (三甲医院) that the names given do not have: 普宁市人民医院等3家县级公立医院. */
export function isOtherRank(question: string, plain: string, kind: string): boolean {
  const rank = new RegExp(`(三甲|三级|二级|县级|省级|市级|公立|民营|专科)(?:公立)?${kind}`).exec(question)?.[1];
  if (rank === undefined) return false;
  const labels = [...plain.matchAll(new RegExp(`等\\d*[家个所]([^，。；]{0,8})${kind}`, 'g'))];
  return labels.length > 0
    ? !labels.some((label) => (label[1] ?? '').includes(rank))
    : !plain.includes(`${rank}${kind}`);
}
