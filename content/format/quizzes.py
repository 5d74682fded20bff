"""Quizzes of a pack: rules, sections and slots."""

from decimal import Decimal
from typing import Any

from assessments.quizzes.models import Quiz, QuizSection
from assessments.quizzes.rules import full_review
from assessments.quizzes.states import Counting, Navigation, Overdue, QuizPurpose, ReviewPart, ReviewTime
from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types import (
    Bilingual,
    Field,
    Instant,
    Key,
    ListOf,
    Number,
    OneOf,
    Ref,
    Row,
    Whole,
    Words,
    Yes,
    line,
    share,
)  # fmt: skip

REVIEW = Row(*(Field(time, ListOf(OneOf(ReviewPart.values), order=ReviewPart.values)) for time in ReviewTime.values))


def _slot(value: dict[str, Any], node: Node, to: Reading) -> None:
    if value["question"] and any(name in node.value for name in ("skill", "tag", "difficulty")):
        to.wrong(node, "a fixed question takes neither skill nor tag nor difficulty")
    if value["question"] and value["count"] != 1:
        to.wrong(node, "a fixed question counts as one question")


def _quiz(value: dict[str, Any], node: Node, to: Reading) -> None:
    if value["opens_at"] and value["closes_at"] and value["closes_at"] <= value["opens_at"]:
        to.wrong(node.get("closes_at") or node, "closes_at: it closes before it opens")
    if value["overdue"] == Overdue.GRACE and not value["grace_minutes"]:
        to.wrong(node.get("overdue") or node, "grace_minutes: how long can it still be handed in?")
    slots = node.get("slots")
    for place, slot in enumerate(value["slots"]):
        if slot["section"] > len(value["sections"]) and slots:
            to.wrong(slots.value[place], f"slots: section: there is no section {slot['section']}")


QUIZ = Row(
    Field("key", Key(), required=True),
    Field("title", line(Quiz, "title"), required=True),
    Field("description", Bilingual()),
    Field("purpose", OneOf(QuizPurpose.values), required=True),
    Field("skill", Ref(kind="skill"), says="retest: the one skill it asks about."),
    Field("course", Ref(kind="course"), says="course: the course it closes."),
    Field("pass_share", share(), required=True, says='A quoted share: "0.80".'),
    Field("time_limit_minutes", Whole(1, 32_767), says="null: no limit."),
    Field("attempts_allowed", Whole(1, 32_767), default=2, is_nullable=True, says="null: as many as wanted."),
    Field("opens_at", Instant()),
    Field("closes_at", Instant()),
    Field("overdue", OneOf(Overdue.values), default=Overdue.AUTOSUBMIT.value),
    Field("grace_minutes", Whole(0, 32_767), default=0),
    Field("wait_minutes", Whole(), default=0, says="Between two attempts."),
    Field("counting", OneOf(Counting.values), default=Counting.BEST.value),
    Field("per_page", Whole(0, 32_767), default=1, says="0: all questions on one page."),
    Field("navigation", OneOf(Navigation.values), default=Navigation.FREE.value),
    Field(
        "review",
        REVIEW,
        default={time: full_review().get(time, []) for time in ReviewTime.values},
        says="What learners see when; left out: everything from handing in.",
    ),
    Field("second_marker", Yes(), says="Two people mark independently."),
    Field(
        "sections",
        ListOf(Row(Field("title", line(QuizSection, "title"), required=True), Field("pass_share", share()))),
    ),
    Field(
        "slots",
        ListOf(
            Row(
                Field("question", Ref(kind="question"), says="One fixed question, or:"),
                Field("skill", Ref(kind="skill")),
                Field("tag", Words(80, is_line=True)),
                Field("difficulty", Whole(1, 5)),
                Field("count", Whole(1, 32_767), default=1, says="How many are drawn."),
                Field("section", Whole(0, 99), default=0, says="1 is the first of `sections`."),
                Field("points", Number(above=Decimal(0), digits=6, places=2), default=Decimal(1)),
                Field("must_pass", Yes(), says="A wrong answer fails the attempt."),
                judge=_slot,
            ),
            1,
        ),
        required=True,
    ),
    judge=_quiz,
)
