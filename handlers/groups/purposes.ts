/** What a group is for, in the words people use. */

export type GroupPurpose = 'general' | 'referral' | 'shortage' | 'management';

export const PURPOSE_LABELS: Readonly<Record<GroupPurpose, string>> = {
  general: '一般',
  referral: '转诊',
  shortage: '缺药',
  management: '管理',
};

export interface GroupWish {
  readonly purpose: GroupPurpose;
  /** Gets the daily digest（日报）. */
  readonly digest: boolean;
  /** Belongs to the whole alliance, not to the institution of the person who binds it. */
  readonly alliance: boolean;
  /** What is left of the words: a name, or what was not understood. */
  readonly rest: string;
}

const WORDS: readonly (readonly [RegExp, GroupPurpose])[] = [
  [/转诊/u, 'referral'],
  [/缺药|药品|配送/u, 'shortage'],
  [/管理|领导|工作群/u, 'management'],
  [/一般|通用|普通/u, 'general'],
];

/** Reads 转诊, 缺药, 管理 and 日报, 医共体 in any order. Pure. */
export function readWish(text: string): GroupWish {
  let purpose: GroupPurpose | undefined;
  let digest = false;
  let alliance = false;
  const rest: string[] = [];
  for (const word of text.split(/[\s，,、]+/u).filter((one) => one !== '')) {
    const found = word.length <= 4 ? WORDS.find(([pattern]) => pattern.test(word))?.[1] : undefined;
    if (/^(?:接?收?日报|晨报|简报)$/u.test(word)) digest = true;
    else if (/^医共体$/u.test(word)) alliance = true;
    else if (found && purpose === undefined) purpose = found;
    else rest.push(word);
  }
  return { purpose: purpose ?? 'general', digest, alliance, rest: rest.join(' ') };
}
