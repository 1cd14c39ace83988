/** How words sound, so that typing by sound and voice-to-text still finds them（拼音）. */
import { pinyin } from 'pinyin-pro';

/**
 * Pinyin without tones, sounds that people mix up made one (zh z, ch c, sh s, n l, ang an, eng en, ing in).
 * `undefined` for text that is not Chinese throughout.
 */
export function soundOf(text: string): string | undefined {
  if (!/^[\u4e00-\u9fff]{2,8}$/.test(text)) return undefined;
  const syllables = pinyin(text, { toneType: 'none', type: 'array', v: true });
  return syllables.map(nearSound).join(' ');
}

/** Pinyin with tones: two characters that are a slip of two others sound quite alike. */
export function tonesOf(text: string): string {
  return pinyin(text, { toneType: 'num', type: 'array', v: true }).join(' ');
}

function nearSound(syllable: string): string {
  return syllable
    .replace(/^zh/, 'z')
    .replace(/^ch/, 'c')
    .replace(/^sh/, 's')
    .replace(/^n(?=[aeiouv])/, 'l')
    .replace(/([aei])ng$/, '$1n');
}
