/** Departments as people say them, and as they are written on a card（科室）. */

/** Short forms said without 科; the written form beside them. */
const SHORT: Readonly<Record<string, string>> = {
  心内: '心内科',
  心血管: '心血管科',
  神内: '神经内科',
  神经内: '神经内科',
  神外: '神经外科',
  呼吸: '呼吸科',
  消化: '消化内科',
  内分泌: '内分泌科',
  肾内: '肾内科',
  血液: '血液科',
  风湿: '风湿科',
  普外: '普外科',
  骨伤: '骨伤科',
  泌尿: '泌尿外科',
  心外: '心外科',
  胸外: '胸外科',
  妇产: '妇产科',
  五官: '五官科',
  耳鼻喉: '耳鼻喉科',
  感染: '感染科',
  肿瘤: '肿瘤科',
  重症: '重症医学科',
  ICU: '重症医学科',
};
/** Words that end like a department and are none. */
const NOT_A_DEPARTMENT = /专科|转科|本科|全科医生|学科|哪个?科|什么科|百科|外科手术/;

const LONG =
  /(?:心血管|心内|神经|呼吸|消化|内分泌|肾脏?|血液|风湿(?:免疫)?|普通?|骨|骨伤|泌尿|心脏?|胸|肝胆|胃肠|肛肠|乳腺|甲乳|血管|烧伤|整形|妇产?|产|妇|儿|新生儿|小儿|眼|耳鼻喉|五官|口腔|皮肤|感染|传染|肿瘤|疼痛|麻醉|急诊|重症医学|康复(?:医学)?|中医|针灸|推拿|老年|全科|介入|放疗|精神|心理|结核|肝病|透析|男|创伤|运动医学)?(?:内|外|介入)?科(?:门诊|病房)?|(?:胸痛|卒中|创伤|介入|透析|康复|急诊急救|危重孕产妇(?:救治)?|危重新生儿(?:救治)?)中心|ICU/g;

export interface FoundDepartment {
  /** As it is written: 心内科. */
  readonly name: string;
  /** As it stands in the text. */
  readonly words: string;
  readonly start: number;
}

/**
 * The department named in a text; `undefined` where none is.
 */
export function findDepartment(text: string): FoundDepartment | undefined {
  for (const match of text.matchAll(LONG)) {
    const words = match[0];
    const around = text.slice(Math.max(0, match.index - 2), match.index + words.length + 2);
    if (words === '科' || NOT_A_DEPARTMENT.test(around)) continue;
    return { name: words === 'ICU' ? '重症医学科' : words.replace(/(门诊|病房)$/, ''), words, start: match.index };
  }
  for (const [words, name] of Object.entries(SHORT)) {
    const start = text.search(new RegExp(`(?<=^|[\\s,，。;；]|转|去|到)${words}(?=$|[\\s,，。;；]|门诊|普通|住院|急)`));
    if (start >= 0) return { name, words, start };
  }
  return undefined;
}
