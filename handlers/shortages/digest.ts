/** What the shortages contribute to the daily digest（缺药汇总）: counts in lines, never a registrant, never a patient. */
import type { DigestSource } from '../digest.ts';
import { addDays, daysBetween, instantOf, shanghaiDay } from '../time.ts';
import { AGE_BUCKETS, ageBucket, isOpen, regionalShortages } from './rules.ts';
import { loadSettings } from './settings.ts';
import { listLedInstitutions, listRegistered, listShortages } from './store.ts';

/** Regional shortages named one by one. */
const NAMED = 3;

/** Open lines by age, pressing ones, unanswered ones, and drugs that are missing in the whole region（区域性短缺）. */
export const shortageDigest: DigestSource = async ({ db, clock }, scope) => {
  const today = shanghaiDay(clock.now());
  const led = scope.institutionId === undefined ? [] : await listLedInstitutions(db, scope.institutionId);
  const filter =
    scope.institutionId === undefined
      ? { regionId: scope.regionId }
      : { institutionIds: led.length > 0 ? led : [scope.institutionId] };
  const shortages = await listShortages(db, { ...filter, open: true });
  const lines = shortages.flatMap((shortage) => shortage.lines.filter(isOpen));
  const texts: string[] = [];
  const rescue = lines.filter((line) => line.urgency === 'rescue').length;
  const urgent = lines.filter((line) => line.urgency === 'urgent').length;
  if (rescue > 0) texts.push(`抢救用药${rescue}项未解决`);
  if (urgent > 0) texts.push(`紧急${urgent}项未解决`);
  if (lines.length > 0) {
    const ages = lines.map((line) => ageBucket(daysBetween(shanghaiDay(new Date(line.createdAt)), today)));
    const byAge = AGE_BUCKETS.map((bucket) => ({ bucket, n: ages.filter((age) => age === bucket).length }));
    const parts = byAge.filter(({ n }) => n > 0).map(({ bucket, n }) => `${bucket} ${n}`);
    texts.push(`未解决${lines.length}项（按药品项计）：${parts.join(' · ')}`);
  }
  const unanswered = shortages.filter((shortage) => shortage.answeredAt === undefined).length;
  if (unanswered > 0) texts.push(`中心药房未答复${unanswered}单`);
  if (scope.institutionId === undefined || led.length > 0) {
    const { regional } = await loadSettings(db, { regionPath: scope.regionPath });
    const since = instantOf(addDays(today, -regional.days), '00:00');
    const registered = await listRegistered(db, scope.regionId, since);
    const missing = regionalShortages(registered, regional.institutions);
    if (missing.length > 0) {
      const named = missing.slice(0, NAMED).map((one) => `${one.name}（${one.institutions}家单位）`);
      const more = missing.length > NAMED ? `等${missing.length}种` : '';
      texts.push(`区域性短缺：${named.join('、')}${more}，${regional.days}天内登记（本单位设定）`);
    }
  }
  return texts.length === 0 ? undefined : { title: '缺药', lines: texts };
};
