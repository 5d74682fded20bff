"""The template of our spreadsheet, filled with one example of each kind."""

from decimal import Decimal

from assessments.bank.formats.records import FiledQuestion, Filing, WrittenFile
from assessments.bank.formats.sheet import write_sheet
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse


def template_file() -> WrittenFile:
    examples = [
        FiledQuestion(
            wording,
            Filing(
                key=f"example-{wording.kind.replace('_', '-')}",
                use=QuestionUse.EXAM,
                status=QuestionStatus.DRAFT,
                difficulty=2,
                tags=("example",),
            ),
        )
        for wording in EXAMPLES
    ]
    return write_sheet(examples)


def _line(zh: str, en: str, **more: object) -> OptionWords:
    return OptionWords(zh, en, **more)  # type: ignore[arg-type]


EXAMPLES = (
    Wording(
        kind=QuestionKind.SINGLE.value,
        stem_zh="请客户等候之前，先说什么？",
        stem_en="What do you say before you put a customer on hold?",
        options=(
            _line(
                "原因和大约多久",
                "The reason and about how long",
                is_right=True,
                feedback_zh="对。",
                feedback_en="Right.",
            ),
            _line(
                "“等一下”",
                "“One moment”",
                feedback_zh="客户不知道要等什么。",
                feedback_en="The customer doesn’t know what for.",
            ),
            _line("什么都不说", "Nothing"),
        ),
        explanation_zh="先说明原因和时长，再征得同意。",
        explanation_en="Reason and length first, then ask leave.",
    ),
    Wording(
        kind=QuestionKind.MULTIPLE.value,
        stem_zh="哪些做法能安抚情绪激动的客户？",
        stem_en="What calms an upset customer?",
        options=(
            _line("先让客户说完", "Letting the customer finish", is_right=True, credit=Decimal("0.5")),
            _line("复述问题", "Restating the problem", is_right=True, credit=Decimal("0.5")),
            _line("说“这不归我管”", "Saying “not my job”", credit=Decimal("-0.5")),
        ),
        partial_credit=True,
    ),
    Wording(
        kind=QuestionKind.TRUE_FALSE.value,
        stem_zh="核对身份之前可以报出客户的余额。",
        stem_en="You may tell the balance before you have verified who is calling.",
        options=(_line("正确", "True"), _line("错误", "False", is_right=True)),
    ),
    Wording(
        kind=QuestionKind.MATCHING.value,
        stem_zh="把指标和含义配对。",
        stem_en="Match each figure with what it means.",
        options=(
            _line("AHT", "AHT", match_zh="平均处理时长", match_en="Average handling time"),
            _line("FCR", "FCR", match_zh="一次解决率", match_en="First-call resolution"),
            _line("", "", match_zh="弃呼率", match_en="Abandonment rate"),
        ),
        partial_credit=True,
    ),
    Wording(
        kind=QuestionKind.ORDERING.value,
        stem_zh="按顺序排列开场步骤。",
        stem_en="Put the steps of an opening in order.",
        options=(
            _line("问候", "Greet"),
            _line("报出姓名", "Give your name"),
            _line("询问来意", "Ask what it is about"),
        ),
    ),
    Wording(
        kind=QuestionKind.NUMERIC.value,
        stem_zh="3 通电话共用时 960 秒，平均处理时长是多少？",
        stem_en="Three calls took 960 seconds. What is the average handling time?",
        options=(_line("320", "320", is_right=True, tolerance=Decimal(1)),),
        unit="s",
    ),
    Wording(
        kind=QuestionKind.SHORT_TEXT.value,
        stem_zh="通话后录入小结的时间叫什么？",
        stem_en="What is the time for writing up a call called?",
        options=(
            _line("话后处理", "after-call work", is_right=True),
            _line("话后处理时长", "wrap-up", is_right=True),
        ),
    ),
    Wording(
        kind=QuestionKind.CLOZE.value,
        stem_zh="服务水平 80/20 表示 [[1]]% 的来电在 [[2]] 秒内接起。",
        stem_en="A service level of 80/20 means that [[1]] % of calls are answered within [[2]] seconds.",
        options=(
            _line("80", "80", is_right=True, gap=1),
            _line("10", "10", gap=2),
            _line("20", "20", is_right=True, gap=2),
        ),
        gaps=(GapWords(1, QuestionKind.NUMERIC.value), GapWords(2, QuestionKind.SINGLE.value)),
        partial_credit=True,
    ),
    Wording(
        kind=QuestionKind.WRITTEN.value,
        stem_zh="请写一段回复，向投诉断网的客户致歉。",
        stem_en="Write an answer that apologises to a customer whose line was down.",
        options=(
            _line("致歉具体、真诚", "The apology is concrete and honest", credit=Decimal(2)),
            _line("说明下一步和时间", "Says what happens next and when", credit=Decimal(3)),
        ),
    ),
    Wording(
        kind=QuestionKind.SPOKEN.value,
        stem_zh="请录一段开场白。",
        stem_en="Record how you open a call.",
        options=(
            _line("语气热情", "Sounds warm", credit=Decimal(1)),
            _line("吐字清楚", "Speaks clearly", credit=Decimal(1)),
        ),
    ),
)
