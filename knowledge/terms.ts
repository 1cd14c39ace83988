/** Cuts a question into the things it is about, and says how much each says（问题中的词）. */
import { isAsked } from './asked.ts';
import type { Alternative, Lexicon } from './lexicon.ts';
import { HAN_DIGITS, type Want } from './wants.ts';
import { isPutTogether, tagWords, wordEdges } from './words.ts';

/** True for words that only ask or point, and for words in every clause: they are never a slip of another. */
export function isHollow(word: string): boolean {
  return ASKING.has(word) || COMMON.has(word);
}

/** One thing the answer must speak of. */
export interface Term {
  readonly text: string;
  readonly alternatives: readonly Alternative[];
  /** How much it says by its kind of word: 1 for nouns of the field, less for verbs and common words. */
  readonly grip: number;
  /** Where it stands in the question. */
  readonly at: number;
  /** A year; must stand with the answer itself. */
  readonly year: boolean;
  /** Stood in quotation marks: must be in the document as it is. */
  readonly quoted: boolean;
  /** The kind of thing asked for: 银行 in 是哪个银行. Where no document knows it, it is not written. */
  readonly asked?: boolean | undefined;
}

/** Marks characters of a question that a term already holds. */
export const TAKEN = '\ue000';

/** Words about the asking, not about the matter. */
const ASKING = new Set(
  '那组 这组 那几个 法子 老是 总是 老 算法 分母 分子 什么 怎么 怎样 如何 多少 几个 哪些 哪个 哪家 哪里 哪儿 哪几 哪种 谁 是否 有没有 是不是 能不能 可不可以 要不要 会不会 为什么 多久 多长 何时 什么时候 啥 咋 咋样 怎么办 怎么样 哪年 哪天 几时 时候 可以 应该 需要 必须 能够 可能 现在 目前 以后 之后 之前 后面 然后 如果 的话 是 有 没有 要 能 会 让 给 把 被 对 和 与 及 或 在 从 到 向 为 由 按 按照 根据 关于 规定 要求 文件 政策 里面 里头 里 内容 方面 情况 问题 事情 东西 地方 时间 部分 具体 主要 分别 各自 各 每 其中 其他 一共 总共 包括 包含 属于 进行 实行 实施 开展 推进 做 做到 搞 弄 办 干 算 说 写 提 提到 明确 规定了 达到 定 定了 定的 设 这个 那个 这项 那项 这条 那条 这块 那块 这些 那些 这边 那边 这样 那样 之间 全县 全省 全区 全市 这里 那里 我 你 他 她 它 我们 咱们 不 没 都 也 还 就 才 又 再 只 很 最 太 更 比较 一个 一些 一样 不同 区别 差别 的 了 着 过 吗 呢 啊 上 下 中 内 外 前 后 个 家 名 条 项 种 类 号 次 年 月 日 天 今年 明年 去年 看看 知道 清楚 介绍 下来 下去 上来 上去 出来 起来 过来 过去 回来 回去 进来 进去 还有 这事 那事 这事儿 那事儿 事 事儿 这回事 来着 各要 各是 方案里 文件里 其实 好像 感觉 觉得 听说 据说 估计 算是 不是 是不 全部 所有 整个 大概 左右 多大 第一位 排 首先 不能 啥子 打算 意味 咋整 咋弄 主要是 一般 通常 最晚 最迟 最早 多少天 多长时间 多大 到底 究竟 下 想 说法 讲 管用 那些个 有的 的话 来查 每年 一年 管 归 归谁 谁来 来的 法 事项 活 么样 各家 各个 基数 基期 基期值 最大 咱 咱们 俺 俺们 那样'.split(
    ' ',
  ),
);

/** Words that stand in nearly every clause: they say little. */
const COMMON = new Set(
  '医共体 县域医共体 方案 计划 建设 管理 服务 工作 医疗 卫生 医院 机构 单位 部门 医疗卫生 资源 能力 体系 制度 机制 加强 完善 建立 健全 落实 提升 统一 县域 县域内 负责 组织 人员 目标 任务 指标 标准 措施 使用 支持 相关 实现 区 县 市 镇 乡 村'.split(
    ' ',
  ),
);

/** Says that a figure bounds, not what of. */
const BOUND = /^(?:最低|最短|最高|最多|最少|至少|至多|顶多|起码|几成|每月|每个月|每年|每天|百分比|比重)$/;

