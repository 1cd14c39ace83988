/** Keeps what is said at once within a phone's screen; the rest waits for 更多（分页）. */

/** Characters shown at once. */
export const PAGE_CHARACTERS = 600;

/** Splits text into pages at the ends of lines and sentences; joined they are the text, white space at the seams aside. */
export function splitPages(text: string, characters = PAGE_CHARACTERS): readonly string[] {
  const pages: string[] = [];
  let page = '';
  for (const piece of text.split(/(?<=\n)|(?<=[。；！？])(?!["”’）)])/)) {
    for (const part of chunks(piece, characters)) {
      if ([...page].length + [...part].length > characters && page.trim() !== '') {
        pages.push(page.trim());
        page = '';
      }
      page += part;
    }
  }
  if (page.trim() !== '') pages.push(page.trim());
  return pages;
}

function chunks(piece: string, characters: number): readonly string[] {
  const letters = [...piece];
  const parts: string[] = [];
  for (let at = 0; at < letters.length; at += characters) parts.push(letters.slice(at, at + characters).join(''));
  return parts;
}
