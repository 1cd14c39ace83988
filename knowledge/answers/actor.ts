/** Who acts in a sentence: 市三院预留…, 由区政府分管领导担任书记, 医共体内设立中心药房，…（行为主体）. Pure. */

/** What people and bodies do in plans. */
const ACTS =
  '建立|建设|组建|设立|成立|设置|建成|统筹|负责|牵头|承担|担任|兼任|任(?=主任|书记|组长|院长)|提名|制定|组织|开展|考核|审核|核定|会同|协调|安排|派|拨付|预留|管理|加强|推行|实施|指导|结清|引导|帮扶|同县|审定|设置';
const BODY =
  '(?:医院|三院|[^，]{2}局|卫生健康委|卫健委|办公室|部门|政府|药房|中心|委员会|理事会|医共体|推进机制|专班|卫生院|机构|领导|同志|负责人|乡镇|企业|党委|团队|单位)';

const ACTOR = new RegExp(
  `(?:由|以|在|依托|经|推动|支持|安排)([^，；。]{2,24}?)(?:为?(?:${ACTS})|参与|考核后|审核同意|备案)|^(?:且|并)?(?!负责|指导|支持|推动|完善|加强|建立|建设|提高|规范|引导|鼓励|健全|落实|强化|做好|对|将)([^，；。]{0,16}?${BODY})(?:内|要|应)?(?:持续|定期|统一|分别|重点|按月|按\\d+%)?(?:${ACTS})|([^，；。]{2,12}?(?:领导|同志|负责人))(?:担任|兼任|任)`,
);
/** Sets somebody up who then acts in what follows. */
const SETS_UP = new RegExp(
  `(?:设立|建立|成立|设置|组建)[^，。；]{2,16}(?:中心|委员会|办公室|药房|专班|机制|小组)(?:，|$)|办公室设在|^(?!负责|指导|支持|推动|完善|加强|提高|规范|引导|鼓励|健全|落实|强化|做好|对|将)[^，；。]{0,16}?${BODY}(?:内)?(?:${ACTS})`,
);

/** The body that acts in the words; `undefined` where none is named. */
export function actorIn(plain: string): string | undefined {
  const match = ACTOR.exec(plain);
  return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
}

/** The part before that names who acts in `part`, for a part that begins with its verb; `undefined` where it names somebody itself. */
export function subjectBefore(parts: readonly string[], at: number): string | undefined {
  const own = parts[at] ?? '';
  if (actorIn(own) !== undefined || SETS_UP.test(own)) return undefined;
  const before = parts.slice(0, at);
  return before.find((part) => SETS_UP.test(part)) ?? [...before].reverse().find((part) => actorIn(part) !== undefined);
}
