/** Recognises words of an acute danger and says 120 first（急危重症提示）; questions of policy about emergency care do not count. */
import { foldWidth } from './privacy.ts';

/** First line of every reply to an emergency, before anything else. */
export const EMERGENCY_NOTICE = '急危重症请立即拨打120，不要等待系统回复。';

/** Signs of an acute danger to life, in the words of a ward and of a village, class by class. */
const SIGNS: readonly RegExp[] = [
  // Heart, breath, circulation.
  /胸痛|胸口痛|心绞痛|心梗|心肌梗死|心肌梗塞|心脏骤停|心跳骤停|[没无]有?心跳|[没无]有?呼吸(?!困难|道|急促|不畅|机|科|内科|系统|音|暂停综合)|呼吸停|不呼吸|呼吸困难|[喘透吸]不[上过]来?气|[上出]不来气|呼吸急促|没气了|断气|不喘气|不出气|[没无]有?脉搏|摸不到脉|休克|SpO2|血氧\d|生命危险|快不行了|(?:嘴唇|嘴巴|脸色?|面色|全身|口唇)(?:都|发|变|憋得?)*[紫青]|憋得?(?:发|脸)?[紫青]|发绀|紫绀/,
  // Airway.
  /窒息|噎(?!膈)|喉头?(?:水肿|痉挛|梗阻)|气道(?:梗阻|异物)|气管异物|(?:硬币|鱼刺|骨头|果冻|花生|瓜子|豆子|异物|核|珠子?|糖|饭|馒头|汤圆)[^，。；\n]{0,6}卡|卡[^，。；\n]{0,4}(?:喉|嗓|气管|食管|食道|脖子)|(?:喉咙?|嗓子|气管|食管|食道)[^，。；\n]{0,4}卡|[吞咽](?:了|下|食|进)[^，。；\n]{0,4}(?:硬币|电池|磁|钉|针|玻璃|刀片|异物)|误吞/,
  // Unconscious.
  /昏迷|昏倒|昏死|昏厥|昏过去|晕过去|晕死|晕厥|晕了?倒|倒地|[叫唤喊摇][不没](?:醒|应)|[叫喊]都?(?:叫|喊)?都?不(?:醒|应)|不醒人事|不省人事|人事不[省醒知]|[没无]有?(?:意识(?!到)|知觉)|失去(?:意识|知觉)|意识(?:不清|丧失|障碍|模糊|没有?了)|神[志智](?:不清|模糊|丧失)|(?:病人|患者|孩子|娃|老人|老头)[^，。；\n]{0,4}[没无]有?反应|[叫喊](?:了|他|她|都)?没有?反应/,
  // Brain and convulsion; a cramp counts with a fever or in a child.
  /抽搐|惊厥|抽风|惊风|翻白眼|口吐白沫|角弓反张|癫痫持续|(?:烧|发热|高热|\d{2}度)[^。；\n]{0,8}抽(?!血|查|样|检|空)|抽(?:筋|动|了)[^。；\n]{0,8}(?:烧|发热|高热)|(?:娃|孩子?|小儿|婴儿|宝宝|幼儿)[^，。；\n]{0,8}抽(?:筋|动|了|起来)|脑出血|脑溢血|急性脑梗|突发脑梗|中风|脑卒中|卒中|口角歪斜|嘴歪|言语不清|一侧无力|半身不能动|剧烈头痛|剧烈腹痛|撕裂样/,
  // Bleeding and trauma.
  /大出血|[出流]血不止|血流不止|止不住血|血[^，。；\n]{0,2}止不住|一直[流出]血|[流出]了?(?:很多|好多|大量|一地|一身)的?血|喷血|呕血|咯血|吐血|便血不止|车祸|高处坠落|坠[楼落崖]|跳楼|从[^，。；\n]{1,8}(?:摔|坠|跌[下落]|掉下)|(?:摔|撞|砸|压|轧|割|砍|刺|捅|绞|锯)[^，。；\n]{0,6}(?:断|流血|出血|昏|动不了|不能动)|断(?:指|肢|掌)|(?:手|脚|腿|胳膊|指头?)[^，。；\n]{0,2}断(?!奶|药)|砍伤|捅伤|刀伤|枪伤|胸部刺伤|(?:骨头|肠子?|内脏)[^，。；\n]{0,3}(?:露|戳|流|冒)出|开放性骨折|多发伤|大面积[烧烫]伤|[烧烫]伤[^，。；\n]{0,4}大面积|重度[烧烫]伤|溺水|淹[水到着]|触电|电击/,
  // Bites, poisons, allergy, self-harm.
  /(?:蛇|马蜂|胡蜂|黄蜂|蜂|蝎子?|蜈蚣|毒蜘蛛)(?:给|把)?[^，。；\n]{0,3}[咬蜇蛰叮]|被[^，。；\n]{0,4}蛇|疯狗|农药|百草枯|敌敌畏|有机磷|除草剂|老?鼠药|毒鼠强|服毒|误[服食]|[吃喝吞服](?:了|下|进)?[^，。；\n]{0,5}(?:毒|洁厕|消毒液|安眠药|野蘑菇|野菌|菌子|甲醇)|(?:煤气|一氧化碳|蘑菇|菌子|药物|酒精|乌头|亚硝酸盐)中毒|中毒了|过敏性休克|严重过敏|过敏[^。；\n]{0,8}(?:喉|喘|憋|呼吸|晕|血压低)|自杀|割腕|轻生|上吊/,
  // Childbirth.
  /见红|难产|生不[下出]来|[快要]生了|宫外孕|胎动(?:减少|消失|少|没)|没有?胎动|子痫|羊水(?!指数|检|穿|正常|量)|破水|早破|脐带(?:脱垂|掉)|胎盘早剥|子宫破裂|产后出血|(?:孕妇|产妇|怀孕|孕\d+|\d+周|下身|阴道)[^。；\n]{0,8}[出流]血|(?:孕妇|怀孕)[^。；\n]{0,8}(?:肚子|腹)[^。；\n]{0,2}[痛疼]/,
];
const CUES = new RegExp(SIGNS.map((sign) => sign.source).join('|'), 'gi');
/** Compounds that name a place or a programme, not a patient. */
const PROGRAMMES =
  /(胸痛|卒中|脑卒中|创伤|中毒|危重孕产妇|危重儿童|新生儿|急诊|急救)[、和及与]?(救治)?(中心|单元|站|体系|网络|能力|服务点|急救圈)|(胸痛|卒中|创伤)(?=、|和|及|与)|危重孕产妇|急诊急救|抗?(毒?蛇|蝮蛇|五步蛇|银环蛇)(咬伤|毒)?(抗毒)?血清/g;
/** Just after a cue: it is over, or was never there now. */
const PAST_AFTER =
  /^[^，。；、\n]{0,3}(恢复期|康复|后遗症|病史|史(?!$)|史$|筛查|预防|稳定|好转|缓解|救治率|发生率|死亡率|专科|病房)|^[^。；\n]{0,8}(术后|已PCI|PCI后|PCI术后|支架术后|支架植入术后|溶栓后|出院|恢复期|康复期|已(行)?(手术|支架|溶栓|控制|稳定|好转))/i;
const NOT_NOW_BEFORE =
  /(既往|曾有?|否认|无|没有|未见|未诉|排除|不伴|不是|预防|防治|防止|避免)[^，。；\n]{0,3}$|[没未]$/;
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
