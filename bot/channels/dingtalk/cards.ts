/** Interactive cards（互动卡片）: what the template's variables hold, and the requests that create and update one. */
import type { Button } from '../../../handlers/message.ts';
import { buttonKey } from '../button-key.ts';
import type { CardConfig } from './config.ts';
import { CARD, LIMITS } from './types.ts';

/** What a card shows. */
export interface CardFace {
  readonly title: string;
  /** Markdown, each within the limit of one variable; at most `CARD.bodies`. */
  readonly bodies: readonly string[];
  /** At most `CARD.buttons`. */
  readonly buttons: readonly { readonly label: string; readonly press: string }[];
}

/** A button as the parameter `press` of its callback; undefined where it does not fit a variable. */
export function pressOf(button: Button): string | undefined {
  const press = buttonKey(button);
  return Buffer.byteLength(press) <= LIMITS.cardValueBytes ? press : undefined;
}

/**
 * All variables of the template, those not used empty: an update by key then leaves nothing of the older face.
 * Values are text, always, as the platform asks.
 */
export function cardParams({ title, bodies, buttons }: CardFace): Readonly<Record<string, string>> {
  const params: Record<string, string> = { title };
  for (let at = 0; at < CARD.bodies; at += 1) params[`body${at + 1}`] = bodies[at] ?? '';
  for (let at = 0; at < CARD.buttons; at += 1) {
    params[`button${at + 1}`] = buttons[at]?.label ?? '';
    params[`press${at + 1}`] = buttons[at]?.press ?? '';
  }
  params.buttons = String(buttons.length);
  return params;
}

/**
 * The card's own id: the same for every try of the same part, so that the platform refuses a second one; a group's id stands
 * in it, because a press does not say where the card lies.
 * @returns undefined when the platform would not take so long an id
 */
export function outTrackId(key: string, group: string | undefined): string | undefined {
  const id = group === undefined ? key : `${key}.${group}`;
  return id.length <= LIMITS.cardIdCharacters ? id : undefined;
}

export interface CardPlace {
  readonly outTrackId: string;
  readonly robotCode: string;
  /** Exactly one of both. */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  /** Staff id that is notified in a group. */
  readonly at?: string | undefined;
}

/** Body of `POST /v1.0/card/instances/createAndDeliver`. */
export function createRequest(face: CardFace, place: CardPlace, config: CardConfig): Readonly<Record<string, unknown>> {
  const common = {
    cardTemplateId: config.templateId,
    outTrackId: place.outTrackId,
    ...(config.callbackUrl === undefined
      ? { callbackType: 'STREAM' }
      : { callbackType: 'HTTP', callbackRouteKey: config.routeKey }),
    userIdType: 1,
    cardData: { cardParamMap: cardParams(face) },
  };
  const last = { supportForward: false, lastMessageI18n: { ZH_CN: face.title } };
  if (place.group !== undefined) {
    return {
      ...common,
      openSpaceId: `dtv1.card//IM_GROUP.${place.group}`,
      imGroupOpenSpaceModel: last,
      imGroupOpenDeliverModel: {
        robotCode: place.robotCode,
        ...(place.at === undefined ? {} : { atUserIds: { [place.at]: place.at } }),
      },
    };
  }
  return {
    ...common,
    openSpaceId: `dtv1.card//IM_ROBOT.${place.user}`,
    imRobotOpenSpaceModel: last,
    imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: place.robotCode },
  };
}

/** Body of `PUT /v1.0/card/instances`: the new face, for everybody who sees the card. */
export function updateRequest(face: CardFace, outTrackId: string): Readonly<Record<string, unknown>> {
  return {
    outTrackId,
    userIdType: 1,
    cardData: { cardParamMap: cardParams(face) },
    cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
  };
}
