/** How patient data looks on a screen（脱敏）: enough to recognise one's own patient, too little to learn a stranger's. */

/** 张三丰 → 张**; always two stars, so that the length tells nothing. */
export function maskName(name: string): string {
  const first = [...name.trim()][0];
  return first === undefined ? '' : `${first}**`;
}

/** 11010519491231002X → 1101**********002X; what is too short to hide keeps nothing. */
export function maskIdCard(idCard: string): string {
  const digits = idCard.replace(/[ -]/g, '');
  if (digits.length < 15) return '*'.repeat(digits.length);
  return `${digits.slice(0, 4)}${'*'.repeat(digits.length - 8)}${digits.slice(-4)}`;
}

/** 13800138000 → 138****8000. Landlines keep the area code and the last two digits. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/[^\d]/g, '');
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
  if (digits.length < 7) return '*'.repeat(digits.length);
  return `${digits.slice(0, digits.length > 8 ? 3 : 0)}****${digits.slice(-2)}`;
}

/** 住院号 and the like → the last four: ****1234. Four or fewer are hidden whole. */
export function maskRecordNumber(number: string): string {
  const plain = number.trim();
  return plain.length <= 4 ? '****' : `****${plain.slice(-4)}`;
}

/** An address up to its township（乡镇级）: 红池坝镇双河村3组 → 红池坝镇; without a township, nothing of it. */
export function maskAddress(address: string): string {
  const township = /^[\u4e00-\u9fa5]*?(?:镇|乡|街道)/.exec(address.trim());
  return township === null ? '***' : `${township[0]}***`;
}

/**
 * An age as a band（年龄段）: 67 by 5 → 65–69岁.
 * @param width - 5 in private lists; 10 in groups of county hospitals, where an age may be shown at all
 */
export function ageBand(age: number, width: 5 | 10): string {
  const from = Math.floor(age / width) * width;
  return `${from}–${from + width - 1}岁`;
}
