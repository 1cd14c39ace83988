/** What an endpoint must be told beyond the common request: not to think first, which takes longer than anybody waits（关闭思考）. */

/** Fields that switch thinking off, by who serves the address; nothing for servers we do not know. */
export function thinkingOff(baseUrl: string): Readonly<Record<string, unknown>> {
  const { hostname, port } = new URL(baseUrl);
  // https://api-docs.deepseek.com/guides/thinking_mode: on unless switched off
  if (isAt(hostname, 'deepseek.com')) return { thinking: { type: 'disabled' } };
  // https://help.aliyun.com/zh/model-studio/json-mode: JSON mode is refused while a model thinks
  if (isAt(hostname, 'aliyuncs.com')) return { enable_thinking: false };
  // Ollama's own port; models that do not think ignore it.
  if (port === '11434') return { reasoning_effort: 'none' };
  return {};
}

function isAt(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
