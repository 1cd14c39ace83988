/** The shared vocabulary of every channel and every feature: what comes in and what goes out. */

/** A file or picture that came with a message; `load` fetches it only when a handler wants it. */
export interface Attachment {
  readonly name: string;
  readonly kind: 'file' | 'image' | 'voice' | 'video';
  /** Content, base64, where the channel delivered it with the message. */
  readonly base64?: string;
  /** What the channel fetches it by: the platform's id, or its address and key; opaque to everybody else. */
  readonly mediaId?: string;
}

/** A pressed button（按钮）: `id` names the command, `value` its argument, `version` the state it was drawn for. */
export interface ButtonAction {
  readonly id: string;
  readonly value: string;
  readonly version?: number | undefined;
}

export type ConversationKind = 'direct' | 'group';

/** One verified message or event from a platform, in our own terms（收到的消息）. Ids are strings, always. */
export interface IncomingMessage {
  readonly channel: string;
  /** The corp or bot the message came to; rows of another tenant are never touched. */
  readonly tenant: string;
  /** The platform's id, or one derived from the event where it gives none. Unique by channel and tenant. */
  readonly messageId: string;
  /** When the platform says it was written, ISO; absent where it says nothing. */
  readonly createdAt?: string | undefined;
  readonly conversation: { readonly id: string; readonly kind: ConversationKind; readonly title?: string | undefined };
  readonly sender: { readonly platformUserId: string; readonly displayName?: string | undefined };
  /** Text with the mention of the bot removed. Empty for a pure action or event. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly action?: ButtonAction | undefined;
  readonly quotedText?: string | undefined;
  /** `welcome`: the person opened the chat. */
  readonly event?: 'welcome' | undefined;
  /**
   * The platform's way to answer this one message (an address with a session, the id of a request, the card pressed);
   * written and read by its channel only, sealed with the message.
   */
  readonly replyHandle?: Readonly<Record<string, string>> | undefined;
}

/** Who gets a reply: the conversation it came from, its sender in private, a named staff member, or a known group. */
export type Audience = 'here' | 'sender' | { readonly staff: string } | { readonly group: string };

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}
export interface MarkdownBlock {
  readonly type: 'markdown';
  readonly text: string;
}
/** Words of a document, verbatim, and where they stand（原文引用）. */
export interface QuoteBlock {
  readonly type: 'quote';
  readonly text: string;
  readonly source: string;
}
export interface FieldsBlock {
  readonly type: 'fields';
  readonly items: readonly { readonly label: string; readonly value: string }[];
}
export interface TableBlock {
  readonly type: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
export interface ListBlock {
  readonly type: 'list';
  readonly ordered: boolean;
  readonly items: readonly string[];
}
export interface ImageBlock {
  readonly type: 'image';
  readonly name: string;
  readonly alt: string;
  readonly base64: string;
}
export interface FileBlock {
  readonly type: 'file';
  readonly name: string;
  readonly base64: string;
}
export interface Button {
  /** The command's id, e.g. `referral.accept`. */
  readonly id: string;
  /** What the person reads; also what they may type where a platform cannot show buttons. */
  readonly label: string;
  readonly value: string;
  readonly version?: number | undefined;
}
export interface ButtonsBlock {
  readonly type: 'buttons';
  readonly items: readonly Button[];
}

/** Everything a reply can be made of; every channel renders every one. */
export type Block =
  | TextBlock
  | MarkdownBlock
  | QuoteBlock
  | FieldsBlock
  | TableBlock
  | ListBlock
  | ImageBlock
  | FileBlock
  | ButtonsBlock;

export interface Reply {
  readonly audience: Audience;
  readonly blocks: readonly Block[];
  /** Carries details of a patient: goes to a private chat only, and never over a de-identified channel (Telegram). */
  readonly confidential?: boolean | undefined;
  /** Goes out at night too; other pushes of jobs wait for the morning. */
  readonly urgent?: boolean | undefined;
}

/** Shorthand for the commonest reply: one text to the conversation it came from. */
export function say(text: string, ...more: readonly Block[]): Reply {
  return { audience: 'here', blocks: [{ type: 'text', text }, ...more] };
}

/** Shorthand for the same words to another audience. */
export function tell(audience: Audience, text: string, ...more: readonly Block[]): Reply {
  return { audience, blocks: [{ type: 'text', text }, ...more] };
}
