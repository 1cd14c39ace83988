/** Reads and writes the small XML of callbacks: strict, without entities, every value text. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { EdgeError } from '../channel.ts';
import type { XmlElement } from './types.ts';

/** Elements that the platform repeats: always arrays, also when there is one. */
const REPEATED = new Set(['SelectedItem', 'OptionId']);

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (name) => REPEATED.has(name),
});

/**
 * Parses one `<xml>…</xml>` document.
 * @throws EdgeError 400 for anything else: not well formed, another root, a DOCTYPE
 */
export function parseXml(text: string): XmlElement {
  if (hasDoctype(text)) throw new EdgeError(400, 'xml with a doctype');
  let parsed: { readonly xml?: unknown };
  try {
    if (XMLValidator.validate(text) !== true) throw new EdgeError(400, 'xml is not well formed');
    parsed = parser.parse(text);
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError(400, 'xml cannot be read');
  }
  const root = parsed.xml;
  if (typeof root === 'object' && root !== null && !Array.isArray(root)) return root as XmlElement;
  throw new EdgeError(400, 'xml without the expected root');
}

/**
 * The text of a child element; undefined when absent.
 * @throws EdgeError 400 when it is there twice or holds elements
 */
export function textOf(element: XmlElement, name: string): string | undefined {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new EdgeError(400, `xml element ${name} is not one text`);
}

/** A CDATA section that arrives as exactly this text, less what XML cannot carry at all: control characters, half pairs. */
export function cdata(text: string): string {
  return `<![CDATA[${xmlCharacters(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** Text without the characters that XML 1.0 refuses. */
export function xmlCharacters(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}

/** Looks outside CDATA only: a person may write about a DOCTYPE. Linear in the length. */
function hasDoctype(text: string): boolean {
  let at = 0;
  for (;;) {
    const start = text.indexOf('<![CDATA[', at);
    const markup = start < 0 ? text.slice(at) : text.slice(at, start);
    if (/<!(?:DOCTYPE|ENTITY)/i.test(markup)) return true;
    const end = start < 0 ? -1 : text.indexOf(']]>', start);
    if (end < 0) return false;
    at = end + 3;
  }
}
