"""Questions with their pictures and recordings."""

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.bank.models import Question, QuestionMedia
from assessments.bank.rules import media_in
from assessments.bank.rules.media import media_key
from assessments.bank.services import UnfinishedWording, UnfitMedia, edit_question, keep_media, write_question
from content.exporters import bank
from content.exporters.present import Present
from content.format.questions import wording
from content.importers.stages import Load, Refused, Stage, Wanted


class Questions(Stage):
    kind = "question"

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.names = {media_key(content): name for name, content in load.pack.media.items()}

    def in_site_words(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return bank.in_the_bank(value, self.load.pack.media)

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return bank.questions(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        words = wording(dict(wanted.value))
        self._keep(media_in(words))
        filing = {name: wanted.value[name] for name in ("use", "status", "difficulty", "tags")}
        filing["skill"] = self.load.skill(wanted.value["skill"])
        try:
            if present:
                question = Question.objects.get(key=wanted.key)
                edit_question(question, words, **filing, **self.load.by)
            else:
                write_question(key=wanted.key, wording=words, **filing, **self.load.by)
        except UnfinishedWording as error:
            raise Refused(str(error)) from error

    def _keep(self, keys: set[str]) -> None:
        known = set(QuestionMedia.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        for key in sorted(keys - known):
            name = self.names[key]
            try:
                media = keep_media(self.load.pack.media[name], name=name, **self.load.by)
            except UnfitMedia as error:
                raise Refused(f"media/{name}: {error}") from error
            self.load.saved.append((media.file.storage, str(media.file.name)))
