/** The bot's clock in the header, and the small menu that moves it forward. */
import { CallError, getClock, postClock } from './api.js';
import { byId, element, toast } from './dom.js';
import { readAll } from './outbox.js';
import { anHourLater, fromField, longTime, morningAfter, nextMonday, toField } from './time.js';

/** Somebody else may move the clock: look again this often. */
const CHECK_MS = 60_000;

/**
 * Wires clock and menu. `now()` gives the bot's time, running on between looks; `check()` looks again.
 * @param lastOf - the highest number known of the outbox, to count what a move set off
 */
export function createClock({ lastOf, onTick, onMoved }) {
  const button = byId('clock-button');
  const menu = byId('clock-menu');
  let base = Date.now();
  let takenAt = performance.now();

  const now = () => new Date(base + performance.now() - takenAt);
  const set = (answer) => {
    base = new Date(answer.now).getTime();
    takenAt = performance.now();
    draw();
  };
  const draw = () => {
    const time = byId('clock-time');
    const words = longTime(now());
    if (time.textContent === words) return;
    time.textContent = words;
    time.setAttribute('datetime', now().toISOString());
    onTick();
  };
  const check = async () => set(await getClock());
  setInterval(draw, 1000);
  setInterval(() => check().catch(() => undefined), CHECK_MS);

  const open = () => {
    menu.replaceChildren(...choices({ now: now(), onChoose: confirm }));
    menu.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    menu.querySelector('button')?.focus();
  };
  const close = () => {
    menu.hidden = true;
    button.setAttribute('aria-expanded', 'false');
  };
  const dismiss = () => {
    close();
    button.focus();
  };
  const confirm = (target) => {
    if (!target || target.getTime() <= now().getTime()) {
      byId('clock-hint').textContent = '时间只能往前拨，请选一个晚于现在的时间。';
      return;
    }
    const ok = element('button', { type: 'button', class: 'action primary', onclick: () => move(target) }, '确定');
    menu.replaceChildren(
      element('h2', { id: 'clock-title' }, `拨到 ${longTime(target)}？`),
      element('p', { class: 'clock-hint' }, '这段时间里到期的提醒、预警和汇总会依次发出，之后不能拨回。'),
      element(
        'div',
        { class: 'actions' },
        ok,
        element('button', { type: 'button', class: 'action', onclick: open }, '返回'),
      ),
    );
    ok.focus();
  };
  const move = async (target) => {
    const before = lastOf();
    menu.replaceChildren(
      element('h2', { id: 'clock-title' }, '正在快进…'),
      element('p', { class: 'clock-hint', role: 'status' }, `到 ${longTime(target)}，请稍候。`),
    );
    try {
      set(await postClock(target.toISOString()));
      const messages = await readAll(before);
      onMoved(messages);
      toast(`时间已到 ${longTime(now())}，${messages.length > 0 ? `发出 ${messages.length} 条推送` : '没有新的推送'}`);
    } catch (error) {
      toast(
        error instanceof CallError && error.status === 400
          ? '没有拨动：时间只能往前拨'
          : '没有拨动：连接中断，请稍后再试',
      );
    }
    dismiss();
  };

  button.addEventListener('click', () => (menu.hidden ? open() : close()));
  menu.addEventListener('keydown', (event) => event.key === 'Escape' && dismiss());
  document.addEventListener('pointerdown', (event) => {
    if (!menu.hidden && !menu.contains(event.target) && !button.contains(event.target)) close();
  });
  return { now, check };
}

function choices({ now, onChoose }) {
  const field = element('input', {
    type: 'datetime-local',
    id: 'clock-field',
    value: toField(anHourLater(now)),
  });
  const choice = (label, target) =>
    element('button', { type: 'button', class: 'action', onclick: () => onChoose(target) }, label);
  return [
    element('h2', { id: 'clock-title' }, '把助手的时间往前拨'),
    element(
      'div',
      { class: 'actions' },
      choice('+1小时', anHourLater(now)),
      choice('到明天08:00', morningAfter(now, 1)),
      choice('到下周一08:00', nextMonday(now)),
    ),
    element('label', { for: 'clock-field' }, '指定时间（北京时间）'),
    element(
      'form',
      {
        class: 'clock-row',
        onsubmit: (event) => {
          event.preventDefault();
          onChoose(fromField(field.value));
        },
      },
      field,
      element('button', { type: 'submit', class: 'action' }, '拨到'),
    ),
    element(
      'p',
      { id: 'clock-hint', class: 'clock-hint', role: 'status' },
      '工作日 08:00 发每日汇总，08:30 发里程碑提醒。',
    ),
  ];
}
