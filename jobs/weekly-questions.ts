/** The weekly list of questions that found no answer（每周问题清单）, to the commission of each region. */
import { z } from 'zod';
import type { Reply } from '../handlers/message.ts';
import { weeklyLists } from '../handlers/questions/index.ts';
import { shanghaiDay } from '../handlers/time.ts';
import { defineJob } from './job.ts';
import { WEEKLY_QUESTIONS } from './schedules.ts';

/** Silent where nothing waits, or nothing new was asked: then there is no reply and the slot is done all the same. */
export const weeklyQuestions = defineJob({
  name: WEEKLY_QUESTIONS,
  schema: z.strictObject({}),
  attempts: 8,
  run: async ({ db, vault, log }, _data, slot) => {
    const lists = await weeklyLists({ db, vault }, shanghaiDay(slot.dueAt));
    if (lists.length === 0) return undefined;
    const replies = lists.flatMap(({ audience, blocks }) =>
      audience.map((staff): Reply => ({ audience: { staff }, blocks })),
    );
    log.info(
      {
        event: 'questions.listed',
        slot: slot.id,
        regions: lists.map((list) => list.regionId),
        replies: replies.length,
      },
      'weekly lists of questions composed',
    );
    return { replies };
  },
});
