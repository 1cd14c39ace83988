/** Web pages to the text of a document: the main text found, navigation left out, tables kept（网页正文）. */
import type { CheerioAPI } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';
import { withoutMarks } from '../table-form.ts';
import { UnreadableFile } from './failure.ts';
import { type SpannedCell, tableParagraphs } from './grid.ts';
import { decodeText } from './text.ts';

const DROPPED =
  'script,style,noscript,template,iframe,object,svg,canvas,video,audio,nav,aside,footer,form,button,select,input,textarea,dialog,[hidden],[aria-hidden="true"],[role="navigation"],[role="search"],[role="banner"],[role="contentinfo"]';
/** Names that pages give to what is no text of theirs. */
const CHROME =
  /(?:^|[-_\s])(?:nav|navbar|menu|topbar|header|footer|foot|bottom|breadcrumb|crumbs?|sidebar|side|share|copyright|pagination|pager|related|recommend|toolbar|search|login|qrcode|ad|ads|banner|friend-?links?|links?|location|position|tags?|print|hide|hidden)(?:$|[-_\s\d])/i;
const BLOCKS =
  /^(?:address|article|blockquote|body|center|dd|div|dl|dt|fieldset|figcaption|figure|h[1-6]|header|hr|html|li|main|ol|p|pre|section|summary|details|ul|table|tbody|thead|tfoot|tr|td|th|caption)$/;
/** The main text is what holds at least this share of all words outside links. */
const MAIN_SHARE = 0.85;
/** Words below which a page holds no text (characters). */
const LEAST_TEXT = 60;
const TITLE_META = 'meta[name="ArticleTitle"],meta[name="articletitle"],meta[property="og:title"]';
const NUMBER =
  /(?:发文字号|发文号|文\s*号|文件编号)\s*[:：]?\s*([\u4e00-\u9fff]{2,14}\s*[〔﹝[［【(（]\s*(?:19|20)\d{2}\s*[〕﹞\]］】)）]\s*第?\s*\d+\s*号)/;
/** What the page says of the day a document is dated, in the table over it; the day of publishing is another. */
const DATED = /成文日期\s*[:：]?\s*(20\d{2})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})/;
const HAN_NUMBERS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/** Characters of a page: by its mark, its own word (charset), else by detection. @throws UnreadableFile */
export function decodeHtml(bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2048));
  const named = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1]?.toLowerCase();
  if (named && /^(?:gb2312|gbk|gb18030|gb_2312-80)$/.test(named)) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes); // a page saved anew keeps its old word
    } catch {
      return withoutMarks(new TextDecoder('gb18030').decode(bytes));
    }
  }
  return decodeText(bytes);
}

/**
 * The text of a saved web page.
 * @throws UnreadableFile `navigation` where nothing but menus and links is there
 */
export async function readHtml(html: string): Promise<string> {
  const { load } = await import('cheerio');
  const $ = load(withoutMarks(html));
  const title = clean($(TITLE_META).first().attr('content') ?? '') || clean($('h1').first().text());
  const number = NUMBER.exec($('body').text())?.[1]?.replace(/\s/g, '');
  const dated = DATED.exec($('body').text());
  $(DROPPED).remove();
  dropRecord($);
  const all = plainLength($, $('body').get(0));
  dropChrome($, all);
  const body = $('body').get(0);
  const main = body && findMain($, body);
  const paragraphs = main ? paragraphsOf($, main) : [];
  const words = main ? plainLength($, main) : 0;
  if (words < LEAST_TEXT && !paragraphs.some((text) => /[。；]/.test(text))) throw new UnreadableFile('navigation');
  const bare = paragraphs.join('').replace(/\s/g, '');
  const before = [
    ...(title !== '' && !bare.includes(title.replace(/\s/g, '')) ? [title] : []),
    ...(number !== undefined && !bare.includes(number) ? [number] : []),
    ...(dated && !bare.includes('成文日期') ? [`成文日期：${dated[1]}年${dated[2]}月${dated[3]}日`] : []),
  ];
  return [...before, ...paragraphs].join('\n\n');
}

/** Words converted by a word processor's reader: everything is text, nothing is dropped. */
export async function readPlainHtml(html: string): Promise<string> {
  const { load } = await import('cheerio');
  const $ = load(withoutMarks(html));
  const body = $('body').get(0);
  return body ? paragraphsOf($, body).join('\n\n') : '';
}

const RECORD_LABEL =
  /^(?:索引号|信息索引|发文字号|文\s*号|发文机关|发布机构|公开主体|成文日期|发布日期|生效日期|废止日期|主题分类|主题词|体裁分类|公开方式|公开范围|有效性|文件状态|标\s*题|信息名称|名\s*称|关键词)\s*[:：]?$/;

/** Removes the table in which a site keeps what it knows of a document: its number and day are read, its rows are no clauses. */
function dropRecord($: CheerioAPI): void {
  $('table').each((_, table) => {
    const cells = $(table)
      .find('td,th')
      .toArray()
      .map((cell) => $(cell).text().trim());
    const labels = cells.filter((cell) => RECORD_LABEL.test(cell)).length;
    if (labels > 1 && labels >= cells.length / 4 && $(table).find('table').length === 0) $(table).remove();
  });
}

/** Removes what is named like navigation, unless most of the page's words are in it. */
function dropChrome($: CheerioAPI, all: number): void {
  $('body [class], body [id], body header').each((_, element) => {
    const name = `${$(element).attr('class') ?? ''} ${$(element).attr('id') ?? ''}`;
    if (element.name !== 'header' && !CHROME.test(name)) return;
    if (plainLength($, element) < all * 0.3) $(element).remove();
  });
}

