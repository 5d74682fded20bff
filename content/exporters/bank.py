"""Questions, with the bank's own names for their pictures and recordings."""

from collections.abc import Collection, Mapping
from typing import Any

from assessments.bank.models import Question
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules.media import media_key
from content.exporters.present import Present
from content.format.questions import renamed, said, wording


def questions(only: Collection[str] | None = None) -> dict[str, Present]:
    rows = Question.objects.all() if only is None else Question.objects.filter(key__in=only)
    versions = newest_versions(rows).select_related("question__skill", "audio_zh", "audio_en")
    return {
        version.question.key: Present(
            {
                "key": version.question.key,
                "skill": version.question.skill.key,
                "use": version.question.use,
                "status": version.question.status,
                "tags": [str(tag).strip() for tag in version.question.tags],
                "difficulty": version.question.difficulty,
            }
            | said(wording_of(version))
        )
        for version in versions.prefetch_related("options").order_by("question__key")
    }


def in_the_bank(value: Mapping[str, Any], media: Mapping[str, bytes]) -> dict[str, Any]:
    """A pack's question as `questions` says it: its files by their content, not by their names."""
    words = renamed(wording(dict(value)), lambda name: media_key(media[name]))
    return {**value, **said(words)}
