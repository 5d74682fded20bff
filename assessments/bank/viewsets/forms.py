"""The form for a question of any kind, and how what was typed becomes a wording."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminAutoHeightTextInput

from assessments.bank.models import Question, QuestionMedia
from assessments.bank.queries import wording_of
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.rules.tidying import tidied
from assessments.bank.services import UnfinishedWording
from assessments.bank.states import (
    CHOICE_KINDS,
    GAP_KINDS,
    MARKED_KINDS,
    MediaKind,
    QuestionKind,
    QuestionStatus,
    QuestionUse,
)
from assessments.bank.viewsets.rows import RowForm, RowsForm, rows_of
from lms.skills.models import Skill

HUNDRED = Decimal(100)
#: Kinds for which a part of the points can be given without anybody deciding it line by line.
PARTED_KINDS = frozenset({QuestionKind.MULTIPLE, QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.CLOZE})
TYPED_KINDS = frozenset({QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT})
CASED_KINDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.CLOZE})


def plain(number: Decimal | None) -> str | None:
    """A number as people write it: 0.500000 is 0.5, 100 stays 100."""
    return None if number is None else f"{number.normalize():f}"


class PlainDecimalField(forms.DecimalField):
    """Shows numbers without the zeros that the database adds."""

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=5000, widget=AdminAutoHeightTextInput)


class LineForm(RowForm):
    """One line under a question. Which fields it needs depends on the kind; the others are left out when saving."""

    telling = ("text_zh", "text_en", "match_zh", "match_en")

    gap = forms.IntegerField(label=gettext_lazy("Gap"), required=False, min_value=1, max_value=99)
    is_right = forms.BooleanField(label=gettext_lazy("Right"), required=False)
    text_zh = _text(gettext_lazy("Chinese"))
    text_en = _text(gettext_lazy("English"))
    match_zh = _text(gettext_lazy("Match (Chinese)"))
    match_en = _text(gettext_lazy("Match (English)"))
    tolerance = PlainDecimalField(
        label=gettext_lazy("Tolerance ±"), required=False, min_value=0, max_digits=20, decimal_places=6
    )
    credit = PlainDecimalField(
        label=gettext_lazy("Credit (%)"), required=False, min_value=-999, max_value=999, max_digits=8, decimal_places=3
    )
    feedback_zh = _text(gettext_lazy("Feedback (Chinese)"))
    feedback_en = _text(gettext_lazy("Feedback (English)"))


class GapForm(RowForm):
    """What is asked at one gap of the text."""

    telling = ("number",)

    number = forms.IntegerField(label=gettext_lazy("Gap"), required=False, min_value=1, max_value=99)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answered by"),
        choices=[(kind.value, kind.label) for kind in QuestionKind if kind in GAP_KINDS],
        initial=QuestionKind.SHORT_TEXT,
    )
    weight = PlainDecimalField(
        label=gettext_lazy("Weight"), required=False, min_value=0, max_digits=5, decimal_places=2, initial=Decimal(1)
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False


class ClipField(forms.ModelChoiceField):
    """A recording of the bank, newest first."""

    def __init__(self, **kwargs: Any) -> None:
        clips = QuestionMedia.objects.filter(kind=MediaKind.AUDIO)
        super().__init__(clips, required=False, empty_label=gettext_lazy("Nothing to listen to"), **kwargs)

    def label_from_instance(self, clip: QuestionMedia) -> str:
        return f"{clip.name} ({clip.uploaded_at:%Y-%m-%d})"


class QuestionForm(RowsForm):
    """A wording with its lines, and where its question stands in the bank."""

    tables = {"options": rows_of(LineForm, blank=1, at_least=4), "gaps": rows_of(GapForm, blank=1, at_least=3)}

    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the question in packs and figures."),
    )
    skill = forms.ModelChoiceField(Skill.objects.all(), label=gettext_lazy("Skill"))
    use = forms.ChoiceField(
        choices=QuestionUse.choices,
        label=gettext_lazy("Use"),
        help_text=gettext_lazy("Quizzes draw exam questions only, self-checks in lessons practice questions only."),
    )
    status = forms.ChoiceField(
        choices=QuestionStatus.choices,
        label=gettext_lazy("Status"),
        help_text=gettext_lazy("Only ready questions are drawn. Retire a question instead of deleting it."),
    )
    difficulty = forms.IntegerField(
        label=gettext_lazy("Difficulty"),
        min_value=1,
        max_value=5,
        initial=2,
        help_text=gettext_lazy("1 is easy, 5 is hard."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("Separated by commas; quizzes draw by them.")
    )
    audio_zh = ClipField(label=gettext_lazy("Recording (Chinese)"))
    audio_en = ClipField(label=gettext_lazy("Recording (English)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        #: As it was saved; None while there is nothing yet.
        self.saved: Wording | None = wording_of(instance) if instance is not None and instance.pk else None
        super().__init__(*args, **kwargs)
        if self.instance.question_id is None:
            self.initial["kind"] = QuestionKind.SINGLE
            return
        question = self.instance.question
        self.fields["key"].disabled = True
        for name in ("key", "skill", "use", "status", "difficulty"):
            self.initial[name] = getattr(question, name)
        self.initial["tags"] = ", ".join(question.tags)

    def initial_rows(self, name: str) -> Sequence[dict[str, Any]]:
        if self.saved is None:
            return []
        if name == "gaps":
            return [
                {"number": gap.number, "kind": gap.kind, "weight": gap.weight, "unit": gap.unit}
                for gap in self.saved.gaps
            ]
        kinds = kinds_of_lines(self.saved)
        return [_as_typed(option, kind) for option, kind in zip(self.saved.options, kinds, strict=True)]

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.question_id is None and Question.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another question has this key already."))
        return key

    def clean_tags(self) -> list[str]:
        typed = self.cleaned_data["tags"].replace("，", ",").replace("、", ",").split(",")
        return list(dict.fromkeys(tag.strip() for tag in typed if tag.strip()))

    def filing(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("skill", "use", "status", "difficulty", "tags")}

    def wording(self) -> Wording:
        """What was typed, as a value; the saved one itself where nothing that counts was changed. The form is valid."""
        typed = self.cleaned_data
        texts = (
            "kind",
            "stem_zh",
            "stem_en",
            "explanation_zh",
            "explanation_en",
            "partial_credit",
            "match_case",
            "unit",
        )
        gaps = tuple(
            GapWords(
                row["number"],
                row["kind"] or QuestionKind.SHORT_TEXT,
                Decimal(1) if row["weight"] is None else row["weight"],
                row["unit"],
            )
            for row in self.values("gaps")
        )
        wording = Wording(
            **{name: typed[name] for name in texts},
            audio_zh=typed["audio_zh"].key if typed["audio_zh"] else "",
            audio_en=typed["audio_en"].key if typed["audio_en"] else "",
            gaps=gaps,
            options=tuple(_as_words(row, typed["kind"], gaps) for row in self.values("options")),
        )
        wording = pared(wording)
        return self.saved if self.saved is not None and pared(self.saved) == wording else wording

    def add_refusal(self, refusal: UnfinishedWording) -> None:
        """Each fault beside the part of the form that it concerns."""
        for fault in refusal.placed:
            if fault.place in ("options", "gaps"):
                self.rows[fault.place].add_fault(fault.words, row=fault.line)
            else:
                fields = {"stem": "stem_zh", "explanation": "explanation_zh"}
                self.add_error(fields.get(fault.place), fault.words)


def kinds_of_lines(wording: Wording) -> list[str]:
    """The kind of question that each line belongs to: the whole's, or its gap's."""
    if wording.kind != QuestionKind.CLOZE:
        return [wording.kind] * len(wording.options)
    kinds = {gap.number: gap.kind for gap in wording.gaps}
    return [kinds.get(option.gap, QuestionKind.SHORT_TEXT) for option in wording.options]


def _as_typed(option: OptionWords, kind: str) -> dict[str, Any]:
    """A line as the form shows it: shares as percentages, a typed answer that brings everything without a figure."""
    names = ("is_right", "text_zh", "text_en", "match_zh", "match_en", "tolerance", "feedback_zh", "feedback_en")
    credit = option.credit
    if kind in TYPED_KINDS:
        credit = None if _share(option) >= 1 else _share(option)
    if credit is not None and kind not in MARKED_KINDS:
        credit *= HUNDRED
    return {**{name: getattr(option, name) for name in names}, "credit": credit, "gap": option.gap or None}


def _as_words(row: dict[str, Any], kind: str, gaps: Sequence[GapWords]) -> OptionWords:
    number = (row["gap"] or 0) if kind == QuestionKind.CLOZE else 0
    own = next((gap.kind for gap in gaps if gap.number == number), kind)
    credit = row["credit"]
    if credit is not None and own not in MARKED_KINDS:
        credit /= HUNDRED
    names = ("text_zh", "text_en", "match_zh", "match_en", "tolerance", "feedback_zh", "feedback_en")
    is_right = credit is None or credit >= 1 if own in TYPED_KINDS else row["is_right"]
    return OptionWords(**{name: row[name] for name in names}, is_right=is_right, credit=credit, gap=number)


def _share(option: OptionWords) -> Decimal:
    return Decimal(option.is_right) if option.credit is None else option.credit


# --- what counts ---------------------------------------------------------------------------------------------


def pared(wording: Wording) -> Wording:
    """The wording without what its kind doesn't use, so that two that ask and grade alike are equal."""
    wording = tidied(wording)
    kind = wording.kind
    is_bilingual = bool(wording.stem_zh and wording.stem_en)
    return replace(
        wording,
        partial_credit=wording.partial_credit and kind in PARTED_KINDS,
        match_case=wording.match_case and kind in CASED_KINDS,
        unit=wording.unit if kind == QuestionKind.NUMERIC else "",
        gaps=tuple(_pared_gap(gap) for gap in wording.gaps) if kind == QuestionKind.CLOZE else (),
        options=tuple(
            _pared_line(option, own, in_cloze=kind == QuestionKind.CLOZE, is_bilingual=is_bilingual)
            for option, own in zip(wording.options, kinds_of_lines(wording), strict=True)
        ),
    )


def _pared_gap(gap: GapWords) -> GapWords:
    return gap if gap.kind == QuestionKind.NUMERIC else replace(gap, unit="")


def _pared_line(option: OptionWords, kind: str, *, in_cloze: bool, is_bilingual: bool) -> OptionWords:
    if kind != QuestionKind.MATCHING:
        option = replace(option, match_zh="", match_en="")
    credit, is_right = option.credit, option.is_right
    if kind in TYPED_KINDS:
        if is_bilingual:  # a number, or the same word in both languages, is typed once
            zh, en = option.text_zh or option.text_en, option.text_en or option.text_zh
            option = replace(option, text_zh=zh, text_en=en)
        is_right = _share(option) >= 1
        credit = None if is_right else _share(option)
    elif kind not in CHOICE_KINDS:
        is_right = False
        credit = credit if kind in MARKED_KINDS else None
    elif kind != QuestionKind.MULTIPLE and credit == is_right:
        credit = None
    return replace(
        option,
        is_right=is_right,
        credit=credit,
        tolerance=(option.tolerance or None) if kind == QuestionKind.NUMERIC else None,
        gap=option.gap if in_cloze else 0,
    )
