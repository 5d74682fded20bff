"""Do callers get through, and how long do they wait?"""

from decimal import Decimal as D

from courses.simulators.metrics.figures import Unit, Words
from courses.simulators.metrics.shapes import Draw, Family, Given, Good, Metric, Reference, WrongPath

ACCESS = (
    Metric(
        key="abandon_time",
        number=3,
        family=Family.ACCESS,
        name=Words("平均放弃时间", "Average abandon time"),
        definition=Words(
            "没等到接通就挂断的客户，挂断前平均等了多久。",
            "How long callers who give up have waited before they hang up.",
        ),
        counted=Words(
            "只算放弃的来电，已接起的不算在内。", "Only calls that were abandoned count, not those answered."
        ),
        reading=Words(
            "这是客户的耐心。很短，说明一开头就有什么劝退了客户，比如语音菜单太长；变长，说明大家都等得更久。",
            "It tells how patient callers are. Very short: something drives them away at once, a long menu for example. "
            "Growing: everybody waits longer.",
        ),
        text="abandon_wait / abandoned",
        unit=Unit.SECONDS,
        good=Good.RANGE,
        reference=Reference(Words("20–60 秒", "20–60 s"), D(20), D(60)),
        given=(
            Given("offered", D(480), Draw(300, 700)),
            Given("abandoned", D(24), Draw(4, 9, of="offered")),
            Given("abandon_wait", D(984), Draw(2200, 7500, of="abandoned")),
        ),
        wrong_paths=(
            WrongPath(
                "all_calls",
                "abandon_wait / offered",
                Words(
                    "您除以了全部呼入。这里只看放弃的客户等了多久，要除以放弃通数。",
                    "You divided by all calls offered. This is about those who gave up: divide by the calls abandoned.",
                ),
            ),
        ),
    ),
    Metric(
        key="rings",
        number=7,
        family=Family.ACCESS,
        name=Words("平均振铃次数", "Average rings"),
        definition=Words(
            "电话被座席或语音系统接起之前平均响几声。",
            "How often it rings before an agent or the voice system answers.",
        ),
        counted=Words("只算接起的电话。", "Only calls that were answered count."),
        reading=Words(
            "客户的第一印象。超过三声，先看是否有座席签入后离席。",
            "The caller's first impression. Above three, look first for agents who are signed in but away from the seat.",
        ),
        text="rings / answered",
        unit=Unit.RINGS,
        good=Good.LOWER,
        reference=Reference(Words("不超过 3 声", "at most 3"), None, D(3)),
        given=(
            Given("offered", D(250), Draw(150, 400)),
            Given("answered", D(225), Draw(70, 90, of="offered")),
            Given("rings", D(540), Draw(180, 420, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "all_calls",
                "rings / offered",
                Words(
                    "您除以了全部呼入。振铃只统计接起的电话，要除以接起通数。",
                    "You divided by all calls offered. Rings are counted for answered calls: divide by those.",
                ),
            ),
        ),
    ),
    Metric(
        key="queue_time",
        number=8,
        family=Family.ACCESS,
        name=Words("平均排队时长", "Average queue time"),
        definition=Words(
            "进入排队的来电平均在队列里等了多久。", "How long calls that enter the queue wait in it on average."
        ),
        counted=Words(
            "所有进入排队的来电都算，后来放弃的也算。",
            "Every call that was queued counts, also if it was abandoned later.",
        ),
        reading=Words(
            "真正排队的客户的感受。直接接通的客户没有排队，所以它比平均应答速度长。",
            "What it is like for those who really queue. Calls answered at once never queued, so it is longer than the "
            "average speed of answer.",
        ),
        text="queue_wait / queued",
        unit=Unit.SECONDS,
        good=Good.LOWER,
        reference=Reference(Words("因业务而异", "depends on the business")),
        given=(
            Given("answered", D(400), Draw(250, 600)),
            Given("queued", D(120), Draw(22, 55, of="answered")),
            Given("queue_wait", D(5400), Draw(2500, 7500, of="queued")),
        ),
        wrong_paths=(
            WrongPath(
                "answered",
                "queue_wait / answered",
                Words(
                    "您除以了接起通数，那是平均应答速度。这里要除以进入排队的通数。",
                    "You divided by the calls answered; that is the average speed of answer. Here divide by the calls queued.",
                ),
            ),
        ),
    ),
    Metric(
        key="speed_of_answer",
        number=9,
        family=Family.ACCESS,
        name=Words("平均应答速度", "Average speed of answer"),
        definition=Words(
            "已接起的电话平均排了多久的队，没排队的也算。",
            "How long answered calls have queued on average, those answered at once included.",
        ),
        counted=Words(
            "全部接起的电话都算，没排队的按 0 秒算。", "All answered calls count; who didn't queue counts with 0 s."
        ),
        reading=Words(
            "每半小时看一次。变慢时先查四件事：话后处理太长、静音等待太长、预测不准、排班遵守率低。",
            "Read it every half-hour. When it rises, look for four things: long after-call work, long holds, a poor forecast, "
            "low adherence.",
        ),
        text="queue_wait / answered",
        unit=Unit.SECONDS,
        good=Good.LOWER,
        reference=Reference(
            Words("每半小时看一次，目标因业务而异", "read every half-hour; the target depends on the business")
        ),
        given=(
            Given("answered", D(150), Draw(90, 260)),
            Given("queued", D(60), Draw(25, 60, of="answered")),
            Given("queue_wait", D(3300), Draw(3000, 9000, of="queued")),
        ),
        wrong_paths=(
            WrongPath(
                "only_queued",
                "queue_wait / queued",
                Words(
                    "您只除以了排过队的来电，那是平均排队时长。直接接起的也算，要除以全部接起通数。",
                    "You divided by the queued calls only; that is the average queue time. Calls answered at once count too: "
                    "divide by all calls answered.",
                ),
            ),
        ),
    ),
    Metric(
        key="abandon_rate",
        number=14,
        family=Family.ACCESS,
        name=Words("放弃率", "Abandon rate"),
        definition=Words(
            "客户没等到接通就挂断的比例，20 秒以内的短时放弃不计。",
            "The share of calls whose caller hangs up before an answer; short abandons within 20 s don't count.",
        ),
        counted=Words(
            "短时放弃只从放弃通数中扣除，接入通数不扣。",
            "Short abandons are taken off the abandoned calls only, not off the calls connected.",
        ),
        reading=Words(
            "与服务水平对照着看：放弃率升，服务水平多半在降。很快就挂断的多是拨错或改了主意。",
            "Read it beside the service level: where one rises the other mostly falls. Who hangs up at once has mostly "
            "misdialled or changed their mind.",
        ),
        text="(abandoned - short_abandons) / connected * 100",
        unit=Unit.PERCENT,
        good=Good.LOWER,
        reference=Reference(
            Words("没有固定目标，与服务水平对照着看", "no fixed target; read it beside the service level")
        ),
        given=(
            Given("connected", D(400), Draw(240, 700)),
            Given("abandoned", D(36), Draw(8, 20, of="connected")),
            Given("short_abandons", D(12), Draw(20, 45, of="abandoned")),
        ),
        wrong_paths=(
            WrongPath(
                "short_counted",
                "abandoned / connected * 100",
                Words(
                    "您把短时放弃也算进去了。20 秒以内挂断的不计，先从放弃通数里减掉。",
                    "You counted the short abandons. Who hangs up within 20 s isn't counted: take them off first.",
                ),
            ),
            WrongPath(
                "by_answered",
                "(abandoned - short_abandons) / (connected - abandoned) * 100",
                Words(
                    "您除以了接起通数。放弃率要除以全部接入通数，放弃的也在其中。",
                    "You divided by the calls answered. Divide by all calls connected, the abandoned ones among them.",
                ),
            ),
            WrongPath(
                "short_off_both",
                "(abandoned - short_abandons) / (connected - short_abandons) * 100",
                Words(
                    "您在分母里也扣掉了短时放弃。有的中心这样算，本平台的口径是只从放弃通数里扣。",
                    "You took the short abandons off below as well. Some centers do; by the definition here they come off "
                    "the abandoned calls only.",
                ),
            ),
        ),
        limits=(("short_abandons", "abandoned"), ("abandoned", "connected")),
    ),
    Metric(
        key="blockage",
        number=16,
        family=Family.ACCESS,
        name=Words("遇忙率", "Blockage rate"),
        definition=Words(
            "打进来却听到忙音的来电占全部拨打的比例。", "The share of all tries to call that end in a busy tone."
        ),
        counted=Words(
            "分母是全部拨打：遇忙的加上接入的。",
            "The whole is every try: calls that got a busy tone plus calls connected.",
        ),
        reading=Words(
            "按小时看。客户连排队的机会都没有，一般是线路不够或高峰没预料到。",
            "Read it by the hour. These callers can't even queue: too few lines, or a peak nobody expected.",
        ),
        text="blocked / (blocked + connected) * 100",
        unit=Unit.PERCENT,
        good=Good.LOWER,
        reference=Reference(Words("每小时看一次，越低越好", "read hourly; the lower the better")),
        given=(
            Given("connected", D(460), Draw(300, 800)),
            Given("blocked", D(40), Draw(10, 30, of="connected")),
        ),
        wrong_paths=(
            WrongPath(
                "by_connected",
                "blocked / connected * 100",
                Words(
                    "您除以了接入通数。遇忙的也是来电，分母要把它们加上。",
                    "You divided by the calls connected. Those that got a busy tone were calls too: add them below.",
                ),
            ),
        ),
    ),
    Metric(
        key="queue_placement",
        number=18,
        family=Family.ACCESS,
        name=Words("排队率", "Queue placement rate"),
        definition=Words("需要排队的来电占全部来电的比例。", "The share of all calls that have to queue."),
        counted=Words("分母是全部呼入，放弃的也算。", "The whole is all calls offered, the abandoned ones included."),
        reading=Words(
            "按周看。排队的人多而等得不久，是高峰短；又多又久，是人手不足。",
            "Read it weekly. Many who queue briefly: short peaks. Many who queue long: too few people.",
        ),
        text="queued / offered * 100",
        unit=Unit.PERCENT,
        good=Good.LOWER,
        reference=Reference(Words("每周看一次，因业务而异", "read weekly; depends on the business")),
        given=(
            Given("offered", D(500), Draw(300, 900)),
            Given("answered", D(450), Draw(78, 92, of="offered")),
            Given("queued", D(160), Draw(20, 55, of="offered")),
        ),
        wrong_paths=(
            WrongPath(
                "by_answered",
                "queued / answered * 100",
                Words(
                    "您除以了接起通数。排队率看的是全部来电，放弃的也算，要除以呼入通数。",
                    "You divided by the calls answered. All calls count, the abandoned ones too: divide by the calls offered.",
                ),
            ),
        ),
        limits=(("queued", "offered"),),
    ),
    Metric(
        key="answer_rate",
        number=20,
        family=Family.ACCESS,
        name=Words("接通率", "Answer rate"),
        definition=Words(
            "打进来的电话有多少最终被接起，不论等了多久。",
            "The share of the calls offered that are answered at last, however long it took.",
        ),
        counted=Words("等了多久都算接起。", "An answer counts whatever the wait."),
        reading=Words(
            "每天看一次。接通率高而服务水平低，说明客户都等到了，但等得太久。",
            "Read it daily. A high answer rate with a low service level means: callers are answered, but wait too long.",
        ),
        text="answered / offered * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("每天看一次，目标因业务而异", "read daily; the target depends on the business")),
        given=(
            Given("offered", D(400), Draw(240, 800)),
            Given("answered", D(372), Draw(86, 98, of="offered")),
            Given("answered_in_time", D(310), Draw(68, 90, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "in_time",
                "answered_in_time / offered * 100",
                Words(
                    "您只算了 20 秒内接起的，那是服务水平。接通率把所有接起的都算上。",
                    "You took only the calls answered within 20 s; that is the service level. The answer rate counts every answer.",
                ),
            ),
        ),
        limits=(("answered", "offered"),),
    ),
    Metric(
        key="service_level",
        number=21,
        family=Family.ACCESS,
        name=Words("服务水平", "Service level"),
        definition=Words(
            "规定秒数（这里是 20 秒）之内接起的电话占全部呼入的比例。",
            "The share of the calls offered that are answered within the agreed seconds, here 20.",
        ),
        counted=Words(
            "分母是全部呼入，没接起的也算。", "The whole is all calls offered, also those that were never answered."
        ),
        reading=Words(
            "客户等得起、公司付得起的折中。低于目标，先分清是来电多了、通话长了还是人少了。",
            "What callers can bear and the company can pay. Below target, find out first: more calls, longer calls, or fewer people?",
        ),
        text="answered_in_time / offered * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("20 秒内接起 80%", "80% within 20 s"), D(80), None),
        given=(
            Given("offered", D(200), Draw(120, 480)),
            Given("answered", D(184), Draw(84, 96, of="offered")),
            Given("answered_in_time", D(148), Draw(68, 94, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "by_answered",
                "answered_in_time / answered * 100",
                Words(
                    "您除以了接起通数。没接起的客户也打来过，要除以呼入通数。",
                    "You divided by the calls answered. Those who were never answered called too: divide by the calls offered.",
                ),
            ),
            WrongPath(
                "answer_rate",
                "answered / offered * 100",
                Words(
                    "您算的是接通率，把所有接起的都算了。服务水平只算 20 秒内接起的。",
                    "That is the answer rate: every answer counted. The service level takes only those within 20 s.",
                ),
            ),
        ),
        limits=(("answered_in_time", "offered"),),
    ),
    Metric(
        key="total_calls",
        number=22,
        family=Family.ACCESS,
        name=Words("来电总量", "Total calls"),
        definition=Words(
            "一段时间内全部来电：接起的、放弃的、遇忙的都算。",
            "All calls of a period: answered, abandoned and blocked.",
        ),
        counted=Words("遇忙和放弃也是来电。", "A busy tone or a hang-up was a call too."),
        reading=Words(
            "按小时看，是预测的原料。只数接起的，会低估真正的需求，人手就会一直不够。",
            "Read it by the hour; forecasts are made of it. Who counts only answered calls sees too little demand and staffs "
            "too few, again and again.",
        ),
        text="answered + abandoned + blocked",
        unit=Unit.CALLS,
        good=Good.NEITHER,
        reference=Reference(Words("每小时看一次", "read hourly")),
        given=(
            Given("answered", D(312), Draw(180, 600)),
            Given("abandoned", D(26), Draw(4, 14, of="answered")),
            Given("blocked", D(9), Draw(15, 80, of="abandoned")),
        ),
        wrong_paths=(
            WrongPath(
                "without_blocked",
                "answered + abandoned",
                Words(
                    "您漏了遇忙的。客户打了，只是没打进来，也算来电。",
                    "You left out the calls that got a busy tone. They wanted to reach you too and count.",
                ),
            ),
            WrongPath(
                "without_abandoned",
                "answered + blocked",
                Words(
                    "您漏了放弃的。没等到接通的也算来电。", "You left out the abandoned calls. Who gave up called too."
                ),
            ),
            WrongPath(
                "only_answered",
                "answered",
                Words(
                    "您只数了接起的。放弃的和遇忙的也是来电。",
                    "You counted only the answered calls. Abandoned and blocked ones were calls too.",
                ),
            ),
        ),
    ),
)