/** The things a question is about, in its order; `text` is free of what only does the asking. */
export function readTerms(text: string, quoted: readonly string[], lexicon: Lexicon): readonly Term[] {
  const terms: Term[] = [];
  const free = [...text];
  const take = (at: number, length: number): void => {
    for (let i = at; i < at + length; i += 1) free[i] = TAKEN;
  };
  for (const match of text.matchAll(/(20\d{2}|(?<!\d)2[0-9])年底?/g)) {
    const year = `${(match[1] ?? '').length === 2 ? '20' : ''}${match[1]}年`;
    terms.push({
      text: year,
      alternatives: [{ text: year, weight: 1 }],
      grip: 0.7,
      at: match.index,
      year: true,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/(?<!\d)(\d{1,2})月份?(?!\d)/g)) {
    if (free[match.index] === TAKEN) continue;
    const month = `${Number(match[1])}月`;
    terms.push({
      text: month,
      alternatives: [{ text: month, weight: 1 }],
      grip: 0.8,
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/\d+(?::\d+)+|\d+(?:\.\d+)?(?:%|号)/g)) {
    if (free[match.index] === TAKEN) continue;
    terms.push({
      text: match[0],
      alternatives: [{ text: match[0], weight: 1 }],
      grip: 1,
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  // 第五阶段, 第八条: the name of a place in the document is one word, however the cutter takes it.
  for (const match of text.matchAll(/第(?:[一二三四五六七八九十]+|\d{1,3})(?:阶段|条|章|步)/g)) {
    if (free.slice(match.index, match.index + match[0].length).includes(TAKEN)) continue;
    const alternatives = [{ text: match[0], weight: 1 }];
    terms.push({ text: match[0], alternatives, grip: 1, at: match.index, year: false, quoted: false });
    take(match.index, match[0].length);
  }
  const edges = wordEdges(text);
  for (const key of lexicon.keys) {
    for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
      if (free.slice(at, at + key.length).some((char) => char === TAKEN) || splitsWord(text, at, key.length)) continue;
      if (key.length === 1 && !(edges.has(at) && edges.has(at + 1))) continue; // 人 in 个人
      const from = edges.has(at) || (/[县区市镇乡省]/.test(text[at - 1] ?? '') && edges.has(at - 1)); // 县疾控
      if (key.length === 2 && !(from && edges.has(at + 2))) continue; // 家医 in 哪家医院
      terms.push({
        text: key,
        alternatives: lexicon
          .alternatives(key)
          .map((one, nth) => (key.length === 1 && nth === 0 ? { ...one, weight: 0.4 } : one)),
        grip: COMMON.has(key) ? 0.3 : BOUND.test(key) ? 0.5 : key.length === 1 ? 0.8 : 1,
        at,
        year: false,
        quoted: quoted.includes(key),
      });
      take(at, key.length);
      // 民政局长 is a person of 民政局, 签约费 another thing than 签约.
      const after = text[at + key.length] ?? '';
      const head = `${key.slice(-1)}${after}`;
      if (/^[局院科所站县区镇乡]长$/.test(head)) {
        terms.push({
          text: head,
          alternatives: lexicon.alternatives(head),
          grip: 0.8,
          at: at + key.length - 1,
          year: false,
          quoted: false,
        });
        take(at + key.length, 1);
      } else if (/[费金证卡表]/.test(after) && !/^(?:费用|金额|表[扬示达彰])/.test(text.slice(at + key.length))) {
        const thing = `${key.slice(-2)}${after}`;
        terms.push({
          text: thing,
          // 签约费 is 签约服务费, as 签约 is 签约服务.
          alternatives: [
            ...lexicon.alternatives(thing),
            ...lexicon
              .alternatives(key)
              .slice(1)
              .map((one) => ({ ...one, text: `${one.text}${after}` })),
          ],
          grip: 1,
          at: at + key.length - 2,
          year: false,
          quoted: true,
        });
        take(at + key.length, 1);
      }
    }
  }
  // 搞几个, 建两个: what is done is to set up.
  for (const match of text.matchAll(
    /(?:搞|整|弄|建|办|开|组|设)(?=(?:几|多|两|[一二三四五六七八九十]|\d+)(?:少)?个)/g,
  )) {
    if (free[match.index] === TAKEN) continue;
    const alternatives = ['组建', '建立', '设立', '成立'].map((word) => ({ text: word, weight: 0.85 }));
    terms.push({ text: match[0], alternatives, grip: 0.6, at: match.index, year: false, quoted: false });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/([两二三四五六七八九十])([个大张项类])(?!约|概)/g)) {
    if (free[match.index] === TAKEN || !edges.has(match.index + match[0].length)) continue; // 七大智慧平台 is one word
    const digits = String(match[1] === '两' ? 2 : HAN_DIGITS.indexOf(match[1] ?? ''));
    terms.push({
      text: match[0],
      alternatives: [
        { text: match[0], weight: 1 },
        { text: `${digits}${match[2]}`, weight: 1 },
      ],
      grip: text[match.index - 1] === '哪' ? 0.12 : 0.35, // 哪八个 asks, 八个 says
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  let at = 0;
  for (const piece of free.join('').split(/(\ue000+)/)) {
    if (piece !== '' && !piece.startsWith(TAKEN)) {
      let inside = at;
      for (const { word, tag } of tagWords(piece)) {
        const grip = gripOf(word, tag);
        if (grip > 0)
          terms.push({
            text: word,
            alternatives: lexicon.alternatives(word),
            grip,
            at: inside,
            year: false,
            quoted: quoted.some((name) => name.includes(word)),
          });
        inside += word.length;
      }
    }
    at += piece.length;
  }
  return mergeChoice(
    terms
      .sort((a, b) => a.at - b.at)
      .map((term) => (isAsked(term, text.slice(0, term.at).replaceAll(TAKEN, '')) ? { ...term, asked: true } : term)),
    text,
  );
}

/** 牵头医院是哪家 is met by 由市三院牵头. */
export function forLeader(terms: readonly Term[], wants: ReadonlySet<Want>): readonly Term[] {
  if (!wants.has('lead') && !wants.has('who')) return terms;
  return terms.map((term) =>
    /^牵头(?:医院|单位)$/.test(term.text)
      ? { ...term, alternatives: [...term.alternatives, { text: '牵头', weight: 0.85 }] }
      : term,
  );
}

/** 决算还是清算: one of the two is enough. */
function mergeChoice(terms: readonly Term[], text: string): readonly Term[] {
  const or = text.indexOf('还是');
  if (or < 0) return terms;
  const left = terms.filter((term) => term.at < or && or - (term.at + term.text.length) <= 3).at(-1);
  const right = terms.find((term) => term.at > or && term.at - or <= 5);
  if (!left || !right) return terms;
  const both: Term = { ...left, alternatives: [...left.alternatives, ...right.alternatives] };
  return terms.filter((term) => term !== right && term.text !== '还是').map((term) => (term === left ? both : term));
}

/** A lexicon word that begins or ends inside a number or a Latin word is none. */
function splitsWord(text: string, at: number, length: number): boolean {
  const inLatin = (left: string | undefined, right: string | undefined): boolean =>
    /[a-z0-9]/.test(left ?? '') && /[a-z0-9]/.test(right ?? '');
  return inLatin(text[at - 1], text[at]) || inLatin(text[at + length - 1], text[at + length]);
}

/** Characters that words put together by the cutter begin or end with: verbs that carry nothing, words of grammar. */
const CARRIES_NOTHING = /[上下来去要能会得算事些了的这那干搞弄想给把让叫整个过到起在是保担有没按还才就都也]/;

/** True for 事上, 干到, 县要, which are no words: what the cutter alone put together around a character that carries nothing. */
export function isNoWord(word: string): boolean {
  return /^[\u4e00-\u9fff]{2,4}$/.test(word) && CARRIES_NOTHING.test(word) && isPutTogether(word);
}

function gripOf(word: string, tag: string): number {
  if (!/[\p{L}\p{N}]/u.test(word) || ASKING.has(word)) return 0;
  if (/^(?:哪|几|啥|咋|谁)[\u4e00-\u9fff]{0,2}$|^[\u4e00-\u9fff]个$/.test(word)) return 0;
  if (/^[能要会可得该想][\u4e00-\u9fff]$/.test(word) && /^[vdx]|^n$/.test(tag)) return 0.2; // 能进, 要交
  if (word.length === 2 && (/^[各其由该此每某]/.test(word) || word[0] === word[1])) return 0; // 评评, 看看
  if (COMMON.has(word)) return 0.3;
  if (/^[a-z]+$/.test(word)) return word.length > 1 ? 1 : 0;
  if (/^\d+(?:\.\d+)?$/.test(word)) return word.length > 1 ? 0.4 : 0;
  if (word.length === 1) return /^n|^j/.test(tag) ? 0.25 : 0;
  if (/^(?:n|j|l|i|z$|x|eng|s$|f$|b$|t$)/.test(tag)) return 1;
  if (/^v/.test(tag)) return tag === 'vn' ? 0.9 : 0.65;
  if (/^a/.test(tag)) return 0.6;
  if (/^(?:m|q)/.test(tag)) return 0.3;
  return 0.25;
}
