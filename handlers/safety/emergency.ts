/** Recognises words of an acute danger and says 120 first（急危重症提示）; questions of policy about emergency care do not count. */
import { foldWidth } from './privacy.ts';

/** First line of every reply to an emergency, before anything else. */
export const EMERGENCY_NOTICE = '急危重症请立即拨打120，不要等待系统回复。';

/** Signs of an acute danger to life. */
const CUES =
  /胸痛|胸口痛|心绞痛|心梗|心肌梗死|心肌梗塞|心脏骤停|心跳骤停|没有?心跳|没有?呼吸|呼吸停止|呼吸困难|喘不上气|喘不过气|呼吸急促|窒息|噎住|昏迷|昏倒|晕倒|倒地不起|叫不醒|意识不清|意识丧失|意识障碍|神志不清|大出血|出血不止|止不住血|呕血|咯血|吐血|休克|抽搐|惊厥|脑出血|脑溢血|急性脑梗|突发脑梗|中风|脑卒中|卒中|口角歪斜|嘴歪|言语不清|一侧无力|半身不能动|农药|百草枯|敌敌畏|服毒|一氧化碳中毒|煤气中毒|溺水|触电|电击伤|车祸|高处坠落|大面积烧伤|重度烧伤|开放性骨折|多发伤|胸部刺伤|宫外孕|胎动减少|胎动消失|没有胎动|胎动少|子痫|羊水破|破水|脐带脱垂|产后出血|早破|剧烈头痛|剧烈腹痛|撕裂样|自杀|割腕|轻生|毒蛇咬|蛇咬伤|过敏性休克|生命危险|快不行了|SpO2|血氧\d/gi;
/** Compounds that name a place or a programme, not a patient. */
const PROGRAMMES =
  /(胸痛|卒中|脑卒中|创伤|中毒|危重孕产妇|危重儿童|新生儿|急诊|急救)[、和及与]?(救治)?(中心|单元|站|体系|网络|能力|服务点|急救圈)|(胸痛|卒中|创伤)(?=、|和|及|与)|危重孕产妇|急诊急救/g;
/** Just after a cue: it is over, or was never there now. */
const PAST_AFTER =
  /^[^，。；、\n]{0,3}(恢复期|康复|后遗症|病史|史(?!$)|史$|筛查|预防|稳定|好转|缓解|救治率|发生率|死亡率|专科|病房)|^[^。；\n]{0,8}(术后|已PCI|PCI后|PCI术后|支架术后|支架植入术后|溶栓后|出院|恢复期|康复期|已(行)?(手术|支架|溶栓|控制|稳定|好转))/i;
const NOT_NOW_BEFORE = /(既往|曾有?|否认|无|没有|未见|未诉|排除|不伴|预防|防治|防止|避免)[^，。；\n]{0,3}$/;
/** One patient, now. */
const SOMEBODY =
  /\d{1,3} ?岁|[男女]性?[ ,，]{0,2}\d|\d ?(个)?(小时|分钟|min|h\b)|突然|突发|现在|刚刚|刚才|马上|赶紧|快点|救命|怎么办|咋办|咋个办|孕\d|\d{1,3}床|有个|有人|来了个|送来|(上转|转上|往上转|急转)|\d{2,3}\/\d{2,3}/;
/** Words of somebody who asks about plans, money or organisation. */
const POLICY =
  /中心|体系|建设|建在|覆盖|指标|目标|文件|规定|方案|政策|率(?!$)|率$|比例|能力|哪五|哪几|哪些|是哪|几个|医保|报销|费用|门槛费|起付|责任|部门|考核|培训|流程|制度|机制|预案|演练|什么是|是什么|定义|标准|清单|目录|条款|第.条/;

const HIGH_PRESSURE = /(?<!\d)(\d{3})\/(\d{2,3})(?!\d)/g;
const WITH_PRESSURE = /头(疼|痛|晕|昏)|呕|视物|眼花|胸闷|心慌|气促|气短|抽|意识|麻木|无力|看不清|憋/;
const NO_NEED = /^(反馈|结案|进度|拒绝|撤销|接收|我的转诊|指标|填报|里程碑|缺药|条款|目录)/;

/**
 * The notice to put first when somebody's life may be in danger（先打120）.
 * @returns the Chinese line, or undefined for anything else, questions about emergency centres included
 */
export function emergencyNotice(text: string): string | undefined {
  return isEmergency(text) ? EMERGENCY_NOTICE : undefined;
}

/** Whether the words tell of an acute danger to one patient now. Rather once too often than once too little. */
export function isEmergency(text: string): boolean {
  const folded = foldWidth(text).trim();
  if (NO_NEED.test(folded)) return false;
  if (hasDangerousPressure(folded)) return true;
  const plain = folded.replace(PROGRAMMES, (words) => '＿'.repeat(words.length));
  const about = POLICY.test(folded) && !SOMEBODY.test(plain);
  if (about) return false;
  for (const cue of plain.matchAll(CUES)) {
    const after = plain.slice(cue.index + cue[0].length);
    if (PAST_AFTER.test(after) || NOT_NOW_BEFORE.test(plain.slice(0, cue.index))) continue;
    return true;
  }
  return false;
}

/** A pressure that is dangerous with complaints; the doctor decides, this line only says where to call. */
function hasDangerousPressure(text: string): boolean {
  if (!WITH_PRESSURE.test(text)) return false;
  return [...text.matchAll(HIGH_PRESSURE)].some(
    ([, systolic, diastolic]) => Number(systolic) >= 180 || Number(diastolic) >= 110,
  );
}
