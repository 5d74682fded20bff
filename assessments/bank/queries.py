"""Reads that span questions and their wordings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from html import unescape
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from assessments.bank.models import Option, Question, QuestionMedia, QuestionVersion
from assessments.bank.rules import GAP, AnswerKey, GapKey, GapWords, OptionKey, OptionWords, Wording
from assessments.bank.states import MediaKind, QuestionStatus, QuestionUse
from lms.kernel.bilingual import suffix
from lms.kernel.markdown import Medium, to_html


def newest_versions(questions: QuerySet[Question] | Iterable[int] | None = None) -> QuerySet[QuestionVersion]:
    """The newest wording of each question (of the given questions or their ids; of all when None)."""
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number").values("pk")[:1]
    versions = QuestionVersion.objects.filter(pk=Subquery(newest))
    return versions if questions is None else versions.filter(question__in=questions)


def exam_questions() -> QuerySet[Question]:
    """What graded quizzes may draw: ready questions for exams, never practice ones."""
    return Question.objects.filter(use=QuestionUse.EXAM, status=QuestionStatus.READY)


def practice_questions() -> QuerySet[Question]:
    """What self-checks in lessons may ask: ready questions for practice, never exam ones."""
    return Question.objects.filter(use=QuestionUse.PRACTICE, status=QuestionStatus.READY)


def tags_by_question() -> dict[int, list[str]]:
    """The tags of each question that has any, by its id. SQLite can't look into a JSON list, and a bank is small."""
    return {pk: tags for pk, tags in Question.objects.values_list("pk", "tags") if tags}


def wording_of(version: QuestionVersion) -> Wording:
    """The version as a frozen value, to compare, to judge or to export."""
    return Wording(
        kind=version.kind,
        stem_zh=version.stem_zh,
        stem_en=version.stem_en,
        explanation_zh=version.explanation_zh,
        explanation_en=version.explanation_en,
        partial_credit=version.partial_credit,
        match_case=version.match_case,
        unit=version.unit,
        gaps=gaps_of(version),
        audio_zh=version.audio_zh.key if version.audio_zh else "",
        audio_en=version.audio_en.key if version.audio_en else "",
        options=tuple(
            OptionWords(
                text_zh=option.text_zh,
                text_en=option.text_en,
                is_right=option.is_right,
                feedback_zh=option.feedback_zh,
                feedback_en=option.feedback_en,
                match_zh=option.match_zh,
                match_en=option.match_en,
                credit=option.credit,
                tolerance=option.tolerance,
                gap=option.gap,
            )
            for option in version.options.all()
        ),
    )


def gaps_of(version: QuestionVersion) -> tuple[GapWords, ...]:
    return tuple(
        GapWords(gap["number"], gap["kind"], Decimal(gap.get("weight", "1")), gap.get("unit", ""))
        for gap in version.gaps
    )


# --- wordings as they are asked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskedOption:
    """One line of a frozen question: its texts as HTML in both languages."""

    pk: int
    gap: int
    is_right: bool
    credit: Decimal | None
    tolerance: Decimal | None
    texts: dict[str, str]  # "zh", "en": Markdown
    matches: dict[str, str]
    feedbacks: dict[str, str]

    def text(self, language: str) -> str:
        return _either(self.texts, language)

    def match(self, language: str) -> str:
        return _either(self.matches, language)

    def feedback(self, language: str) -> str:
        return _either(self.feedbacks, language)


@dataclass(frozen=True)
class AskedQuestion:
    """One wording with everything that asking and grading it needs, ready to be kept in memory.

    HTML is rendered when it is first asked for; `language` is a code like "zh-hans".
    """

    pk: int
    question_id: int
    kind: str
    stems: dict[str, str]
    explanations: dict[str, str]
    audio: dict[str, str]  # "zh", "en": address of the clip, or ""
    options: tuple[AskedOption, ...]
    key: AnswerKey
    unit: str
    media: dict[str, Medium]
    _html: dict[tuple[str, int, str], SafeString] = field(default_factory=dict, compare=False)
    _titles: dict[str, str] = field(default_factory=dict, compare=False)

    def title(self, language: str) -> str:
        """The beginning of the question as one line of plain text, "…" for each gap; at most 100 characters."""
        if language not in self._titles:
            text = unescape(strip_tags(GAP.sub("…", self.stem_html(language))))
            self._titles[language] = Truncator(" ".join(text.split())).chars(100)
        return self._titles[language]

    def stem_html(self, language: str) -> SafeString:
        return self._rendered("stem", 0, _either(self.stems, language), language)

    def explanation_html(self, language: str) -> SafeString:
        return self._rendered("explanation", 0, _either(self.explanations, language), language)

    def option_html(self, option: AskedOption, language: str) -> SafeString:
        return self._rendered("option", option.pk, option.text(language), language)

    def match_html(self, option: AskedOption, language: str) -> SafeString:
        return self._rendered("match", option.pk, option.match(language), language)

    def feedback_html(self, option: AskedOption, language: str) -> SafeString:
        return self._rendered("feedback", option.pk, option.feedback(language), language)

    def audio_url(self, language: str) -> str:
        return _either(self.audio, language)

    def is_in_other_language(self, language: str) -> bool:
        """The reader's language is missing: the other one is shown, and labelled."""
        return not self.stems[suffix(language)].strip()

    @cached_property
    def by_pk(self) -> dict[int, AskedOption]:
        return {option.pk: option for option in self.options}

    def _rendered(self, name: str, pk: int, text: str, language: str) -> SafeString:
        place = (name, pk, suffix(language))
        if place not in self._html:
            self._html[place] = to_html(text, media=self.media, inline=name in ("option", "match"))
        return self._html[place]


