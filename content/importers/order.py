"""The order of courses, which stands in no course: each says its place by a number."""

from collections.abc import Mapping

from content.exporters.pages import Pages
from content.importers.judging import Choice, Outcome
from content.importers.pages import LoaderKeys, in_order
from content.importers.report import Line
from content.importers.stages import Load
from courses.catalogue.services import catalogue_root
from lms.kernel.bilingual import LANGUAGE_CODES

KIND = "course order"


class CourseOrder:
    """Remembers the numbers of the last load. Whoever moved courses on the site is asked before a pack moves them."""

    def __init__(self, load: Load, pages: Pages, memory: Mapping[tuple[str, str, str], str]) -> None:
        assert isinstance(load.keys, LoaderKeys)
        self.keys = load.keys
        self.numbers = {entry.key: entry.value["order"] for entry in load.pack.all("course")}  # in their order
        self.loaded = {key: int(told) for (kind, key, _language), told in memory.items() if kind == KIND}
        names = {self.keys.translation_key("course", key): key for key in self.numbers}
        self.site = [names[key] for key in pages.courses if key in names]
        self.is_taken = True

    def arrange(self, new: set[str], *, choice: Choice | None) -> list[Line]:
        """Put the courses into the pack's order; answers what there is to tell."""
        wanted = list(self.numbers)
        before = [key for key in wanted if key in self.site]
        if self.site == before:
            if new:
                self._move(wanted)
            return []
        remembered = sorted((key for key in self.site if key in self.loaded), key=lambda key: self.loaded[key])
        is_untouched = remembered == self.site
        if is_untouched or choice is Choice.OVERWRITE:
            self._move(wanted)
            return [Line(KIND, "courses", Outcome.CHANGED)]
        has_news = any(self.loaded.get(key) != self.numbers[key] for key in before)
        self.is_taken = not has_news or choice is Choice.KEEP
        outcome = Outcome.KEPT if self.is_taken else Outcome.CONFLICT
        return [Line(KIND, "courses", outcome, words="they were put into another order on this site")]

    def _move(self, wanted: list[str]) -> None:
        keys = [self.keys.translation_key("course", key) for key in wanted]
        for language in LANGUAGE_CODES:
            in_order(catalogue_root(language), keys)

    def remembered(self) -> dict[tuple[str, str, str], str]:
        return {(KIND, key, ""): str(number) for key, number in self.numbers.items()} if self.is_taken else {}
