/** Numberings, breaks and tables one by one, as they come in real files: the path list of a short text（层次序数与排版）. */
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../knowledge/parser/index.ts';

describe('the clause paths of', () => {
  it.each<[string, string, string]>([
    [
      'a year, a share or a month right after the number',
      '甲县方案\n一、2025年工作目标\n建成。\n二、2026年工作目标\n1.2025年底前完成。\n2.100%的乡镇卫生院达标。\n3.30%的村卫生室达标。\n4、2026年完成。\n5．12月底前验收。',
      '文头 一 二 二/1 二/2 二/3 二/4 二/5',
    ],
    [
      'a line that begins inside a reference (第三条规定的, （二）项)',
      '甲县办法\n第一条 为规范，依照本办法\n第三条规定的程序办理。\n第二条 依照前条第\n（二）项规定执行。\n第三条中医药服务按规定执行。',
      '文头 第一条 第二条 第三条',
    ],
    [
      '三、四级 at the begin of a line is no number',
      '甲县方案\n一、目标\n推动二、\n三、四级手术占比提高。\n二、投入\n安排资金。',
      '文头 一 二',
    ],
    [
      'numbers that restart, levels left out',
      '甲县方案\n一、甲\n1.子一。\n（1）孙。\n2.子二。\n二、乙\n1.子一。\n（1）孙。\n（2）孙。\n2.子二。',
      '文头 一 一/1 一/1/（1） 一/2 二 二/1 二/1/（1） 二/1/（2） 二/2',
    ],
    [
      'circled numbers under bracketed ones',
      '甲县方案\n一、甲\n（一）乙\n（1）丙。\n①丁。\n②戊。\n（2）己。\n（二）庚',
      '文头 一 一/（一） 一/（一）/（1） 一/（一）/（1）/① 一/（一）/（1）/② 一/（一）/（2） 一/（二）',
    ],
    [
      'run-in headings in bold',
      '甲县方案\n**一、目标。**建成。\n**（一）强化统筹。**正文。\n__（二）强化保障__ 正文。',
      '文头 一 一/（一） 一/（二）',
    ],
    [
      'articles that run on across chapters',
      '甲县办法\n第一章 总则\n第一条 甲。\n第二章 分则\n第二条 乙。\n（一）丙；\n（二）丁。\n第三条 戊。\n附则\n第四条 己。',
      '文头 第一章 第一章/第一条 第二章 第二章/第二条 第二章/第二条/（一） 第二章/第二条/（二） 第二章/第三条 第二章/第四条',
    ],
    [
      'annexes with digits, characters, colons, and tables of their own',
      '甲县方案\n一、目标\n建成。\n附件：1.清单\n　　　2.名单\n甲县人民政府\n2025年1月1日\n附件 1\n任务清单\n一、甲\n乙。\n附件二：\n名单\n丙医院\n附表3 指标表\n序号\t名称\n1\t甲\n2\t乙',
      '文头 一 文尾 附件1 附件1/一 附件2 附表3 附表3/1 附表3/2',
    ],
    [
      'an annex with its title on its line',
      '甲县方案\n一、目标\n建成。\n附件1：任务清单\n一、甲\n乙。\n附件2：成员名单\n组长：王某\n成员：李某',
      '文头 一 附件1 附件1/一 附件2',
    ],
    [
      'annexes of annexes',
      '甲县方案\n一、目标\n建成。\n附件1-1\n申请表\n附件1-2\n承诺书\n一、承诺\n遵守。',
      '文头 一 附件1-1 附件1-2 附件1-2/一',
    ],
    [
      'stages as printed',
      '甲县方案\n一、步骤\n第一阶段：动员（2025年1月）。部署。\n第二阶段（2025年2—6月）：实施。\n第三阶段 总结。',
      '文头 一 一/第一阶段 一/第二阶段 一/第三阶段',
    ],
    [
      'page numbers of every kind inside a sentence',
      '甲县方案\n一、目标\n推进分级诊疗制度建设，完善县乡村三级服务\n— 12 —\n体系建设。\n二、任务\n推进分级诊疗制度建设，完善县乡村三级服务\n- 3 -\n体系建设。\n三、保障\n推进分级诊疗制度建设，完善县乡村三级服务\n第3页 共10页\n体系建设。\n四、其他\n推进分级诊疗制度建设，完善县乡村三级服务\n·4·\n体系建设。',
      '文头 一 二 三 四',
    ],
    [
      'headings cut across lines',
      '甲县方案\n三、强化医疗、医保、医药协同发展和治理，构建分级诊疗\n新格局\n（一）推进。甲。\n（二）完善县域医共体内部转诊、会诊、随访一体化的\n服务流程\n1.甲。',
      '文头 三 三/（一） 三/（二） 三/（二）/1',
    ],
    [
      'a letter without numbers',
      '关于开展督查的通知\n甲卫发〔2025〕3号\n各单位：\n为加强管理，决定开展督查。\n请各单位认真组织自查，并于3月1日前报送报告。\n联系人：王某\n甲县卫生健康局\n2025年1月1日',
      '文头 第1段 第2段 第3段 文尾',
    ],
    [
      'numbers that are single characters',
      '甲县方案\n一．目标\n㈠甲。\n㈡乙。\n⑴丙。\n⑵丁。\n二、任务\n⒈戊。\n⒉己。',
      '文头 一 一/（一） 一/（二） 一/（二）/（1） 一/（二）/（2） 二 二/1 二/2',
    ],
    [
      'several paragraphs under a numbered sentence',
      '甲县方案\n一、目标\n（一）总体。\n　　到2027年建成。\n　　到2030年完善。\n（二）具体。\n二、任务\n甲。',
      '文头 一 一/（一） 一/（一）/第1段 一/（一）/第2段 一/（二） 二',
    ],
    [
      'minutes of a meeting',
      '甲县医共体工作专题会议纪要\n〔2025〕3号\n2025年3月1日，县长王某主持召开会议，研究医共体建设工作。现纪要如下：\n一、会议听取汇报。\n二、会议议定：\n（一）成立专班；\n（二）落实资金500万元。\n出席：王某、李某\n分送：各单位',
      '文头 序言 一 二 二/（一） 二/（二） 文尾',
    ],
    [
      'numbers beyond ten',
      '甲县方案\n' +
        ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二', '二十', '二十一']
          .map((n) => `${n}、条目${n}\n内容。`)
          .join('\n'),
      '文头 一 二 三 四 五 六 七 八 九 十 十一 十二 二十 二十一',
    ],
    [
      'articles beyond a hundred, and inserted ones',
      '甲条例\n第九十九条 甲。\n第一百条 乙。\n第一百零一条 丙。\n第一百零一条之一 丁。',
      '文头 第九十九条 第一百条 第一百零一条 第一百零一条之一',
    ],
    [
      'chapters and articles in digits',
      '甲制度\n第1章 总则\n第1条 甲。\n第2条 乙。',
      '文头 第1章 第1章/第1条 第1章/第2条',
    ],
    [
      'a flattened table with blank lines between its cells',
      '附件2\n\n指标表\n\n序号\n\n指标\n\n单位\n\n目标值\n\n1\n\n签约率\n\n%\n\n75\n\n2\n\n就诊率\n\n%\n\n90\n\n3\n\n知晓率\n\n%\n\n80\n\n注：年报为准。',
      '附件2 附件2/1 附件2/2 附件2/3 附件2/注',
    ],
    [
      'a table whose cells are parted by spaces',
      '附件1\n清单\n序号  名称    目标值   责任单位\n1    签约率   75%     卫健局\n2    就诊率   90%     卫健局\n3    报销率   70%     医保局',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a table drawn with characters',
      '附件1\n清单\n┌──┬──┐\n│序号│名称│\n├──┼──┤\n│1│签约率│\n├──┼──┤\n│2│就诊率│\n└──┴──┘',
      '附件1 附件1/1 附件1/2',
    ],
    [
      'a standard that counts 4.1.2',
      '甲技术规范\n1 范围\n本文件规定了转诊要求。\n2 规范性引用文件\n下列文件。\n3 术语和定义\n3.1 双向转诊\n上下转诊。\n3.2 接诊\n接收。\n4 要求\n4.1 人员\n4.1.1 医师应具备资格。\n4.1.2 护士应具备资格。\n4.2 设备\n配备。',
      '文头 1 2 3 3/3.1 3/3.2 4 4/4.1 4/4.1/4.1.1 4/4.1/4.1.2 4/4.2',
    ],
    [
      'questions and answers',
      '医共体政策问答\n问：什么是医共体？\n答：是县乡村一体。\n问：怎么转诊？\n答：由家庭医生开单。',
      '文头 第1段 第2段 第3段 第4段',
    ],
    ['第一，第二，', '甲县通知\n一、要求\n第一，加强领导。\n第二，强化落实。', '文头 一 一/第1段 一/第2段'],
    [
      'a decision in two lines',
      '甲县医共体管理委员会关于王某任职的通知\n甲医管〔2025〕2号\n各成员单位：\n经研究决定：\n王某任总院院长；\n李某任副院长。\n甲县医共体管理委员会\n2025年1月2日',
      '文头 第1段 第2段 文尾',
    ],
    [
      'a table of contents with dots',
      '甲县方案\n目  录\n一、目标……………1\n二、任务……………2\n附件1 指标表……3\n一、目标\n甲。\n二、任务\n乙。\n附件1\n指标表\n序号\t名称\n1\t甲\n2\t乙',
      '文头 一 二 附件1 附件1/1 附件1/2',
    ],
    [
      'a table of contents with tabs',
      '甲县方案\n目录\n一、目标\t1\n（一）甲\t1\n二、任务\t2\n一、目标\n甲。\n二、任务\n乙。',
      '文头 一 二',
    ],
    [
      'a date inside the text',
      '甲县公告\n1.报名。\n2025年1月1日\n2.考试。内容。\n甲县卫健局\n2025年2月1日',
      '文头 1 2 文尾',
    ],
  ])('%s', (_, text, expected) => {
    expect(
      parseDocument(text)
        .clauses.map((clause) => clause.path)
        .join(' '),
    ).toBe(expected);
  });
});
