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
    [
      'a number alone on its line',
      '甲县方案\n一、\n总体要求\n到2027年建成。\n（一）\n强化统筹。正文内容。\n1.\n建立机制。\n2.\n落实责任。\n第二部分',
      '文头 一 一/（一） 一/（一）/1 一/（一）/2 第二部分',
    ],
    [
      'chapters and articles whose number stands alone',
      '甲县办法\n第一章\n总则\n第一条\n为规范管理，制定本办法。\n第二条\n本办法适用于全县。\n第二章\n职责\n第三条\n由县卫健局负责。',
      '文头 第一章 第一章/第一条 第一章/第二条 第二章 第二章/第三条',
    ],
    [
      'two tables in one annex',
      '附件1\n清单\n一、综合医疗集团\n序号\t名称\n1\t甲\n2\t乙\n二、中医集团\n序号\t名称\n1\t丙\n2\t丁',
      '附件1 附件1/一 附件1/一/1 附件1/一/2 附件1/二 附件1/二/1 附件1/二/2',
    ],
    [
      'a table of lines with group headings between them',
      '附件1\n指标表\n序号\t指标\t2025年\t2026年\n一、资源下沉\n1\t派驻人数\t20\t30\n2\t巡诊次数\t100\t120\n二、服务能力\n3\t诊疗占比\t60%\t65%',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a pasted table with group rows',
      '附件1\n指标表\n| 序号 | 指标 | 2025年 |\n|---|---|---|\n| 一、资源下沉 | | |\n| 1 | 派驻人数 | 20 |\n| 2 | 巡诊次数 | 100 |\n| 二、服务能力 | | |\n| 3 | 诊疗占比 | 60% |',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a flattened table with group headings',
      '附件1\n指标表\n序号\n指标\n单位\n2025年目标\n一、资源下沉\n1\n派驻人数\n人\n20\n2\n巡诊次数\n次\n100\n二、服务能力\n3\n诊疗占比\n%\n60',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a flattened table and what follows it',
      '附件1\n指标表\n序号\n指标\n目标\n1\n派驻人数\n20人\n2\n巡诊次数\n100次\n3\n诊疗占比\n60%\n二、有关要求\n各单位按月报送。\n（一）报送时间。每月5日前。',
      '附件1 附件1/1 附件1/2 附件1/3 附件1/二 附件1/二/（一）',
    ],
    [
      'a flattened table cut by a page, its heads repeated',
      '附件1\n指标表\n序号\n指标\n目标\n1\n派驻人数\n20人\n— 5 —\n2\n巡诊次数\n100次\n序号\n指标\n目标\n3\n诊疗占比\n60%',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a flattened table whose last column is empty',
      '附件1\n指标表\n序号\n指标\n单位\n目标\n备注\n1\n派驻人数\n人\n20\n2\n巡诊次数\n次\n100\n3\n诊疗占比\n%\n60',
      '附件1 附件1/1 附件1/2 附件1/3',
    ],
    [
      'a table inside a clause',
      '甲县方案\n一、目标\n具体指标如下：\n序号\t指标\t目标\n1\t就诊率\t90%\n2\t住院率\t85%\n以上指标由县卫健局负责。\n二、任务\n甲。',
      '文头 一 一/第1段 一/第2段 一/1 一/2 二',
    ],
    [
      'text wrapped at a width, paragraphs indented',
      '甲县医共体实施方案\n　　一、总体要求\n　　以习近平新时代中国特色社会主义思想为指导，坚持以人民健康为中心，统筹县域医\n疗卫生资源，推动优质医疗资源扩容下沉和均衡布局，加快建成分级诊疗体系，让群众就\n近享有公平可及的服务。\n　　二、主要任务\n　　（一）优化资源配置。县人民医院牵头组建医共体，统筹使用床位、号源、设备，建\n立双向转诊机制，畅通绿色通道。\n　　（二）提升服务能力。加强基层能力建设，配齐设备，培养人才，推进家庭医生签约\n服务。',
      '文头 一 二 二/（一） 二/（二）',
    ],
    [
      'a heading cut after 、',
      '甲县方案\n一、目标、任务\n（一）统一人员、财务、\n业务管理\n甲。\n（二）乙。',
      '文头 一 一/（一） 一/（二）',
    ],
    [
      'several issuers, at the top and at the end',
      '甲县卫生健康局\n甲县发展和改革局\n甲县财政局\n甲县医疗保障局\n甲卫联发〔2025〕7号\n关于印发甲县医共体医疗服务价格改革方案的通知\n各单位：\n现印发给你们。\n一、目标\n建成。\n甲县卫生健康局　　甲县发展和改革局\n甲县财政局　　　　甲县医疗保障局\n2025年3月1日',
      '文头 序言 一 文尾',
    ],
    [
      'a covering letter that has numbers of its own',
      '关于印发方案的通知\n甲卫发〔2025〕3号\n各单位：\n现将方案印发给你们，并提出以下要求。\n一、提高认识。甲。\n二、抓好落实。乙。\n甲县卫健局\n2025年1月1日\n甲县医共体实施方案\n一、目标\n建成。\n二、任务\n（一）组建。甲。',
      '文头 序言 一 二 一#2 二#2 二#2/（一）',
    ],
    [
      '一是 and （1） inside a paragraph',
      '甲县方案\n二、任务\n1.建立机制。一是定期会商；二是联合督导；三是通报。\n2.强化保障。（1）资金；（2）人员；（3）场地。',
      '文头 二 二/1 二/2',
    ],
    [
      'notes under a table',
      '附件1\n表\n序号\t名称\n1\t甲\n2\t乙\n备注：1.甲指全县。2.乙指全市。\n说明：本表按月填报。',
      '附件1 附件1/1 附件1/2 附件1/注 附件1/注#2',
    ],
    [
      'digits of full width',
      '甲县方案\n一、目标\n１．建成。\n２．运行。\n（１）甲。\n（２）乙。',
      '文头 一 一/1 一/2 一/2/（1） 一/2/（2）',
    ],
    [
      'annex heads in brackets',
      '甲县方案\n一、目标\n建成。\n【附件1】\n清单\n1.甲\n2.乙\n（附件2）\n名单\n3.丙',
      '文头 一 附件1 附件1/1 附件1/2 附件2 附件2/3',
    ],
    [
      'Latin words and standards',
      '甲县方案\n一、落实 DRG/DIP 支付\n推进 DRG/DIP 2.0 版本落地。\n二、建设 HIS、LIS 系统\nWS/T 500-2016 标准执行。',
      '文头 一 二',
    ],
    [
      'a paragraph that speaks of an item',
      '甲县办法\n第一条 医共体应当履行下列职责：\n（一）统一管理；\n（二）其他职责。\n前款第（二）项所称其他职责，由县政府规定。\n第二条 甲。',
      '文头 第一条 第一条/（一） 第一条/（二） 第二条',
    ],
    [
      'a list of annexes on one line',
      '甲县方案\n一、目标\n建成。\n附件：1.重点任务清单2.指标表3.成员名单\n甲县人民政府\n2025年1月1日\n附件1\n重点任务清单\n1.甲\n附件2\n指标表\n序号\t名称\n1\t甲\n2\t乙',
      '文头 一 文尾 附件1 附件1/1 附件2 附件2/1 附件2/2',
    ],
    [
      'a list of annexes, each with its number',
      '甲县方案\n一、目标\n建成。\n附件1：重点任务清单\n附件2：指标表\n甲县人民政府\n2025年1月1日\n附件1\n重点任务清单\n1.甲\n附件2\n指标表\n2.乙',
      '文头 一 文尾 附件1 附件1/1 附件2 附件2/2',
    ],
    [
      'annex heads in bold and as Markdown headings',
      '甲县方案\n一、目标\n建成。\n**附件 1**\n**重点任务清单**\n1.甲\n## 附件2 指标表\n2.乙',
      '文头 一 附件1 附件1/1 附件2 附件2/2',
    ],
    [
      'a page number before an annex',
      '甲县方案\n一、目标\n建成。\n- 4 -\n附件1\n清单\n1.甲\n— 5 —',
      '文头 一 附件1 附件1/1',
    ],
    [
      'signature and date on one line',
      '甲县方案\n一、目标\n建成。\n甲县人民政府办公室　　　　　　2025年1月1日',
      '文头 一 文尾',
    ],
    [
      'signature and date set to the right',
      '甲县方案\n一、目标\n建成。\n                        甲县人民政府办公室\n                          2025年1月1日',
      '文头 一 文尾',
    ],
    ['a signature over the plan', '甲县人民政府\n2025年1月1日\n甲县方案\n一、目标\n建成。', '文头 一'],
    ['numbers inside a sentence', '甲县方案\n一、目标\n包括：一、甲；二、乙；三、丙。\n二、任务\n甲。', '文头 一 二'],
    [
      'words that begin with 第一',
      '甲县方案\n一、目标\n第一批试点单位5家。\n第一书记负责。\n第二天完成。\n二、任务\n甲。',
      '文头 一 一/第1段 一/第2段 一/第3段 二',
    ],
    [
      'words that begin with a number',
      '甲县方案\n一、目标\n十四五期间，建成。\n二、任务\n一二级医院、三级医院分工。\n三、保障\n甲。',
      '文头 一 二 三',
    ],
    [
      'lines that begin with a day',
      '甲县方案\n一、目标\n2025年底前，建成。\n2026.12 前，完成。\n12月底前验收。\n二、任务\n甲。',
      '文头 一 一/第1段 一/第2段 一/第3段 二',
    ],
    ['（一） without 一、', '甲县通知\n（一）甲。\n1.乙。\n2.丙。\n（二）丁。', '文头 （一） （一）/1 （一）/2 （二）'],
    [
      '1. above （1） above ①',
      '甲县通知\n1.甲。\n（1）乙。\n①丙。\n②丁。\n（2）戊。\n2.己。',
      '文头 1 1/（1） 1/（1）/① 1/（1）/② 1/（2） 2',
    ],
    [
      '（一） below 1.',
      '甲县方案\n一、甲\n1.乙\n（一）丙。\n（二）丁。\n2.戊\n（一）己。',
      '文头 一 一/1 一/1/（一） 一/1/（二） 一/2 一/2/（一）',
    ],
    [
      'circled numbers inside a sentence',
      '甲县方案\n一、甲\n（一）乙。①丙；②丁；③戊。\n（二）己。',
      '文头 一 一/（一） 一/（二）',
    ],
    [
      'divisions with marks after them',
      '甲县规划\n第一节、现状\n一、甲\n乙。\n第二节：目标\n一、丙\n丁。',
      '文头 第一节 第一节/一 第二节 第二节/一',
    ],
    [
      'members with padded names',
      '附件1\n工作专班成员名单\n组　　长：王　某　　县委副书记、县长\n副 组 长：李某某　　副县长\n成　　员：张　某　　县卫生健康局局长\n　　　　　赵某某　　县医保局局长\n　　　　　钱　某　　县财政局局长\n专班下设办公室，办公室设在县卫生健康局，张某同志兼任办公室主任。',
      '附件1 附件1/第1段 附件1/第2段',
    ],
    [
      'duties, a line a department',
      '附件2\n部门职责分工\n县委编办：负责编制管理。\n县财政局：负责落实投入。\n县医保局：负责支付改革。',
      '附件2 附件2/第1段 附件2/第2段 附件2/第3段',
    ],
    [
      'headings with colons',
      '甲县方案\n一、目标任务：到2027年建成体系\n（一）主要目标：就诊率90%\n二、工作要求：\n1.甲；\n2.乙。',
      '文头 一 一/（一） 二 二/1 二/2',
    ],
    [
      'many blank lines',
      '\n\n\n甲县方案\n\n\n\n一、目标\n\n\n\n建成。\n\n\n\n\n二、任务\n\n\n甲。\n\n\n',
      '文头 一 二',
    ],
    ['line ends of Windows', '甲县方案\r\n一、目标\r\n建成。\r\n二、任务\r\n甲。\r\n', '文头 一 二'],
    ['line ends of old Macs', '甲县方案\r一、目标\r建成。\r二、任务\r甲。', '文头 一 二'],
    ['a text without title', '一、目标\n建成。\n二、任务\n甲。', '一 二'],
    [
      'what a site prints in 【】',
      '【甲县】医共体方案\n【发布日期】2025-01-01\n一、目标\n建成。\n二、任务\n甲。',
      '文头 一 二',
    ],
  ])('%s', (_, text, expected) => {
    expect(
      parseDocument(text)
        .clauses.map((clause) => clause.path)
        .join(' '),
    ).toBe(expected);
  });
});

