/** Chinese surnames and the words that begin like one, so that 患者张三 is a name and 患者高热 is none. */

/** The common single-character surnames（姓氏）; rare ones that are mostly other words (和, 从, 有, 能) are left out. */
export const SURNAMES =
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边净阴闫宫冷蓝鞠';

/** Two-character surnames（复姓）. */
export const COMPOUND_SURNAMES = [
  '欧阳',
  '上官',
  '司马',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '令狐',
  '司徒',
];

/** Words that begin with a surname character and are no names: symptoms, drugs, and plain words around a patient. */
const NOT_NAMES =
  /^(高[血热烧龄危钾度压位原尿胆级峰]|黄[疸染体斑]|白[细血内癜带天色]|康[复健]|安[排置全静装宫定]|方[便式案面可]|向[上下我你县镇医家]|严[重禁]|于[是昨今前本近我]|常[规见年住用有]|时[间有常段]|何[时处种人]|成[员立功人本年]|关[节于注怀系心]|管[理床路]|解[决放释除]|包[括块含]|易[感发怒]|毛[病细囊]|牛[皮奶]|马[上桶]|文[化件书]|单[位子侧纯独元号]|卫[生健]|位[置于]|左[侧下上右手腿肺眼肾胸]|阴[道性囊]|阳[性台]|强[烈直化]|冷[汗链战]|金[额葡]|石膏|路[上边]|万[一元]|温度|边缘|华法|江苏|江西|汤药|项目|任[何务意]|曲张|余[额下]|房[颤室间]|司机|施行|申请|尤其|许[多可]|费用|查[体询房看]|游离|植入|甘[油精]|程[度序]|曾[有经患在做行因]|宫[外缩颈内口]|叶酸|柴胡|车祸|纪录|范围|武汉|唐[氏筛]|毕竟|焦虑|陈旧|谢谢|祝[您你福]|简单|钱[够不]|水[肿样]|季[度节]|章程|古[怪])/;

/** Words after a cue that can be no given name: 张三 is one, 张贴 and 李是 are none; checked on the whole guess. */
const ENDS_LIKE_WORD =
  /[的是了吗呢吧着过到在去来要能会不没有可被把给让向从和与或请怎什谁哪几多少转送做看住说需已正应该须必都也还就才又再等及其或后前中上下]/;

/** Whether a guess of 2 to 4 characters reads as a person's name. Strict: unknown words are no names. */
export function looksLikeName(guess: string): boolean {
  if (/^.某{1,2}$/.test(guess)) return SURNAMES.includes(guess.charAt(0));
  const compound = COMPOUND_SURNAMES.some((surname) => guess.startsWith(surname));
  if (compound) return guess.length >= 3 && guess.length <= 4;
  if (guess.length < 2 || guess.length > 3) return false;
  if (!SURNAMES.includes(guess.charAt(0))) return false;
  return !NOT_NAMES.test(guess) && !ENDS_LIKE_WORD.test(guess.slice(1));
}
