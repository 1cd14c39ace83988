/** Words in a shortage message that name nobody's drug: 等着用, 谁有, 咋整, 老刘（闲话）. */
import { knownNameAt, resolveDrug } from './drugs.ts';

const SURNAME =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤';
const TITLE =
  '阿姨|大爷|大妈|大叔|大娘|大哥|大姐|大嫂|爷爷|奶奶|叔叔|伯伯|婶婶|师傅|医生|大夫|主任|院长|所长|护士|药师|老师|家|叔|婶|姨|哥|姐|爷|奶|嫂|伯|总';
/** What may follow a person: 老刘等着用, 老刘的, 王阿姨急. */
const AFTER_PERSON = '$|[的他她他们那这说讲问急等要用催天在还也都和来家]';
const PERSON = new RegExp(`^(?:[老小阿][${SURNAME}]|[${SURNAME}](?:${TITLE}))(?:${TITLE})?(?=${AFTER_PERSON})`);

const CHATTER =
  /等着?[用要吃药]|^等着|谁[有家那能知给先帮]|^谁$|咋[整办弄么]|[怎这那]么(?:办|整|弄|搞)|有人(?!参)|没人(?!参)|哪里?有|哪儿|帮帮?忙|求助|求支援|支援一下|^各位|^大家|兄弟|姐妹|同志|老乡|群里|急死|催[了得我着]|病号|家属|村民|群众|老人家|^(?:患者|病人|大爷|大妈|阿姨|主任|院长)/;
/** A correction, never the beginning of a drug's name. */
const CORRECTION = /^(?:不要|别要|去掉|去除|删掉|删除|取消|划掉|撤掉)/;
const DRUG_ENDING = /(?:片|丸|胶囊|颗粒|注射液|口服液|混悬液|滴眼液|糖浆|冲剂|软膏|乳膏|喷雾剂|合剂|栓|贴|散|酊)$/;

/** Whether a name cut from a message is talk or a person rather than a drug. What looks like a drug never is. */
export function isChatter(name: string): boolean {
  if (resolveDrug(name).kind !== 'unmatched' || knownNameAt(name) !== undefined) return false;
  return /^\p{Script=Han}$/u.test(name) || CORRECTION.test(name) || isTalk(name);
}

function isTalk(words: string): boolean {
  return PERSON.test(words) || (CHATTER.test(words) && !DRUG_ENDING.test(words));
}

/** 老刘等着用阿莫西林 without who waits for it; anything else unchanged. */
export function withoutChatter(run: string): string {
  for (let at = 1; at < run.length - 1; at += 1) {
    if (knownNameAt(run.slice(at)) === undefined) continue;
    return isTalk(run.slice(0, at)) ? run.slice(at) : run;
  }
  const known = knownNameAt(run);
  return known !== undefined && known.length < run.length && isTalk(run.slice(known.length)) ? known : run;
}
