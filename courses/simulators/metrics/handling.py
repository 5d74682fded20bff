"""What happens on a call, and how full the agents' time is."""

from decimal import Decimal as D

from courses.simulators.metrics.figures import Unit, Words
from courses.simulators.metrics.shapes import Draw, Family, Given, Good, Metric, Reference, WrongPath

BY_BUSINESS = Reference(Words("因业务而异", "depends on the business"))

HANDLING = (
    Metric(
        key="after_call_work",
        number=2,
        family=Family.HANDLING,
        name=Words("话后处理时长", "After-call work time"),
        definition=Words(
            "客户挂断后，平均每通电话还要多久才能接下一通。",
            "How long an agent is busy with a call on average after the customer has hung up.",
        ),
        counted=Words("按接起的电话平均。", "Averaged over the calls answered."),
        reading=Words(
            "太长就有人在排队等；太短，记录可能没写全。通话中边听边记，话后就短。",
            "Too long, and callers queue meanwhile; too short, and the notes may be thin. Who writes while listening needs little.",
        ),
        text="after_call / answered",
        unit=Unit.SECONDS,
        good=Good.RANGE,
        reference=Reference(Words("30–60 秒", "30–60 s"), D(30), D(60)),
        given=(
            Given("offered", D(90), Draw(60, 160)),
            Given("answered", D(80), Draw(72, 92, of="offered")),
            Given("after_call", D(3840), Draw(2500, 8000, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "all_calls",
                "after_call / offered",
                Words(
                    "您除以了全部呼入。没接起的电话没有话后处理，要除以接起通数。",
                    "You divided by all calls offered. A call never answered leaves no after-call work: divide by the calls answered.",
                ),
            ),
        ),
    ),
    Metric(
        key="handling_time",
        number=5,
        family=Family.HANDLING,
        name=Words("平均处理时长", "Average handling time"),
        definition=Words(
            "一通电话平均占用座席多久：通话加话后处理。",
            "How long a call keeps an agent on average: talk plus after-call work.",
        ),
        counted=Words(
            "静音等待单列，不计入。很多中心计入，比较之前先看口径。",
            "Hold time stands apart and isn't counted. Many centers count it: look at the definition before you compare.",
        ),
        reading=Words(
            "排班的依据。它变长，同样的来电就需要更多人；可也不是越短越好，没解决的客户会再打来。",
            "Staffing rests on it: when it grows, the same calls take more people. Shorter isn't always better: whose matter "
            "isn't solved calls again.",
        ),
        text="(talk + after_call) / answered",
        unit=Unit.SECONDS,
        good=Good.NEITHER,
        reference=BY_BUSINESS,
        given=(
            Given("answered", D(60), Draw(40, 150)),
            Given("talk", D(10800), Draw(14000, 26000, of="answered")),
            Given("hold", D(1500), Draw(1200, 4000, of="answered")),
            Given("after_call", D(3000), Draw(2500, 7000, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "without_after_call",
                "talk / answered",
                Words(
                    "您漏了话后处理，只算了通话时长。写完工单之前，座席接不了下一通。",
                    "You left out after-call work. Until the notes are written the agent can't take the next call.",
                ),
            ),
            WrongPath(
                "with_hold",
                "(talk + hold + after_call) / answered",
                Words(
                    "您把静音等待也算进去了。很多中心这样算，但这里的口径不含它。",
                    "You counted hold time as well. Many centers do; the definition used here leaves it out.",
                ),
            ),
        ),
    ),
    Metric(
        key="handling_time_with_hold",
        number=5,
        variant_of="handling_time",
        family=Family.HANDLING,
        name=Words("平均处理时长（含静音等待）", "Average handling time, hold included"),
        definition=Words(
            "一通电话平均占用座席多久：通话、静音等待加话后处理。",
            "How long a call keeps an agent on average: talk, hold and after-call work.",
        ),
        counted=Words("计入静音等待。有的中心把它单列。", "Hold time counts. Some centers let it stand apart."),
        reading=Words(
            "排班的依据。静音等待时座席同样接不了别的电话，所以算人手时用这个口径更稳妥。",
            "Staffing rests on it. On hold, too, an agent can't take another call, so this definition is the safer one for staffing.",
        ),
        text="(talk + hold + after_call) / answered",
        unit=Unit.SECONDS,
        good=Good.NEITHER,
        reference=BY_BUSINESS,
        given=(
            Given("answered", D(60), Draw(40, 150)),
            Given("talk", D(10800), Draw(14000, 26000, of="answered")),
            Given("hold", D(1500), Draw(1200, 4000, of="answered")),
            Given("after_call", D(3000), Draw(2500, 7000, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "without_hold",
                "(talk + after_call) / answered",
                Words(
                    "您漏了静音等待，这里的口径要计入。",
                    "You left out hold time; by the definition used here it counts.",
                ),
            ),
            WrongPath(
                "without_after_call",
                "(talk + hold) / answered",
                Words(
                    "您漏了话后处理。写完工单之前，座席接不了下一通。",
                    "You left out after-call work. Until the notes are written the agent can't take the next call.",
                ),
            ),
        ),
    ),
    Metric(
        key="hold_time",
        number=6,
        family=Family.HANDLING,
        name=Words("平均静音等待时长", "Average hold time"),
        definition=Words(
            "平均每通电话让客户静音等待多久。", "How long a customer is kept on hold per call on average."
        ),
        counted=Words(
            "按全部接起的电话平均，没有静音的也算。", "Averaged over all calls answered, those without hold included."
        ),
        reading=Words(
            "偏长，多半是知识库不好查或业务不熟。每次静音前先征得同意，超过 15 秒要回来说一声。",
            "When it is long, answers are hard to find or not known. Ask leave before each hold and report back every 15 s.",
        ),
        text="hold / answered",
        unit=Unit.SECONDS,
        good=Good.LOWER,
        reference=BY_BUSINESS,
        given=(
            Given("answered", D(120), Draw(80, 240)),
            Given("held", D(36), Draw(20, 50, of="answered")),
            Given("hold", D(1980), Draw(3500, 9000, of="held")),
        ),
        wrong_paths=(
            WrongPath(
                "only_held",
                "hold / held",
                Words(
                    "您只除以了有过静音的电话。这里按全部接起的电话平均。",
                    "You divided by the calls put on hold only. The average here is over all calls answered.",
                ),
            ),
        ),
    ),
    Metric(
        key="talk_time",
        number=10,
        family=Family.HANDLING,
        name=Words("平均通话时长", "Average talk time"),
        definition=Words(
            "平均每通电话与客户交谈多久。", "How long an agent talks with a customer per call on average."
        ),
        counted=Words("不含话后处理。", "After-call work isn't counted."),
        reading=Words(
            "要与满意度一起看。太短不是优点：多说一分钟就解决的事，不该让客户打第二次。",
            "Read it beside satisfaction. Too short is no virtue where one more minute would have solved the matter.",
        ),
        text="talk / answered",
        unit=Unit.SECONDS,
        good=Good.NEITHER,
        reference=Reference(Words("与满意度平衡", "in balance with satisfaction")),
        given=(
            Given("answered", D(75), Draw(40, 150)),
            Given("talk", D(13200), Draw(12000, 26000, of="answered")),
            Given("after_call", D(3600), Draw(2500, 7000, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "with_after_call",
                "(talk + after_call) / answered",
                Words(
                    "您把话后处理也加上了，那是平均处理时长。这里只算通话。",
                    "You added after-call work; that is the average handling time. Only talk counts here.",
                ),
            ),
        ),
    ),
    Metric(
        key="calls_per_hour",
        number=11,
        family=Family.HANDLING,
        name=Words("每小时接话量", "Calls per hour"),
        definition=Words("座席签入一小时平均接多少通电话。", "How many calls an agent takes per hour signed in."),
        counted=Words("只算签入的工时，培训和休息不算。", "Only hours signed in count, not training or breaks."),
        reading=Words(
            "取决于来电多少和通话长短，座席自己能左右的不多，不宜单独拿来排名。",
            "It hangs on how many calls come in and how long they are, more than on the agent. Not a figure to rank people by.",
        ),
        text="answered / signed_in_hours",
        unit=Unit.PER_HOUR,
        good=Good.NEITHER,
        reference=BY_BUSINESS,
        given=(
            Given("answered", D(91), Draw(60, 130)),
            Given("signed_in_hours", D("6.5"), Draw(6, 9, of="answered")),
            Given("paid_hours", D(8), Draw(112, 135, of="signed_in_hours")),
        ),
        wrong_paths=(
            WrongPath(
                "paid_hours",
                "answered / paid_hours",
                Words(
                    "您除以了计薪工时。休息和培训时接不了电话，要除以签入工时。",
                    "You divided by the hours paid. Nobody takes calls in a break or a training: divide by the hours signed in.",
                ),
            ),
            WrongPath(
                "upside_down",
                "signed_in_hours / answered",
                Words(
                    "上下颠倒了：您算的是每通电话用多少小时。",
                    "Upside down: that is how many hours a call takes.",
                ),
            ),
        ),
    ),
    Metric(
        key="occupancy",
        number=13,
        family=Family.HANDLING,
        name=Words("工时占用率", "Occupancy"),
        definition=Words(
            "签入接话的时间里，有多少在与客户通话或静音等待，而不是空等来电。",
            "The share of an agent's time for calls that is spent with a customer, talking or on hold, instead of waiting for one.",
        ),
        counted=Words(
            "话后处理不计入。很多中心计入，比较之前先看口径。",
            "After-call work isn't counted. Many centers count it: look at the definition before you compare.",
        ),
        reading=Words(
            "太低是人闲着；长期很高，座席没有喘息，差错和离职都会多起来。",
            "Low: people wait for calls. High for long: nobody draws breath, and mistakes and resignations grow.",
        ),
        text="(talk + hold) / (talk + hold + idle) * 100",
        unit=Unit.PERCENT,
        good=Good.NEITHER,
        reference=BY_BUSINESS,
        given=(
            Given("talk", D(15000), Draw(9000, 18000)),
            Given("hold", D(1800), Draw(6, 18, of="talk")),
            Given("after_call", D(4200), Draw(18, 40, of="talk")),
            Given("idle", D(4200), Draw(18, 60, of="talk")),
        ),
        wrong_paths=(
            WrongPath(
                "with_after_call",
                "(talk + hold + after_call) / (talk + hold + after_call + idle) * 100",
                Words(
                    "您把话后处理也算进去了。很多中心这样算，但这里的口径不含它。",
                    "You counted after-call work as well. Many centers do; the definition used here leaves it out.",
                ),
            ),
            WrongPath(
                "without_hold",
                "talk / (talk + hold + idle) * 100",
                Words(
                    "您漏了静音等待。客户还在线上，座席也是忙的。",
                    "You left hold time out above. The customer is still on the line, so the agent is busy.",
                ),
            ),
            WrongPath(
                "by_idle",
                "(talk + hold) / idle * 100",
                Words(
                    "您除以了空闲时长。要除以忙和闲的总和。",
                    "You divided by the idle time. Divide by busy and idle time together.",
                ),
            ),
        ),
    ),
    Metric(
        key="occupancy_with_after_call_work",
        number=13,
        variant_of="occupancy",
        family=Family.HANDLING,
        name=Words("工时占用率（含话后处理）", "Occupancy, after-call work included"),
        definition=Words(
            "签入接话的时间里，有多少在处理电话（通话、静音等待、话后处理），而不是空等来电。",
            "The share of an agent's time for calls that goes into handling them: talk, hold and after-call work.",
        ),
        counted=Words(
            "计入话后处理，与排班人力计算器的口径相同。",
            "After-call work counts, as it does in the staffing calculator.",
        ),
        reading=Words(
            "太低是人闲着；长期很高，座席没有喘息，差错和离职都会多起来。",
            "Low: people wait for calls. High for long: nobody draws breath, and mistakes and resignations grow.",
        ),
        text="(talk + hold + after_call) / (talk + hold + after_call + idle) * 100",
        unit=Unit.PERCENT,
        good=Good.NEITHER,
        reference=BY_BUSINESS,
        given=(
            Given("talk", D(15000), Draw(9000, 18000)),
            Given("hold", D(1800), Draw(6, 18, of="talk")),
            Given("after_call", D(4200), Draw(18, 40, of="talk")),
            Given("idle", D(4200), Draw(18, 60, of="talk")),
        ),
        wrong_paths=(
            WrongPath(
                "without_after_call",
                "(talk + hold) / (talk + hold + idle) * 100",
                Words(
                    "您漏了话后处理，这里的口径要计入：那段时间座席也在忙。",
                    "You left out after-call work; by the definition used here it counts: the agent is busy then, too.",
                ),
            ),
            WrongPath(
                "after_call_below_only",
                "(talk + hold) / (talk + hold + after_call + idle) * 100",
                Words(
                    "分母里有话后处理，分子里漏了。它也是忙的时间。",
                    "After-call work stands below but not above. It is busy time and belongs in both.",
                ),
            ),
        ),
    ),
)
