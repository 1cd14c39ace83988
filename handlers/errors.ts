/** The error catalogue: the only errors whose words reach people（给用户的错误）. Listed in docs/errors.md. */

/** Chinese texts by code: what was not done, the checkable fact, the next step. Two sentences at most. */
export const ERROR_TEXTS = {
  'not-bound': '您还没有绑定员工身份，暂时只能咨询政策。请在私聊中发送“绑定 邀请码”，邀请码向本单位信息科索取。',
  'not-allowed': '“{command}”由{roles}办理，您的角色不能操作。如有需要，请联系本单位信息科调整。',
  'too-fast': '您发得有点快，这条还没有处理。请稍等几秒再发一次。',
  'too-long': '这条消息太长，没有处理。请分成几条、每条不超过2000字再发。',
  'stale-button': '这个按钮对应的状态已经变化，没有重复操作。请发送“进度 {number}”看最新情况。',
  'unknown-button': '这个按钮已经失效，没有办理。请发送“帮助”看现在能做什么。',
  conflict: '刚才有别人同时在处理，这次没有成功。请再试一次。',
  'file-too-large': '这个文件超过{limit}MB，没有处理。请拆分后再发，或请信息科在服务器上入库。',
  'file-gone': '文件没有取到（平台只保存几分钟，或已被撤回）。请重新发送一次。',
  internal: '这条没有处理成功，已通知信息科（编号 {incident}）。请稍后再试一次。',
} as const;
export type ErrorCode = keyof typeof ERROR_TEXTS;

/** An error that tells the person what was not done and what to do next. Anything else becomes `internal`. */
export class UserFacingError extends Error {
  readonly code: ErrorCode;
  /** The Chinese words for the person. */
  readonly replyText: string;
  /** For the log: ids and codes only. */
  readonly details: Readonly<Record<string, string>>;
  constructor(
    code: ErrorCode,
    options: { readonly values?: Readonly<Record<string, string>>; readonly cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause });
    this.name = 'UserFacingError';
    this.code = code;
    this.details = options.values ?? {};
    this.replyText = ERROR_TEXTS[code].replace(/\{(\w+)\}/g, (_, name: string) => options.values?.[name] ?? '');
  }
}
