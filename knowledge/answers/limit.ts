/** On which side of a limit the asker stands: 一百二十万人口的县 is over 100万人, 六百来人的村 under 800人（界限）. Pure. */

const HAN = '零一二三四五六七八九';
const FIGURE = '(?:\\d+(?:\\.\\d+)?|[零一二两三四五六七八九十百千]+)';
const ASKED = new RegExp(
  `(超过|过了|多于|大于|不到|不足|少于|低于|才|只有)?(?:了)?(${FIGURE})(多|来|几)?(万|亿)?(来|多)?(?:人|口|名|张|家|的)`,
);
const LIMIT = new RegExp(
  `(低于|少于|不足|不到|超过|高于|多于|大于)?(${FIGURE})(万|亿)?(?:人|名|张|家)(以上|以下|以内)?`,
  'g',
);

/** 1 where the words set a limit that the figure of the question meets, -1 where it does not, 0 where there is none. */
export function limitFit(asked: string, plain: string): number {
  const [, side = '', figure = '', , unit = ''] = ASKED.exec(asked) ?? [];
  const own = figureOf(figure) * scaleOf(unit);
  if (own < 10) return 0;
  const over = /超过|过了|多于|大于/.test(side) || new RegExp(`${figure}多`).test(asked);
  const under = /不到|不足|少于|低于/.test(side);
  let fit = 0;
  for (const [, before = '', limit = '', scale = '', after = ''] of plain.matchAll(LIMIT)) {
    const bound = figureOf(limit) * scaleOf(scale);
    const below = /低于|少于|不足|不到/.test(before) || /以下|以内/.test(after);
    const above = /超过|高于|多于|大于/.test(before) || /以上/.test(after);
    if ((!below && !above) || bound < 10) continue;
    const isUnder = own < bound || (own === bound && (under || !over));
    fit = below === isUnder ? 1 : -1;
    if (fit === 1) break;
  }
  return fit;
}

function scaleOf(unit: string): number {
  return unit === '万' ? 10_000 : unit === '亿' ? 100_000_000 : 1;
}

/** 七百, 一百二十, 700; 0 for what is no number. */
function figureOf(figure: string): number {
  if (/^\d/.test(figure)) return Number(figure);
  let sum = 0;
  let digit = 0;
  for (const char of figure) {
    const unit = { 十: 10, 百: 100, 千: 1000 }[char];
    if (unit === undefined) digit = char === '两' ? 2 : Math.max(0, HAN.indexOf(char));
    else {
      sum += (digit === 0 ? 1 : digit) * unit;
      digit = 0;
    }
  }
  return sum + digit;
}
