/**
 * What was said, in order. The bot's messages carry a growing number `n`; an own message remembers the last `n` known when it
 * was sent and stands right after it. Instants would not do: the bot's clock jumps. Pure.
 */

/** Whether a message went out on the playground's own surface (beside real channels the outbox shows theirs, too). */
export function isOurs(message) {
  return message.to.channel === undefined || message.to.channel === 'playground';
}

/**
 * Everything said in one conversation, oldest first: `{ kind: 'bot', message }` and `{ kind: 'own', own }`.
 * @param {Iterable<object>} messages - the bot's, in any order
 * @param {readonly object[]} own - in the order they were sent
 */
export function timelineOf(messages, own, conversation) {
  const entries = [];
  for (const message of messages) {
    if (message.to.id === conversation && isOurs(message))
      entries.push({ at: message.n, rank: 0, kind: 'bot', message });
  }
  own.forEach((one, index) => {
    if (one.conversation.id === conversation) entries.push({ at: one.afterN, rank: index + 1, kind: 'own', own: one });
  });
  return entries.sort((a, b) => a.at - b.at || a.rank - b.rank);
}

/** How many of the bot's messages in a conversation came after number `read`. */
export function unreadAfter(messages, conversation, read) {
  let count = 0;
  for (const message of messages) {
    if (message.n > read && message.to.id === conversation && isOurs(message)) count += 1;
  }
  return count;
}

/** The conversations a person takes part in: the private chat first, then the groups. */
export function conversationsOf(person, conversations) {
  const groups = conversations.filter((one) => one.kind === 'group' && one.members.includes(person.id));
  const own = { id: `direct:${person.id}`, kind: 'direct', title: '医共体助手', members: [person.id] };
  return [own, ...groups];
}
