/** Names that look most like one that was not found（相近名称）. */

/** At most `limit` of the names that share pairs of characters with the text, the most alike first. */
export function nearestNames(text: string, names: readonly string[], limit = 3): readonly string[] {
  const wanted = pairs(text);
  return [...new Set(names)]
    .map((name) => ({ name, score: similarity(wanted, pairs(name)) }))
    .filter(({ score }) => score > 0.2)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Share of the pairs both have, 0 to 1. */
function similarity(a: readonly string[], b: readonly string[]): number {
  const rest = [...b];
  let common = 0;
  for (const pair of a) {
    const at = rest.indexOf(pair);
    if (at < 0) continue;
    rest.splice(at, 1);
    common += 1;
  }
  return a.length + b.length === 0 ? 0 : (2 * common) / (a.length + b.length);
}

function pairs(text: string): readonly string[] {
  const characters = [`^${text.charAt(0)}`];
  for (let at = 0; at + 1 < text.length; at += 1) characters.push(text.slice(at, at + 2));
  return characters;
}
