"""The form for a quiz: what it is called, its rules, its sections and its slots."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.bank.models import Question
from assessments.bank.viewsets import RowForm, RowsForm, rows_of
from assessments.bank.viewsets.forms import PlainDecimalField
from assessments.quizzes.models import Quiz
from assessments.quizzes.queries import drawable_questions
from assessments.quizzes.rules import Demand
from assessments.quizzes.services import CannotPublish, QuizRules, SectionPlan, SlotPlan, rules_of, slots_of
from assessments.quizzes.states import Overdue, QuizPurpose, ReviewPart, ReviewTime
from lms.skills.models import Skill

HUNDRED = Decimal(100)
IDENTITY = ("title_zh", "title_en", "description_zh", "description_en", "purpose", "skill")
#: Rules that the form's fields hold under the model's names.
PLAIN_RULES = (
    "time_limit_minutes", "attempts_allowed", "opens_at", "closes_at", "overdue", "counting", "navigation",
    "needs_second_marker",
)  # fmt: skip


def percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share * HUNDRED


class PercentField(PlainDecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.1"), max_value=HUNDRED, max_digits=4, decimal_places=1, **kwargs)


class SectionForm(RowForm):
    """One section. Its place gives its number, by which slots name it."""

    telling = ("title_zh", "title_en")

    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=160, required=False)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=160, required=False)
    pass_percent = PercentField(label=gettext_lazy("Own pass share (%)"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("title_zh")) != bool(cleaned.get("title_en")):
            raise forms.ValidationError(_("A section needs its title in both languages."))
        return cleaned


class SlotForm(RowForm):
    """A fixed question, or a draw. A row with only a number of questions draws among all ready exam questions."""

    telling = ("question", "skill", "tag", "difficulty", "count")

    question = forms.CharField(
        label=gettext_lazy("Fixed question (key)"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "question-keys", "autocomplete": "off"}),
    )
    skill = forms.ChoiceField(label=gettext_lazy("Draw by skill"), required=False)
    tag = forms.CharField(
        label=gettext_lazy("by tag"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "question-tags", "autocomplete": "off"}),
    )
    difficulty = forms.ChoiceField(label=gettext_lazy("by difficulty"), required=False)
    count = forms.IntegerField(label=gettext_lazy("Questions"), required=False, min_value=1, max_value=200)
    points = PlainDecimalField(
        label=gettext_lazy("Points each"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=6,
        decimal_places=2,
        initial=Decimal(1),
    )
    section = forms.IntegerField(label=gettext_lazy("Section"), required=False, min_value=0, max_value=60)
    is_must_pass = forms.BooleanField(label=gettext_lazy("Must pass"), required=False)

    def __init__(self, *args: Any, skills: Sequence[Skill] = (), questions: dict[str, Question], **kwargs: Any) -> None:
        self.skills = {str(skill.pk): skill for skill in skills}
        self.questions = questions
        super().__init__(*args, **kwargs)
        anything = gettext_lazy("any")
        self.fields["skill"].choices = [("", anything), *((pk, skill.name) for pk, skill in self.skills.items())]
        self.fields["difficulty"].choices = [("", anything), *((str(n), str(n)) for n in range(1, 6))]

    def clean_question(self) -> Question | None:
        key = self.cleaned_data["question"].strip()
        if not key:
            return None
        if key not in self.questions:
            raise forms.ValidationError(_("The bank has no question with this key."))
        return self.questions[key]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_draw = cleaned.get("skill") or cleaned.get("tag") or cleaned.get("difficulty")
        if cleaned.get("question") and (is_draw or (cleaned.get("count") or 1) != 1):
            raise forms.ValidationError(
                _("A fixed question takes neither skill nor tag nor difficulty, and counts as one question.")
            )
        return cleaned

    def plan(self) -> SlotPlan:
        row = self.cleaned_data
        return SlotPlan(
            question=row["question"],
            skill=self.skills.get(row["skill"]),
            tag=row["tag"].strip(),
            count=row["count"] or 1,
            difficulty=int(row["difficulty"]) if row["difficulty"] else None,
            section=row["section"] or 0,
            points=Decimal(1) if row["points"] is None else row["points"],
            is_must_pass=row["is_must_pass"],
        )

    def demand(self) -> Demand | None:
        """What the row asks for as it stands, valid or not; None for a blank row."""
        typed = {name: str(self[name].value() or "").strip() for name in self.telling}
        if not any(typed.values()):
            return None
        question = self.questions.get(typed["question"])
        return Demand(
            count=int(typed["count"]) if typed["count"].isdecimal() else 1,
            question_id=(question.pk if question else 0) if typed["question"] else None,
            skill_id=int(typed["skill"]) if typed["skill"] in self.skills else None,
            tag=typed["tag"],
            difficulty=int(typed["difficulty"]) if typed["difficulty"].isdecimal() else None,
        )


class ReviewField(forms.MultipleChoiceField):
    """What is shown when, as a grid of ticks: "right_after:marks". Cleans to the mapping that a version keeps."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            (f"{time.value}:{part.value}", f"{time.label}: {part.label}") for time in ReviewTime for part in ReviewPart
        ]
        super().__init__(choices=choices, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return (
            [f"{time}:{part}" for time, parts in value.items() for part in parts] if isinstance(value, dict) else value
        )

    def clean(self, value: Any) -> dict[str, list[str]]:
        ticked = set(super().clean(value))
        return tidy_review(
            {time.value: [part.value for part in ReviewPart if f"{time}:{part}" in ticked] for time in ReviewTime}
        )


def tidy_review(review: dict[str, list[str]]) -> dict[str, list[str]]:
    """Times and parts in their order, without times that show nothing."""
    tidy = {time.value: [part.value for part in ReviewPart if part in review.get(time, ())] for time in ReviewTime}
    return {time: parts for time, parts in tidy.items() if parts}


class QuizForm(RowsForm):
    """A version's rules, sections and slots, and what its quiz is called."""

    tables = {"sections": rows_of(SectionForm, blank=1), "slots": rows_of(SlotForm, blank=1, at_least=2)}

    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the quiz in packs and evidence."),
    )
    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=160)
    description_zh = forms.CharField(
        label=gettext_lazy("Description (Chinese)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    description_en = forms.CharField(
        label=gettext_lazy("Description (English)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    purpose = forms.ChoiceField(choices=QuizPurpose.choices, label=gettext_lazy("Purpose"))
    skill = forms.ModelChoiceField(
        Skill.objects.all(),
        required=False,
        label=gettext_lazy("Skill"),
        help_text=gettext_lazy("A re-test asks about one skill. Leave it empty where the quiz asks about several."),
    )
    pass_percent = PercentField(label=gettext_lazy("Pass share (%)"), initial=Decimal(80))
    per_page = forms.IntegerField(
        label=gettext_lazy("Questions on a page"),
        required=False,
        min_value=1,
        max_value=200,
        initial=1,
        help_text=gettext_lazy("Empty: all on one page."),
    )
    grace_minutes = forms.IntegerField(
        label=gettext_lazy("Grace period (minutes)"), required=False, min_value=1, max_value=1440
    )
    wait_minutes = forms.IntegerField(
        label=gettext_lazy("Waiting time between attempts (minutes)"),
        required=False,
        min_value=0,
        max_value=525_600,
        help_text=gettext_lazy("Empty: none. 1440 is a day."),
    )
    review = ReviewField(label=gettext_lazy("What learners see, and when"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        is_old = instance is not None and instance.pk is not None
        #: As it was saved; None while there is nothing yet.
        self.saved_rules: QuizRules | None = rules_of(instance) if is_old else None
        self.saved_slots: list[SlotPlan] = slots_of(instance) if is_old else []
        super().__init__(*args, **kwargs)
        self.initial["review"] = self.instance.review
        if self.saved_rules is None:
            return
        quiz = self.instance.quiz
        self.fields["key"].disabled = True
        for name in ("key", *IDENTITY):
            self.initial[name] = getattr(quiz, name)
        self.initial["pass_percent"] = percent(self.instance.pass_share)
        for name in ("per_page", "grace_minutes", "wait_minutes"):
            self.initial[name] = getattr(self.instance, name) or None

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The bank by its keys: what a fixed slot can name."""
        return Question.objects.in_bulk(field_name="key")

    def row_kwargs(self, name: str) -> dict[str, Any]:
        if name != "slots":
            return {}
        return {"skills": list(Skill.objects.all()), "questions": self.questions}

    def initial_rows(self, name: str) -> Sequence[dict[str, Any]]:
        if name == "sections":
            sections = self.saved_rules.sections if self.saved_rules else ()
            return [
                {"title_zh": plan.title_zh, "title_en": plan.title_en, "pass_percent": percent(plan.pass_share)}
                for plan in sections
            ]
        return [
            {
                "question": plan.question.key if plan.question else "",
                "skill": str(plan.skill.pk) if plan.skill else "",
                "tag": plan.tag,
                "difficulty": str(plan.difficulty or ""),
                "count": plan.count,
                "points": plan.points,
                "section": plan.section or None,
                "is_must_pass": plan.is_must_pass,
            }
            for plan in self.saved_slots
        ]

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.quiz_id is None and Quiz.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another quiz has this key already."))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("purpose") == QuizPurpose.RETEST and not cleaned.get("skill"):
            self.add_error("skill", _("A re-test needs the skill it asks about."))
        if cleaned.get("overdue") == Overdue.GRACE and not cleaned.get("grace_minutes"):
            self.add_error("grace_minutes", _("How long can it still be handed in?"))
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("It closes before it opens."))
        return cleaned

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        sections = len(self.rows["sections"].kept())
        lost = [row for row in self.rows["slots"].kept() if (row.cleaned_data["section"] or 0) > sections]
        for row in lost:
            row.add_error("section", _("There is no section with this number."))
        return not lost

    def description(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in IDENTITY}

    def rules(self) -> QuizRules:
        """What was typed; the saved rules themselves where they say the same. The form is valid."""
        typed = self.cleaned_data
        rules = QuizRules(
            **{name: typed[name] for name in PLAIN_RULES},
            pass_share=typed["pass_percent"] / HUNDRED,
            grace_minutes=(typed["grace_minutes"] or 0) if typed["overdue"] == Overdue.GRACE else 0,
            wait_minutes=typed["wait_minutes"] or 0,
            per_page=typed["per_page"] or 0,
            review=typed["review"],
            sections=tuple(
                SectionPlan(
                    row["title_zh"],
                    row["title_en"],
                    None if row["pass_percent"] is None else row["pass_percent"] / HUNDRED,
                )
                for row in self.values("sections")
            ),
        )
        saved = self.saved_rules
        return saved if saved is not None and replace(saved, review=tidy_review(saved.review)) == rules else rules

    def slots(self) -> list[SlotPlan]:
        """What was typed, as values; the form is valid."""
        return [row.plan() for row in self.rows["slots"].kept()]

    def add_refusal(self, refusal: CannotPublish) -> None:
        """Each shortfall beside its slot."""
        for fault in refusal.placed:
            self.rows["slots"].add_fault(fault.words, row=fault.slot)

    @cached_property
    def fitting(self) -> list[tuple[SlotForm, int | None]]:
        """Each slot's row with how many ready exam questions fit it by itself; None for a blank row."""
        rows = list(self.rows["slots"])
        demands = [row.demand() for row in rows]
        bank = drawable_questions() if any(demands) else []
        return [
            (row, sum(demand.fits(question) for question in bank) if demand else None)
            for row, demand in zip(rows, demands, strict=True)
        ]
