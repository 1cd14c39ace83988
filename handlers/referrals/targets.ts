/** Where a patient may go（转入机构）: the level must fit, the only lead hospital is filled in. */
import type { Directory, Institution } from '../directory/institutions.ts';
import type { BoundContext } from '../feature.ts';
import type { InstitutionKind } from '../people.ts';
import type { FormDirection, ReferralForm } from './slots.ts';

const RANK: Readonly<Record<InstitutionKind, number>> = {
  'village-clinic': 0,
  township: 1,
  'community-centre': 1,
  hospital: 2,
  'public-health': 2,
  'lead-hospital': 2,
  authority: Number.NaN,
};

/** Up leads to a higher level, down to a lower one. */
export function directionFits(direction: FormDirection, from: InstitutionKind, to: InstitutionKind): boolean {
  return direction === 'U' ? RANK[to] > RANK[from] : RANK[to] < RANK[from];
}

/** Fills in the only lead hospital, and takes out a place that is the own one or on the wrong level. */
export function withTarget(ctx: BoundContext, directory: Directory, form: ReferralForm): ReferralForm {
  const fits = (institution: Institution): boolean =>
    institution.id !== directory.ownId && directionFits(form.direction, ctx.actor.institution.kind, institution.kind);
  const place = directory.institutions.find((institution) => institution.id === form.target?.id);
  if (place && !fits(place)) {
    const { target: _target, ...rest } = form;
    return { ...rest, unknownTarget: `${place.shortName}（不是${form.direction === 'U' ? '上级' : '基层'}机构）` };
  }
  if (form.targetChoices) {
    const choices = form.targetChoices.filter((choice) =>
      directory.institutions.some((institution) => institution.id === choice.id && fits(institution)),
    );
    const { targetChoices: _choices, ...rest } = form;
    return choices.length === 1 && choices[0] ? { ...rest, target: choices[0] } : { ...form, targetChoices: choices };
  }
  if (form.target || form.unknownTarget || form.direction === 'D') return form;
  const leads = directory.institutions
    .filter((institution) => institution.leads.some((id) => directory.allianceIds.includes(id)) && fits(institution))
    .map((institution) => ({ id: institution.id, name: institution.shortName }));
  if (leads.length === 1 && leads[0]) return { ...form, target: leads[0] };
  return leads.length > 1 ? { ...form, targetChoices: leads } : form;
}
