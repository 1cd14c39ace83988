/** Reads the reporting periods people type: 2026年三季度, 2026Q3, 上半年, 去年, 本月（统计周期）. */
import { normaliseText, parseNumber } from './numbers.ts';

/** A reporting period, both days included. */
export interface Period {
  readonly kind: 'month' | 'quarter' | 'half' | 'year';
  /** YYYY-MM-DD, first day. */
  readonly from: string;
  /** YYYY-MM-DD, last day. */
  readonly to: string;
  /** One spelling for each: 2026年9月, 2026年三季度, 2026年上半年, 2026年. Read again it gives the same period. */
  readonly label: string;
}

/**
 * The period a text names, the whole text; `undefined` for anything else, also for running totals (前三季度, 1-9月).
 * Without a year it is the latest one that has begun: 三季度 said in February is last year's.
 * @param today - YYYY-MM-DD in Asia/Shanghai
 */
export function parsePeriod(text: string, today: string): Period | undefined {
  const plain = normaliseText(text).replace(/ /g, '').replace(/的/g, '').toUpperCase();
  const thisYear = Number(today.slice(0, 4));
  const thisMonth = Number(today.slice(5, 7));
  const relative = relativePeriod(plain, thisYear, thisMonth);
  if (relative) return relative;
  const compact = /^(\d{4})[-/.]?(\d{1,2})$/.exec(plain);
  if (compact && plain.length > 4) return month(Number(compact[1]), Number(compact[2]));
  const { year, rest } = splitYear(plain, thisYear);
  if (rest === '' || /^(?:全年|年度|整年)$/.test(rest)) {
    return year === undefined ? (rest === '全年' ? wholeYear(thisYear) : undefined) : wholeYear(year);
  }
  const quarterWord = /^(?:第?([一二三四1-4])个?季度?|Q([1-4])|([1-4])Q)$/.exec(rest);
  if (quarterWord) {
    const n = parseNumber(quarterWord[1] ?? quarterWord[2] ?? quarterWord[3] ?? '')?.value ?? 0;
    return quarter(year ?? (n * 3 - 2 <= thisMonth ? thisYear : thisYear - 1), n);
  }
  const halfWord = /^(?:(上|下)半年度?|H([12]))$/.exec(rest);
  if (halfWord) {
    const n = halfWord[1] === '上' || halfWord[2] === '1' ? 1 : 2;
    return half(year ?? (n === 1 || thisMonth >= 7 ? thisYear : thisYear - 1), n);
  }
  const monthWord = /^(\d{1,2}|[一二三四五六七八九十]{1,2})月份?$/.exec(rest);
  if (monthWord) {
    const n = parseNumber(monthWord[1] ?? '')?.value ?? 0;
    return month(year ?? (n <= thisMonth ? thisYear : thisYear - 1), n);
  }
  return undefined;
}

function relativePeriod(plain: string, year: number, nowMonth: number): Period | undefined {
  const nowQuarter = Math.ceil(nowMonth / 3);
  if (/^(?:本月|这个?月|当月)$/.test(plain)) return month(year, nowMonth);
  if (/^上个?月$/.test(plain)) return nowMonth === 1 ? month(year - 1, 12) : month(year, nowMonth - 1);
  if (/^下个?月$/.test(plain)) return nowMonth === 12 ? month(year + 1, 1) : month(year, nowMonth + 1);
  if (/^(?:本|这个?|当)季度?$/.test(plain)) return quarter(year, nowQuarter);
  if (/^上个?季度?$/.test(plain)) return nowQuarter === 1 ? quarter(year - 1, 4) : quarter(year, nowQuarter - 1);
  if (/^下个?季度?$/.test(plain)) return nowQuarter === 4 ? quarter(year + 1, 1) : quarter(year, nowQuarter + 1);
  return undefined;
}

/** Takes the year off the front: 2026年, 26年, 二〇二六年, 去年, 2026Q3. */
function splitYear(plain: string, thisYear: number): { readonly year: number | undefined; readonly rest: string } {
  const said = /^(今年|本年|去年|上年|前年|明年)(.*)$/.exec(plain);
  if (said) {
    const step = { 今年: 0, 本年: 0, 去年: -1, 上年: -1, 前年: -2, 明年: 1 }[said[1] ?? ''] ?? 0;
    return { year: thisYear + step, rest: said[2] ?? '' };
  }
  const written = /^(\d{4}|\d{2}|[一二三四五六七八九零〇]{4}|[一二三四五六七八九零〇]{2})年度?(.*)$/.exec(plain);
  if (written) {
    const digits = [...(written[1] ?? '')].map((char) =>
      '〇一二三四五六七八九'.includes(char) ? '〇一二三四五六七八九'.indexOf(char) : char === '零' ? 0 : char,
    );
    const year = Number(digits.join(''));
    return { year: digits.length === 2 ? 2000 + year : year, rest: written[2] ?? '' };
  }
  const bare = /^(20\d{2})(?=$|第|[QH一二三四上下全])(.*)$/.exec(plain) ?? /^(\d{2})(?=[QH][1-4])(.*)$/.exec(plain);
  if (bare) {
    const year = Number(bare[1]);
    return { year: year < 100 ? 2000 + year : year, rest: bare[2] ?? '' };
  }
  return { year: undefined, rest: plain };
}

const QUARTER_WORDS = ['一', '二', '三', '四'] as const;

function month(year: number, n: number): Period | undefined {
  return n >= 1 && n <= 12 ? period('month', year, [n, n], `${year}年${n}月`) : undefined;
}
function quarter(year: number, n: number): Period {
  return period('quarter', year, [n * 3 - 2, n * 3], `${year}年${QUARTER_WORDS[n - 1]}季度`);
}
function half(year: number, n: 1 | 2): Period {
  return period('half', year, [n * 6 - 5, n * 6], `${year}年${n === 1 ? '上' : '下'}半年`);
}
function wholeYear(year: number): Period {
  return period('year', year, [1, 12], `${year}年`);
}

function period(kind: Period['kind'], year: number, months: readonly [number, number], label: string): Period {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return {
    kind,
    from: day(new Date(Date.UTC(year, months[0] - 1, 1))),
    to: day(new Date(Date.UTC(year, months[1], 0))),
    label,
  };
}
