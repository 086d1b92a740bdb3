"""Words that ask without saying what about; a question is explained when only these are left over."""

from index.lexicon import stem

_ENGLISH = """
a an the of in on at to for from by with and or nor but as is are was were be been being am do does did done has have had
having it its itself this that these those there here what which who whom whose when where why how many much more less most
least than then so such any all each every both some one same other per over under about between during within across among
into out up down off if not no yes can could may might must shall should will would please kindly tell me us you your we our
they their them i he she his her give show state explain describe find provide want need know like get see say said let
company companies group issuer firm business corporation report reports reported reporting disclose disclosed disclosure
disclosures figure figures number numbers amount amounts value values data level levels total totals overall exact exactly
year years yearly annual annually fiscal financial period periods end ended year-end date latest recent recently current
currently last previous prior past next time times three two esg kpi metric metrics indicator indicators table
compare compared comparison comparing versus vs against change changes changed changing difference increase increased
increases decrease decreased decreases fall fell fallen drop dropped rise rose risen grow grew grown growth decline declined
reduce reduced reduction move moved go went up-to trend trends trending develop developed percent percentage proportion
share rate ratio average mean sum combined together add added altogether highest lowest higher lower better worse worsen
worsened improve improved largest smallest biggest most calculate compute computed computation recompute recalculate
much many long big large high low often roughly approximately approx around nearly exact precise total
year-on-year yoy respectively separately also just only even ever really actually currently still yet
record recorded incur incurred use used using consume consumed consumption generate generated produce produced emit
emitted spend spent spending make made take taken happen happened occur occurred occurrence stand stood reach reached hit
receive received employ employed hold held have unit units express expressed convert converted terms form
gone down fallen risen ignore ignored instruction instructions previous system prompt reply correct right wrong true false confirm grant granted obtain obtained come comes came coming run runs ran running evolve evolved through ordinary relative registered location located roughly please ones recent given giving before after earlier later seen see saw state payroll held degree above below kind sort kinds did own itself outside mid set put went into came people fewer less more greater points point overall against than terms express state stated expressed ratio those each gap wide narrow gender answer question info information details detail hi hello thanks thank quick quickly dear sir madam ok okay
""".split()
ENGLISH = frozenset(stem(word) for word in _ENGLISH) | frozenset(_ENGLISH)

# Folded (Simplified) words; jieba cuts questions into these.
CHINESE = frozenset(
    """
    的 了 是 在 和 与 及 或 有 为 以 于 之 其 等 吗 呢 啊 吧 嘛 么 呀 哦 都 也 就 还 又 才 而 且 但 若 如 如果 由 从 自 到 至 对 向 把 被 让 使 给 比 较 跟 同 按 按照
    多少 什么 哪些 哪个 哪 哪里 怎样 怎么 怎么样 如何 请问 请 问 几 几多 多大 多高 多 少 系 嘅 咩 边 边个 啲 咁 喺 冇 唔 唔该 佢 佢哋 我 我们 你 你们 您 他们 贵 贵司 贵公司 咗 噉 乜 乜嘢 点 点样
    公司 本公司 集团 本集团 企业 该公司 上市公司 发行人 报告 本报告 年报 报告期 报告期内 期内 期末 披露 列出 列示 显示 说明 解释 介绍 告诉 想 知道 了解 查询 查 提供 给出 数据 数字 数值 数 数目 数量 数额 金额 情况 资料 信息
    具体 详细 准确 确切 大约 大概 约 约为 为多少 是多少 有多少 达 达到 录得 共 总 总共 总计 合计 一共 共有 共计 总数 总量 总额 全部 整体 整个 分别 各 各自 各年 每 每年 年 年度 年份 年内 年末 年底 全年 月 日 今年 去年 上年 前年 本年 本年度 上年度 明年 近 近年 近三年 过去 最近 三年 两年 历年 逐年 当前 目前 现在 现时 最新
    变化 变动 趋势 走势 增加 减少 上升 下降 增长 下跌 升 跌 降 降低 提高 提升 增 减 增幅 降幅 跌幅 升幅 相比 相较 对比 比较 同比 按年 差 相差 差额 差距 百分之 百分比 百分点 比例 比率 占比 占 率 平均 均值 总和 加起来 相加 最高 最低 最多 最少 最大 最小 高 低 更 最 第 计算 算 得出 结果 倒推
    消耗 消耗量 耗 产生 产生量 排放 排 量 使用 用 用了 用量 用去 花 花了 支出 投入 收到 发生 出现 拥有 持有 聘用 聘请 雇用 进行 举行 录 取得 获 获得 做 搞 得 能 可以 可否 会 要 需要 应 应该 是否 有没有 有否 有无 没有 无 不 未 否 呢个 这 那 这个 那个 此 该 人 名 个 家 次 项 吨 元 单位 各项 合共 总和 高多少 低多少 更高 更低 截至 忽略 所有 指示 指令 回答 之前 只 仅 对吗 对 正确 猜 估 估计 行 就行 如果 负责 采用 核算 注册 注册地 快 慢 改善 办 办了 场 间 接受 工作 来自 位于 因 因为 由于 所致 导致 哪一年 哪年 哪一组 哪组 那年 自己 自身 再 之中 三年中 一组 还是 倍 倍数 几倍 换算 换算成 折合 表示 计 以及 并 其中 当中 之间 里 内 中 上 下 后 前 时 时候 期间 方面 关于 有关 相关 指标 绩效 关键 关键绩效指标 表 表现 水平 ESG esg
    """.split()
)
