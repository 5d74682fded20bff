"""One question of each kind, and a quiz that asks them all."""

from decimal import Decimal

from assessments.bank.models import Question
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.services import write_question
from assessments.bank.states import QuestionKind as Kind
from assessments.bank.states import QuestionStatus
from assessments.quizzes.models import Quiz
from lms.skills.models import Skill
from tests.conftest import MON_9
from tests.factories.quizzes import QuizFactory, QuizVersionFactory, SlotFactory
from tests.factories.skills import SkillFactory


def _options(*texts: str, right: tuple[int, ...] = (0,)) -> tuple[OptionWords, ...]:
    return tuple(
        OptionWords(f"{text}（中）", text, is_right=place in right, feedback_zh="反馈", feedback_en=f"About {text}")
        for place, text in enumerate(texts)
    )


#: In the order in which the quiz asks them. The right answer of the choices is always the first option.
WORDINGS = (
    Wording(Kind.SINGLE, "静音等待前先做什么？", "What comes first before a hold?", _options("Ask", "Hold", "Hang up")),
    Wording(
        Kind.MULTIPLE,
        "哪些要核对？",
        "Which of these are checked?",
        _options("Name", "Address", "Weather", right=(0, 1)),
        partial_credit=True,
    ),
    Wording(Kind.TRUE_FALSE, "可以代客户决定。", "You may decide for the customer.", _options("False", "True")),
    Wording(
        Kind.MATCHING,
        "连一连。",
        "What belongs together?",
        (
            OptionWords("忙线", "Busy", match_zh="稍后回拨", match_en="Call back later"),
            OptionWords("投诉", "Complaint", match_zh="升级", match_en="Escalate"),
            OptionWords("", "", match_zh="挂断", match_en="Hang up"),
        ),
        partial_credit=True,
    ),
    Wording(
        Kind.ORDERING,
        "排列通话步骤。",
        "Put the steps of a call in order.",
        tuple(OptionWords(zh, en) for zh, en in (("问候", "Greet"), ("核对", "Verify"), ("解决", "Solve"), ("道别", "Close"))),
        partial_credit=True,
    ),
    Wording(
        Kind.NUMERIC,
        "平均处理时长是多少？",
        "What is the average handling time?",
        (OptionWords("320", "320", is_right=True, tolerance=Decimal(5)),),
        unit="s",
    ),
    Wording(
        Kind.SHORT_TEXT,
        "WFM 的全称？",
        "What does WFM stand for?",
        (OptionWords("排班管理", "Workforce management", is_right=True),),
    ),
    Wording(
        Kind.CLOZE,
        "服务水平是 [[1]] 秒内接起 [[2]] 的来电。",
        "The service level is [[2]] of calls answered within [[1]] seconds.",
        (
            OptionWords("20", "20", is_right=True, gap=1),
            OptionWords("80%", "80%", is_right=True, gap=2),
            OptionWords("50%", "50%", gap=2),
        ),
        gaps=(GapWords(1, Kind.NUMERIC, unit="s"), GapWords(2, Kind.SINGLE)),
        partial_credit=True,
    ),
)  # fmt: skip
MARKED = (
    Wording(
        Kind.WRITTEN,
        "请写一封致歉信。",
        "Write an apology to the customer.",
        (OptionWords("语气", "Tone", credit=Decimal(2)), OptionWords("内容", "Content", credit=Decimal(3))),
    ),
    Wording(
        Kind.SPOKEN,
        "请说出开场白。",
        "Say your greeting.",
        (OptionWords("语速", "Pace", credit=Decimal(2)),),
    ),
)


def make_questions(*wordings: Wording, key: str = "kind", skill: Skill | None = None) -> list[Question]:
    skill = skill or SkillFactory()
    return [
        write_question(
            key=f"{key}-{number}-{wording.kind.replace('_', '-')}", skill=skill, wording=wording, actor=None, at=MON_9,
            status=QuestionStatus.READY,
        )
        for number, wording in enumerate(wordings, start=1)
    ]  # fmt: skip


def make_quiz_of_kinds(key: str = "kinds", *wordings: Wording, skill: Skill | None = None, **version_fields) -> Quiz:
    """Asks each wording in a slot of its own, in this order; all that a key can grade unless told."""
    quiz = QuizFactory(key=key)
    version = QuizVersionFactory(quiz=quiz, published=True, **version_fields)
    for question in make_questions(*(wordings or WORDINGS), key=key, skill=skill):
        SlotFactory(version=version, question=question)
    return quiz
