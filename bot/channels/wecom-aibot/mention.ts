/** Takes the mention of the bot out of what was said in a group: the platform leaves it in, as the words of its name. */

/** What the clients put after a mention. */
const AFTER = '\\s\\u2005';

/**
 * The text without its mention（@机器人）. With a known name that very name is taken out, wherever it stands. Without, the name
 * ends at the first blank: the mention at the beginning is the bot's; if there is none, the only one in the text is. Other
 * people's mentions stay.
 */
export function withoutMention(text: string, botName: string | undefined): string {
  if (botName !== undefined) {
    const name = botName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, `[${AFTER}]+`);
    const stripped = text.replace(new RegExp(`@${name}(?=[${AFTER}]|$)[${AFTER}]*`, 'gu'), '');
    if (stripped !== text) return stripped.trim();
  }
  const leading = new RegExp(`^[${AFTER}]*@[^@${AFTER}]+(?:[${AFTER}]+|$)`, 'u');
  if (leading.test(text)) return text.replace(leading, '').trim();
  const mention = new RegExp(`(?<=[${AFTER}])@[^@${AFTER}]+(?:[${AFTER}]+|$)`, 'gu');
  return (text.match(mention)?.length === 1 ? text.replace(mention, '') : text).trim();
}
