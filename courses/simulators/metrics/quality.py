"""Is the customer served well?"""

from decimal import Decimal as D

from courses.simulators.metrics.figures import Unit, Words
from courses.simulators.metrics.shapes import Draw, Family, Given, Good, Metric, Reference, WrongPath

QUALITY = (
    Metric(
        key="monitoring_score",
        number=12,
        family=Family.QUALITY,
        name=Words("监听得分", "Monitoring score"),
        definition=Words(
            "一个月里被质检的电话，得分占满分的比例。",
            "The share of the attainable points that the calls marked in a month have reached.",
        ),
        counted=Words(
            "不适用的项目不计，得分和满分里都没有它。", "Items that didn't apply are left out, above and below."
        ),
        reading=Words(
            "按月看。抽检的通数少，一两通就能让它跳动，先看通数再下结论。",
            "Read it monthly. With few calls marked, one or two move it a lot: look at their number before you conclude.",
        ),
        text="points / attainable * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("每月看一次", "read monthly")),
        given=(
            Given("attainable", D(360), Draw(240, 520)),
            Given("points", D(318), Draw(72, 97, of="attainable")),
            Given("not_applicable", D(40), Draw(8, 20, of="attainable")),
        ),
        wrong_paths=(
            WrongPath(
                "not_applicable_counted",
                "points / (attainable + not_applicable) * 100",
                Words(
                    "您把不适用项也算进了满分。没有机会得到的分不该扣。",
                    "You counted items that didn't apply as attainable. Nobody should lose points there was no chance to earn.",
                ),
            ),
            WrongPath(
                "not_applicable_given",
                "(points + not_applicable) / (attainable + not_applicable) * 100",
                Words(
                    "您把不适用项当作满分加上了。它不得分也不扣分，上下都不计。",
                    "You gave full points for items that didn't apply. They count neither way: leave them out above and below.",
                ),
            ),
        ),
        limits=(("points", "attainable"),),
    ),
    Metric(
        key="first_call_resolution",
        number=17,
        family=Family.QUALITY,
        name=Words("一次解决率", "First-call resolution"),
        definition=Words(
            "一次来电就办好的比例：客户没再打来，我方也没再打去。",
            "The share of matters settled in one call, with no second call in either direction.",
        ),
        counted=Words(
            "客户再次来电和我方回电，都算没有一次解决。",
            "A second call by the customer and a call back by us both count as not settled at once.",
        ),
        reading=Words(
            "每天看。每少一次，客户多等一回，队列里也多一通电话。",
            "Read it daily. Each one missed costs the customer another wait, and puts another call into the queue.",
        ),
        text="(first_calls - called_again - called_back) / first_calls * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("某公用事业热线公布 96.5%", "one utility reports 96.5%"), D("96.5"), None),
        given=(
            Given("first_calls", D(400), Draw(250, 800)),
            Given("called_again", D(20), Draw(3, 9, of="first_calls")),
            Given("called_back", D(12), Draw(2, 7, of="first_calls")),
        ),
        wrong_paths=(
            WrongPath(
                "call_backs_forgotten",
                "(first_calls - called_again) / first_calls * 100",
                Words(
                    "您漏了我方的回电。要我们再打一次才办好的，也不算一次解决。",
                    "You left out our own calls back. A matter we had to call about again wasn't settled at once.",
                ),
            ),
            WrongPath(
                "repeats_forgotten",
                "(first_calls - called_back) / first_calls * 100",
                Words("您漏了客户再次来电的。", "You left out the customers who called again."),
            ),
        ),
        limits=(("called_again + called_back", "first_calls"),),
    ),
    Metric(
        key="transfer_rate",
        number=19,
        family=Family.QUALITY,
        name=Words("转接率", "Transfer rate"),
        definition=Words(
            "座席接起后又转给别人的电话占多少。",
            "The share of the calls an agent takes that are passed on to somebody else.",
        ),
        counted=Words(
            "分母是接起的电话，没接起的转不了。", "The whole is the calls answered; others can't be transferred."
        ),
        reading=Words(
            "偏高，要看分流菜单是否选错队列，或哪项业务还没学。转接时把情况交代清楚，别让客户再说一遍。",
            "When it is high, either the menu leads to the wrong queue or something hasn't been taught. Brief your colleague, "
            "so that the customer needn't repeat it all.",
        ),
        text="transferred / answered * 100",
        unit=Unit.PERCENT,
        good=Good.LOWER,
        reference=Reference(Words("不超过 1%–2%", "at most 1–2%"), None, D(2)),
        given=(
            Given("offered", D(1000), Draw(600, 1500)),
            Given("answered", D(800), Draw(62, 82, of="offered")),
            Given("transferred", D(20), Draw(2, 9, of="answered")),
        ),
        wrong_paths=(
            WrongPath(
                "all_calls",
                "transferred / offered * 100",
                Words(
                    "您除以了全部呼入。没接起的电话转不了，要除以接起通数。",
                    "You divided by all calls offered. A call never answered can't be transferred: divide by the calls answered.",
                ),
            ),
        ),
        limits=(("transferred", "answered"),),
    ),
)