describe('what a clause is called and holds', () => {
  const clause = (text: string, path: string) => parseDocument(text).clauses.find((one) => one.path === path);

  it('a number alone on its line takes its heading from the next', () => {
    const text = '甲县办法\n第一章\n总则\n第一条\n规定如下事项。\n一、\n强化统筹。正文内容。';
    expect(clause(text, '第一章')).toMatchObject({ heading: '总则' });
    expect(clause(text, '第一章/第一条')).toMatchObject({ heading: '规定如下事项' });
    expect(clause(text, '第一章/第一条/一')).toMatchObject({ heading: '强化统筹', text: '正文内容。' });
  });

  it.each([
    ['flattened', '序号\n指标\n目标\n一、下沉\n1\n派驻\n20\n2\n巡诊\n9\n二、能力\n3\n占比\n60%'],
    ['one row a line', '序号\t指标\t目标\n一、下沉\n1\t派驻\t20\n2\t巡诊\t9\n二、能力\n3\t占比\t60%'],
  ])('a group heading in a table %s is no cell', (_, table) => {
    const text = `附件1\n指标表\n${table}`;
    expect(clause(text, '附件1/2')).toMatchObject({
      text: '2\t巡诊\t9',
      group: '一、下沉',
      columns: ['序号', '指标', '目标'],
    });
    expect(clause(text, '附件1/3')).toMatchObject({ text: '3\t占比\t60%', group: '二、能力' });
  });

  it('an empty last column keeps its head', () => {
    const text = '附件1\n表\n序号\n指标\n备注\n1\n派驻\n2\n巡诊\n3\n占比';
    expect(clause(text, '附件1/2')).toMatchObject({ text: '2\t巡诊', columns: ['序号', '指标', '备注'] });
  });

  it('a title of an annex goes on only where it is cut, and never over its members', () => {
    const text =
      '附件1\n甲县紧密型县域医共体建设\n部门职责分工\n一、甲\n乙。\n附件2\n成员名单\n（2025年版）\n组长：王某\n张某某 副院长';
    expect(clause(text, '附件1')?.heading).toBe('甲县紧密型县域医共体建设部门职责分工');
    expect(clause(text, '附件2')).toMatchObject({ heading: '成员名单（2025年版）', text: '组长：王某\n张某某 副院长' });
  });
});
