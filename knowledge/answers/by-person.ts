/** Answers who holds an office: the name where a list prints it, the office where only that is written, else nobody（任职的人）. */
import { isLabelled } from '../evidence.ts';
import { abbreviates, type Hit, type WeighedTerm } from '../score.ts';
import { normalise } from '../words.ts';
import { citation, type Found, type Material, type Unsaid } from './material.ts';
import { answeringSentence, leadOf, roleLines } from './passage.ts';
import { unitAsked, wordsFor } from './units.ts';

const ASKS_PERSON =
  /(?:是|叫|由|当|任)(?:谁|哪个|哪一?位)(?:来)?(?:当|任|担任|做|兼)?(?:的|呀|啊|呢)?[?。]?$|哪一?位|谁(?:当|担任|任|做|是)(?!什么)|叫什么(?:名字)?[?。]?$|姓什么|姓名|什么名字/;
/** Nothing but a name answers. */
const ASKS_NAME = /哪一?位|叫什么名字|什么名字|姓什么|姓名|名字(?:是|叫)/;
const POST = /主任|局长|书记|部长|县长|区长|市长|院长|组长|科长|站长|校长|秘书长/;
/** Of this very office: 专班办公室's head is not that of another centre. */
const WHO_IS = /(?:主任|局长|书记|部长|院长|组长)(?:是|叫)谁[呀啊呢]?[?。]?$/;
/** 由区主要领导任主任, 党委书记由…兼任. */
const HOLDS =
  /(?:任|担任|兼任)(?:[^，。]{0,6})?(?:主任|局长|书记|部长|院长|组长)|(?:主任|书记|院长|组长)由[^，。]{2,24}(?:担任|兼任)/;

/** A line of a list of names: 组长：…, or the one whose post is asked about. */
export function byPerson(material: Material): Found | undefined {
  const { text } = material.question;
  if (!ASKS_PERSON.test(text) || !POST.test(text)) return undefined;
  for (const hit of material.hits) {
    if (!isLabelled(hit.reading) || !/[\u4e00-\u9fff]{1,3}[\s\u3000]+[\u4e00-\u9fff]/.test(hit.reading.clause.text))
      continue;
    const lines = ofRole(material, hit) ?? ofPost(text, hit);
    const citations = lines.flatMap((line) => citation(material, hit.reading, line));
    if (citations.length === 0 || citations.length !== lines.length) continue;
    const words = lines.map((line) => line.replace(/\s+/g, ' ')).join('；');
    const body = hit.reading.clause.above.at(-1) ?? '';
    return {
      lead: body === '' || words.length + body.length > LINE ? words : `${body}——${words}`,
      citations,
      score: hit.score,
    };
  }
  return undefined;
}

const LINE = 60;

/** 组长 of 专班的组长是哪个; 副组长 is another role. */
function ofRole({ question: { text } }: Material, { reading }: Hit): readonly string[] | undefined {
  const all = reading.clause.text.split('\n');
  const labels = all.flatMap((line) => /^([^：:]{1,8})[：:]/.exec(line)?.[1] ?? []).map(normalise);
  const asked = labels
    .filter((label) => POST.test(label) && text.includes(label))
    .sort((a, b) => b.length - a.length)[0];
  const lines = asked === undefined ? [] : roleLines([{ text: asked }], all);
  return lines.length > 0 ? lines : undefined;
}

/** 县卫健委主任是哪位: the line whose post is of that office. */
function ofPost(text: string, { reading }: Hit): readonly string[] {
  const unit = unitAsked(text);
  const post = POST.exec(text)?.[0] ?? '';
  if (unit === undefined || !new RegExp(`(?:局|委|办|部|室|政府)?${post}`).test(text.slice(text.indexOf(unit))))
    return [];
  const between = text.slice(text.indexOf(unit) + unit.length, text.indexOf(post));
  if (/办公室|副|分管|主要|专班|中心/.test(between)) return [];
  const words = wordsFor(unit);
  return reading.clause.text
    .split('\n')
    .filter((line) => line.includes(post) && words.some((word) => normalise(line).includes(word)))
    .slice(0, 1);
}

/** A name is asked and none printed: what the plan says of the office, said to be only that, or that it says nothing. */
export function withoutName(material: Material, best: Hit): Found | Unsaid | undefined {
  const { question, terms } = material;
  const name = ASKS_NAME.test(question.text);
  if (!(name || WHO_IS.test(question.text)) || !POST.test(question.text) || isLabelled(best.reading)) return undefined;
  const post = POST.exec(question.text)?.[0] ?? '';
  const holding = answeringSentence(question, terms, best)?.sentence;
  const about = terms.filter((term) => term.weight >= 0.4);
  if (
    holding &&
    HOLDS.test(holding.plain) &&
    holding.plain.includes(post) &&
    about.every((term) => speaks(term, holding.plain))
  ) {
    if (!name) return undefined;
    const point = leadOf(question, terms, holding.raw, best.reading).replace(/^成立/, '');
    return {
      lead: `方案没有印姓名，只写：${point}`,
      citations: citation(material, best.reading, holding.raw),
      score: best.score,
    };
  }
  return name || holding?.plain.includes(post) ? { why: `方案没有写这位${post}是谁` } : undefined;
}

function speaks(term: WeighedTerm, plain: string): boolean {
  return (
    term.alternatives.some((one) => plain.includes(one.text)) || abbreviates(term.text, plain) || POST.test(term.text)
  );
}