def _either(texts: dict[str, str], language: str) -> str:
    first = suffix(language)
    return texts[first] or texts["zh" if first == "en" else "en"]


#: Wordings that were used never change, so each process keeps those it has shown, by id and the instant of first use.
_kept: dict[tuple[int, datetime], AskedQuestion] = {}
MOST_KEPT = 5_000


def asked_by_place(places: Iterable[tuple[int, datetime | None]]) -> dict[int, AskedQuestion]:
    """As `asked_questions`, of versions given by (id, instant of first use): nothing is read of those in memory."""
    wanted = list(places)
    found = {place[0]: _kept[place] for place in wanted if place in _kept}
    missing = [pk for pk, _used_at in wanted if pk not in found]
    return found | asked_questions(list(QuestionVersion.objects.filter(pk__in=missing))) if missing else found


def asked_questions(versions: Sequence[QuestionVersion]) -> dict[int, AskedQuestion]:
    """The wordings as they are asked, by version id: those not in memory yet in three queries, whatever their number."""
    found = {version.pk: _kept[place] for version in versions if (place := _place(version)) in _kept}
    missing = [version for version in versions if version.pk not in found]
    if not missing:
        return found
    options: dict[int, list[Option]] = defaultdict(list)
    for option in Option.objects.filter(version__in=[version.pk for version in missing]).order_by("order", "pk"):
        options[option.version_id].append(option)
    media: dict[int, dict[str, QuestionMedia]] = defaultdict(dict)
    links = QuestionVersion.media.through.objects.filter(questionversion__in=[version.pk for version in missing])
    for link in links.select_related("questionmedia"):
        media[link.questionversion_id][link.questionmedia.key] = link.questionmedia
    for version in missing:
        asked = _asked(version, options[version.pk], media[version.pk])
        found[version.pk] = asked
        if version.used_at is not None:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[_place(version)] = asked
    return found


def forget_asked_questions() -> None:
    """For tests, whose rolled-back rows leave their ids to others."""
    _kept.clear()


def _place(version: QuestionVersion) -> Any:
    return version.pk, version.used_at


def _asked(version: QuestionVersion, options: Sequence[Option], media: dict[str, QuestionMedia]) -> AskedQuestion:
    urls = {each.pk: media_url(each) for each in media.values()}
    return AskedQuestion(
        pk=version.pk,
        question_id=version.question_id,
        kind=version.kind,
        stems={"zh": version.stem_zh, "en": version.stem_en},
        explanations={"zh": version.explanation_zh, "en": version.explanation_en},
        audio={"zh": urls.get(version.audio_zh_id or 0, ""), "en": urls.get(version.audio_en_id or 0, "")},
        options=tuple(
            AskedOption(
                pk=option.pk,
                gap=option.gap,
                is_right=option.is_right,
                credit=option.credit,
                tolerance=option.tolerance,
                texts={"zh": option.text_zh, "en": option.text_en},
                matches={"zh": option.match_zh, "en": option.match_en},
                feedbacks={"zh": option.feedback_zh, "en": option.feedback_en},
            )
            for option in options
        ),
        key=answer_key(version, options),
        unit=version.unit,
        media={each.key: Medium(urls[each.pk], is_audio=each.kind == MediaKind.AUDIO) for each in media.values()},
    )


def media_url(media: QuestionMedia) -> str:
    return reverse("private-file", args=["question-media", media.pk])


def answer_key(version: QuestionVersion, options: Sequence[Option]) -> AnswerKey:
    """What grading needs; `options` in their order."""
    sides: dict[tuple[str, str], int] = {}
    for option in options:
        if option.match_zh or option.match_en:
            sides.setdefault((option.match_zh, option.match_en), option.pk)
    keys = {option.pk: _option_key(option, sides) for option in options}
    return AnswerKey(
        kind=version.kind,
        options=tuple(keys[option.pk] for option in options if option.gap == 0),
        partial_credit=version.partial_credit,
        match_case=version.match_case,
        unit=version.unit,
        gaps=tuple(
            GapKey(
                number=gap.number,
                kind=gap.kind,
                weight=gap.weight,
                unit=gap.unit,
                options=tuple(keys[option.pk] for option in options if option.gap == gap.number),
            )
            for gap in gaps_of(version)
        ),
        matches=frozenset(sides.values()),
    )


def _option_key(option: Option, sides: dict[tuple[str, str], int]) -> OptionKey:
    has_left = bool(option.text_zh.strip() or option.text_en.strip())
    return OptionKey(
        pk=option.pk,
        is_right=option.is_right,
        credit=option.credit,
        accepted=tuple(dict.fromkeys(text for text in (option.text_zh, option.text_en) if text.strip())),
        tolerance=option.tolerance,
        match=sides.get((option.match_zh, option.match_en)) if has_left else None,
    )