/** Characters outside links; a link counts for nothing, it leads away. */
function plainLength($: CheerioAPI, node: Element | undefined): number {
  if (!node) return 0;
  const whole = $(node).text().replace(/\s/g, '').length;
  let linked = 0;
  $(node)
    .find('a')
    .each((_, link) => {
      linked += $(link).text().replace(/\s/g, '').length;
    });
  return whole - linked;
}

/** From the body inwards as long as one part holds nearly all the words, and stops above a table or a run of paragraphs. */
function findMain($: CheerioAPI, body: Element): Element {
  let main = body;
  const total = plainLength($, body);
  for (;;) {
    const parts = $(main)
      .children('article,main,section,div,table,tbody,tr,td,center,font,span')
      .toArray() as Element[];
    const next = parts.find((part) => plainLength($, part) >= total * MAIN_SHARE);
    if (!next || (next.name === 'table' && !isLayout($, next))) return main;
    main = next;
  }
}

/** A table used to place things: tables inside it, or a single column, or single cells with much running text. */
function isLayout($: CheerioAPI, table: Element): boolean {
  if ($(table).find('table').length > 0) return true;
  const rows = $(table).find('tr').toArray();
  const widest = Math.max(0, ...rows.map((row) => $(row).children('td,th').length));
  if (widest < 2 || rows.length < 2) return true;
  if (rows.length > 3) return false;
  return $(table)
    .find('td')
    .toArray()
    .some((cell) => $(cell).find('p').length > 12);
}

function clean(text: string): string {
  return text.replace(/[\s\u00a0]+/g, ' ').trim();
}

/** Stands for white space with a line end of the source in it: nothing between Chinese characters, else a blank. */
const SOFT = '\v';

function collapse(text: string): string {
  return text
    .replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
    .replace(/[ \t\f\u00a0]*[\r\n][ \t\r\n\f\u00a0]*/g, SOFT)
    .replace(/[ \t\f\u00a0]+/g, ' ');
}

function settle(line: string): string {
  return line
    .trim()
    .replace(/(?<=[\u3000-\u9fff\uff00-\uffef])[ \v]*\v[ \v]*(?=[\u3000-\u9fff\uff00-\uffef])/g, '')
    .replace(/[ \v]+/g, ' ');
}

function paragraphsOf($: CheerioAPI, root: Element): readonly string[] {
  const paragraphs: string[] = [];
  let text = '';
  const flush = (): void => {
    for (const line of text.split('\n')) {
      const trimmed = settle(line);
      if (trimmed !== '') paragraphs.push(trimmed);
    }
    text = '';
  };
  const visit = (node: AnyNode): void => {
    if (node.type === 'text') {
      // Line ends of the source are white space; a real break is put in by <br> alone.
      text += collapse(node.data);
      return;
    }
    if (node.type !== 'tag') return;
    if (node.name === 'br') {
      text += '\n';
      return;
    }
    if (node.name === 'table' && !isLayout($, node)) {
      flush();
      paragraphs.push(...tableParagraphs(cellsOf($, node)));
      return;
    }
    if (keepsLines($, node)) {
      flush();
      const lines = $(node).text().trim();
      if (lines !== '') paragraphs.push(lines);
      return;
    }
    const block = BLOCKS.test(node.name);
    if (block) flush();
    if (node.name === 'li') text += listNumber($, node);
    for (const child of node.children) visit(child);
    if (block) flush();
  };
  visit(root);
  flush();
  return paragraphs;
}

/** Text whose line ends are meant, as in <pre>, with no blocks of its own inside. */
function keepsLines($: CheerioAPI, node: Element): boolean {
  const meant = node.name === 'pre' || /white-space\s*:\s*(?:pre|break-spaces)/i.test($(node).attr('style') ?? '');
  return meant && BLOCKS.test(node.name) && $(node).find('p,div,br,table,li,h1,h2,h3').length === 0;
}

/** The number a browser draws before an item of a numbered list; nothing where the words have their own. */
function listNumber($: CheerioAPI, item: Element): string {
  const list = item.parent;
  if (list?.type !== 'tag' || list.name !== 'ol') return '';
  const style = `${$(list).attr('style') ?? ''} ${$(item).attr('style') ?? ''}`;
  if (/list-style(?:-type)?\s*:[^;]*none/i.test(style)) return '';
  if (/^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳])/.test($(item).text())) return '';
  const start = Number($(list).attr('start') ?? 1) || 1;
  const n = Number($(item).attr('value')) || start + $(item).prevAll('li').length;
  if (/cjk|chinese|japanese-(?:in)?formal/i.test(style) && HAN_NUMBERS[n]) return `${HAN_NUMBERS[n]}、`;
  return `${n}. `;
}

function cellsOf($: CheerioAPI, table: Element): readonly (readonly SpannedCell[])[] {
  return $(table)
    .find('tr')
    .toArray()
    .map((row) => {
      const headRow = $(row).parent().is('thead');
      return $(row)
        .children('td,th')
        .toArray()
        .map((cell) => ({
          text: paragraphsOf($, cell as Element).join('\n'),
          columns: Number($(cell).attr('colspan')) || 1,
          rows: spanOf($(cell).attr('rowspan')),
          head: headRow || (cell as Element).name === 'th',
        }));
    });
}

/** `rowspan=0` reaches to the end of the table. */
function spanOf(attribute: string | undefined): number {
  return attribute?.trim() === '0' ? Number.MAX_SAFE_INTEGER : Number(attribute) || 1;
}
