"""Who is there, and what it costs."""

from decimal import Decimal as D

from courses.simulators.metrics.figures import Unit, Words
from courses.simulators.metrics.shapes import Draw, Family, Given, Good, Metric, Reference, WrongPath

RESOURCES = (
    Metric(
        key="adherence",
        number=1,
        family=Family.RESOURCES,
        name=Words("排班遵守率（实际工作率）", "Schedule adherence (actual work rate)"),
        definition=Words(
            "签入并可接听的时间占排班时间的比例。",
            "The share of the scheduled time that somebody is signed in and ready for calls.",
        ),
        counted=Words(
            "通话和话后处理算可接听，小休和离席不算。",
            "Talk and after-call work count as ready; breaks and time away from the seat don't.",
        ),
        reading=Words(
            "一个人离开座位，所有客户都多等。偏低先问原因：管理、新人没人带、规则不清、缺勤，还是派了别的活。",
            "One person away makes every caller wait longer. When it is low, ask why: supervision, new staff left alone, rules "
            "not understood, absence, or other work.",
        ),
        text="ready_minutes / scheduled_minutes * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("不低于 92%", "at least 92%"), D(92), None),
        given=(
            Given("scheduled_minutes", D(450), Draw(360, 520)),
            Given("signed_in_minutes", D(441), Draw(95, 100, of="scheduled_minutes")),
            Given("ready_minutes", D(405), Draw(82, 97, of="signed_in_minutes")),
        ),
        wrong_paths=(
            WrongPath(
                "all_signed_in",
                "signed_in_minutes / scheduled_minutes * 100",
                Words(
                    "您用了签入总时间，小休和离席也在里面。只算可接听的时间。",
                    "You took all the time signed in, breaks and absences included. Only the time ready for calls counts.",
                ),
            ),
            WrongPath(
                "by_signed_in",
                "ready_minutes / signed_in_minutes * 100",
                Words(
                    "您除以了签入总时间。迟到早退就看不出来了，要除以排班时间。",
                    "You divided by the time signed in. That hides who came late or left early: divide by the scheduled time.",
                ),
            ),
            WrongPath(
                "upside_down",
                "scheduled_minutes / ready_minutes * 100",
                Words(
                    "上下颠倒了：应该是可接听时间除以排班时间。",
                    "Upside down: divide the ready time by the scheduled time.",
                ),
            ),
        ),
    ),
    Metric(
        key="cost_per_call",
        number=4,
        family=Family.RESOURCES,
        name=Words("每通电话成本", "Cost per call"),
        definition=Words("接一通电话平均花多少钱。", "What one call costs on average."),
        counted=Words(
            "总成本含人工、场地、线路和系统，由财务提供。",
            "Total cost holds wages, rooms, lines and systems; finance provides it.",
        ),
        reading=Words(
            "很低不一定好：可能是人太少，客户在排队。要与服务水平和一次解决率一起看。",
            "Very low isn't always good: there may be too few people, and callers queue. Read it beside the service level and "
            "first-call resolution.",
        ),
        text="total_cost / answered",
        unit=Unit.MONEY,
        good=Good.RANGE,
        reference=Reference(Words("4 元左右，目标 2–5 元", "about 4, target 2–5 (currency units)"), D(2), D(5)),
        given=(
            Given("answered", D(52000), Draw(30000, 80000)),
            Given("total_cost", D(218400), Draw(260, 560, of="answered")),
            Given("wages", D(152880), Draw(55, 78, of="total_cost")),
        ),
        wrong_paths=(
            WrongPath(
                "only_wages",
                "wages / answered",
                Words(
                    "您只算了人工成本。场地、线路和系统也要花钱，用总成本。",
                    "You took the wages only. Rooms, lines and systems cost money too: take the total cost.",
                ),
            ),
        ),
    ),
    Metric(
        key="attendance",
        number=15,
        family=Family.RESOURCES,
        name=Words("出勤率", "Attendance"),
        definition=Words("排了班的人里有多少到岗。", "The share of the people scheduled who are present."),
        counted=Words(
            "分母是当班应到的人，轮休的不算。以门禁或打卡为准。",
            "The whole is those scheduled for the shift, not those on a day off. The door or punch clock decides.",
        ),
        reading=Words(
            "到岗不等于接电话：出勤率高而遵守率低，人来了却不在可接听状态。",
            "Being there isn't being ready: with high attendance and low adherence people came but don't take calls.",
        ),
        text="present / scheduled_people * 100",
        unit=Unit.PERCENT,
        good=Good.HIGHER,
        reference=Reference(Words("目标因企业而异", "the target depends on the company")),
        given=(
            Given("headcount", D(60), Draw(45, 160)),
            Given("scheduled_people", D(48), Draw(65, 88, of="headcount")),
            Given("present", D(46), Draw(84, 98, of="scheduled_people")),
        ),
        wrong_paths=(
            WrongPath(
                "by_headcount",
                "present / headcount * 100",
                Words(
                    "您除以了在册人数。轮休的人今天本不用来，要除以应到人数。",
                    "You divided by everybody on the team. Who has a day off needn't come: divide by the people scheduled.",
                ),
            ),
        ),
        limits=(("present", "scheduled_people"),),
    ),
    Metric(
        key="turnover",
        number=23,
        family=Family.RESOURCES,
        name=Words("座席流失率", "Agent turnover"),
        definition=Words(
            "一年里离职的人占平均人数的比例。", "The share of the average headcount that leaves within a year."
        ),
        counted=Words(
            "新入职的人不抵减离职人数。数据由人力资源部门提供。",
            "New people don't make up for those who left. Human resources provide the figures.",
        ),
        reading=Words(
            "太高，经验流失、培训忙不过来；太低也未必好，可能没有上升通道。离职面谈里说得最多的是管理、环境和压力，而不是薪酬。",
            "Too high: experience drains and training can't keep up. Too low is no good sign either: nobody moves on. People who "
            "leave name supervision, surroundings and strain far more often than pay.",
        ),
        text="leavers / average_headcount * 100",
        unit=Unit.PERCENT,
        good=Good.RANGE,
        reference=Reference(Words("行业约 25%，保持在 15%–30%", "industry about 25%; keep it at 15–30%"), D(15), D(30)),
        given=(
            Given("average_headcount", D(120), Draw(60, 240)),
            Given("leavers", D(27), Draw(12, 40, of="average_headcount")),
            Given("joiners", D(18), Draw(40, 85, of="leavers")),
        ),
        wrong_paths=(
            WrongPath(
                "joiners_set_off",
                "(leavers - joiners) / average_headcount * 100",
                Words(
                    "您用新入职的抵减了离职的。来了新人，走掉的经验也回不来，不能相抵。",
                    "You set the new people off against the leavers. New people don't bring the lost experience back: don't subtract.",
                ),
            ),
            WrongPath(
                "joiners_added",
                "(leavers + joiners) / average_headcount * 100",
                Words(
                    "您把新入职的也加上了。流失率只看离职的。",
                    "You added the people who joined. Turnover counts those who leave.",
                ),
            ),
        ),
    ),
)
