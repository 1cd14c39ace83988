/** Word documents to text: looked through before anything is unpacked, numbers written out, then read by mammoth. */
import { writeNumbers } from './docx-numbering.ts';
import { UnreadableFile } from './failure.ts';
import { readPlainHtml } from './html.ts';
import { listZip, readEntry, writeZip, type ZipEntry } from './zip.ts';

/** What the parts of one document may take unpacked, together. */
const MAX_XML_BYTES = 64 * 1024 * 1024;
/** The parts that carry words; pictures, themes and macros are never unpacked. */
const PARTS =
  /^(?:\[Content_Types\]\.xml|_rels\/\.rels|word\/_rels\/document\.xml\.rels|word\/(?:document|styles|numbering|footnotes|endnotes)\d*\.xml)$/;

export interface DocxText {
  readonly text: string;
  readonly doubts: readonly string[];
  /** Pictures in the document: what stands in them was not read. */
  readonly pictures: number;
}

/** What kind of office archive these bytes are: a Word document, or something to be refused by name. */
export function archiveKind(
  entries: ReadonlyMap<string, ZipEntry>,
): 'docx' | 'ofd' | '表格（Excel）' | '演示文稿' | '压缩包' {
  const has = (pattern: RegExp): boolean => [...entries.keys()].some((name) => pattern.test(name));
  if (has(/^word\/document\d*\.xml$/)) return 'docx';
  if (has(/^OFD\.xml$/i)) return 'ofd';
  if (has(/^xl\//)) return '表格（Excel）';
  if (has(/^ppt\//)) return '演示文稿';
  return '压缩包';
}

/** @throws UnreadableFile */
export async function readDocx(bytes: Buffer): Promise<DocxText> {
  const entries = listZip(bytes);
  const wanted = [...entries.values()].filter((entry) => PARTS.test(entry.name));
  if (wanted.reduce((sum, entry) => sum + entry.size, 0) > MAX_XML_BYTES) throw new UnreadableFile('bomb');
  const parts = new Map(wanted.map((entry) => [entry.name, readEntry(bytes, entry)]));
  for (const data of parts.values())
    if (data.subarray(0, 2000).includes('<!DOCTYPE')) throw new UnreadableFile('damaged');
  const text = (name: string): string | undefined => parts.get(name)?.toString('utf8');
  const main = [...parts.keys()].find((name) => /^word\/document\d*\.xml$/.test(name)) ?? '';
  const numbered = await writeNumbers({
    document: text(main) ?? '',
    numbering: text('word/numbering.xml'),
    styles: text('word/styles.xml'),
  });
  // A head row that is switched off is one for mammoth all the same.
  parts.set(main, Buffer.from(numbered.replace(/<w:tblHeader w:val="(?:false|0|off)"\/>/g, ''), 'utf8'));
  parts.delete('word/numbering.xml'); // its numbers are text now
  let html: string;
  try {
    const { default: mammoth } = await import('mammoth');
    const converted = await mammoth.convertToHtml(
      { buffer: writeZip(parts) },
      { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), ignoreEmptyParagraphs: true },
    );
    html = converted.value;
  } catch (error) {
    throw new UnreadableFile('damaged', {}, error);
  }
  const notes = (html.match(/<li id="(?:foot|end)note-/g) ?? []).length;
  const bare = html
    .replace(/<sup><a href="#(?:foot|end)note-[^>]*>.*?<\/a><\/sup>/g, '')
    .replace(/<ol>(?:<li id="(?:foot|end)note-.*?<\/li>)+<\/ol>/gs, '');
  const pictures = [...entries.keys()].filter((name) =>
    /^word\/media\/.+\.(?:png|jpe?g|bmp|tiff?|gif)$/i.test(name),
  ).length;
  return {
    text: await readPlainHtml(bare),
    pictures,
    doubts: [
      ...(notes > 0 ? [`有${notes}条脚注或尾注没有读入`] : []),
      ...(pictures > 0 ? [`有${pictures}张图片，图片里的文字没有读入`] : []),
    ],
  };
}
