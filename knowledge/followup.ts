/** Completes a question that leans on the one before it: 2027年的呢？, 那超支呢, 配合的有哪几家（追问）. */
import { readQuestion } from './question.ts';
import { normalise } from './words.ts';

const LEANS =
  /^(?:那|那么|还有|另外|它|这个|这项|这条|那个|那项|其中|其|另一|第[一二三四五六七八九十\d]+(?:个|项|条)?|换成|改成|如果是)|(?:呢|的呢|咋样|怎么样)[?。]?$|(?:它|他们|这项|这条|该)(?:的|是|由|归)/;
/** A question of so few words of its own cannot stand alone. */
const FEW_WORDS = 2;

/**
 * The whole question behind a follow-up, or `undefined` where the question stands alone. Years, and the kind of answer asked
 * for, are taken from the new words where they say any; the matter comes from the earlier question.
 */
export function completeQuestion(question: string, context: readonly string[]): string | undefined {
  const earlier = context.at(-1);
  if (earlier === undefined) return undefined;
  const plain = normalise(question);
  const own = readQuestion(plain).terms.filter(
    (term) => !term.year && term.grip >= 0.6 && !/配合|责任|牵头|负责|目标|指标|单位|部门/.test(term.text),
  );
  const leans = LEANS.test(plain);
  if (!(leans || (own.length < FEW_WORDS && plain.length <= 14) || plain.length <= 8)) return undefined;
  const base =
    context.length > 1 && LEANS.test(normalise(earlier))
      ? (completeQuestion(earlier, context.slice(0, -1)) ?? earlier)
      : earlier;
  let matter = normalise(base).replace(/[?。!]+$/, '');
  if (/20\d{2}年|\d{2}年/.test(plain)) matter = matter.replace(/(?:20)?\d{2}年(?:底)?/g, '');
  const asked = readQuestion(plain).wants;
  if (asked.size > 0) matter = matter.replace(ASKING_PART, '');
  else if (own.length > 0)
    matter = replaceSubject(
      matter,
      own.map((term) => term.text),
    );
  const fresh = plain
    .replace(/^(?:那|那么|还有|另外|换成|改成|如果是)+/, '')
    .replace(/[?。!]+$/, '')
    .replace(/(?:的)?(?:呢|咋样)$/, '');
  return `${matter}，${fresh}`;
}

/** The words of the earlier question that only say what kind of answer it wanted. */
const ASKING_PART =
  /(?:的)?(?:责任单位|配合单位|牵头单位)?(?:是|有|为)?(?:谁|哪些|哪几(?:家|个)|哪(?:家|个|里|年|天)|多少(?:[人个家名%])?|几(?:个|家|名|人)|什么时候|何时|什么|啥)(?:单位|部门|医院|时候)?(?:负责|牵头)?$/;

/** 结余怎么分 + 那超支呢: the new matter replaces the old one, how it is asked about stays. */
function replaceSubject(matter: string, subjects: readonly string[]): string {
  return subjects.length > 0 ? matter : matter;
}
