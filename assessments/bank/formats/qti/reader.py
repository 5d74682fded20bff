"""Reading QTI items."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, tostring

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats import lines as build
from assessments.bank.formats.lines import (
    Line,
    chosen_lines,
    credit_of,
    decimal_of,
    tolerance_of,
    typed_lines,
    within,
)
from assessments.bank.formats.markup import BLANK, HtmlReader
from assessments.bank.formats.qti.package import Item, items
from assessments.bank.formats.records import (
    MOST_CHARACTERS,
    MOST_FILE_BYTES,
    MOST_GAPS,
    FileNote,
    Filing,
    Read,
    ReadQuestion,
    RefusedQuestion,
    Unfit,
    too_large,
)
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.states import QuestionKind

_PLACE = "GAPXQ{number}QXGAP"


@dataclass(frozen=True)
class _Response:
    """One responseDeclaration: what is right, and what each answer is worth where the item says so."""

    kind: str
    right: tuple[str, ...]
    worth: dict[str, Decimal] = field(default_factory=dict)
    most: Decimal | None = None

    def shares(self, answers: Iterable[str]) -> list[Decimal]:
        """Of each answer, by its worth: the best one, or all good ones together, bring all points."""
        answers = list(answers)
        return [credit_of(self.worth.get(answer, Decimal(0)) / self.whole) for answer in answers]

    @property
    def whole(self) -> Decimal:
        return self.most or max(self.worth.values(), default=Decimal(1)) or Decimal(1)


def read_qti(content: bytes, *, language: str) -> Read:
    """Each item of the file. `language` is that of items without xml:lang. Raises UnreadableFile."""
    too_large(content, MOST_FILE_BYTES)
    return _questions(items(content), language)


def _questions(
    found: Iterable[Item | RefusedQuestion | FileNote], language: str
) -> Iterator[ReadQuestion | RefusedQuestion | FileNote]:
    for item in found:
        if not isinstance(item, Item):
            yield item
            continue
        title = item.root.get("title") or item.root.get("identifier") or "–"
        where = f"{item.name or 'item'} ({title[:80]})"
        try:
            yield _Question(item, language).read(where)
        except Unfit as problem:
            yield RefusedQuestion(where, problem.reason)


class _Question:
    def __init__(self, item: Item, language: str) -> None:
        self._root = item.root
        said = (item.root.get("lang") or "").lower()
        self._language = "zh" if said.startswith("zh") else "en" if said.startswith("en") else language
        self._html = HtmlReader(item.find)
        self._notes: list[Any] = []
        self._has_mapping = any(
            "map_response" in (element.get("template") or "") or element.tag == "mapResponse"
            for element in item.root.iter()
        )
        body = item.root.find("itemBody")
        if body is None:
            raise Unfit(_("It has no text (itemBody)."))
        self._body = copy.deepcopy(body)

    def read(self, where: Any) -> ReadQuestion:
        """Raises Unfit."""
        interactions = [each for each in self._body.iter() if each.tag.endswith("Interaction")]
        if not interactions:
            raise Unfit(_("It is a text without a question: it has no interaction."))
        names = {each.tag for each in interactions}
        if len(interactions) > 1 or names == {"inlineChoiceInteraction"}:
            if not names <= {"textEntryInteraction", "inlineChoiceInteraction"}:
                raise Unfit(_("It asks for several things at once (%(names)s).") % {"names": ", ".join(sorted(names))})
            parts = self._cloze(interactions)
        else:
            reader = self._READERS.get(interactions[0].tag)
            if reader is None:
                raise Unfit(_("Questions of the type %(name)s can't be taken over.") % {"name": interactions[0].tag})
            parts = reader(self, interactions[0])
        self._note_scoring()
        parts |= self._both("explanation", self._explanation())
        wording = Wording(**parts)
        filing = Filing(name=self._root.get("identifier") or self._root.get("title") or "")
        notes = (*self._notes, *self._html.notes.values())
        return ReadQuestion(where, wording, filing, tuple(self._html.files.values()), notes)

    # --- texts

    def _markdown(self, element: Element, *, without: tuple[str, ...] = ()) -> str:
        """The inner HTML as Markdown; elements of the given names say nothing."""
        copied = copy.deepcopy(element)
        for parent in list(copied.iter()):
            for child in list(parent):
                if child.tag in without or child.tag == "rubricBlock":
                    _cut(parent, child)
        html = (copied.text or "") if not len(copied) else ""
        if len(copied):
            copied.tag, copied.tail = "div", None
            copied.attrib.clear()
            html = tostring(copied, encoding="unicode", method="html")
        else:
            html = html.replace("&", "&amp;").replace("<", "&lt;")
        if element.find(".//rubricBlock") is not None:
            self._notes.append(_("Its rubric block is left out."))
        text = self._html.markdown(html)
        if len(text) > MOST_CHARACTERS:
            raise Unfit(_("A text is too long."))
        return text

    def _texts(self, text: str) -> build.Texts:
        return build.same(text, [self._language])

    def _both(self, name: str, text: str) -> dict[str, str]:
        texts = self._texts(text)
        return {f"{name}_zh": texts["zh"], f"{name}_en": texts["en"]}

    def _stem(self, interaction: Element, mark: str = "") -> dict[str, str]:
        """The body without the interaction, and its prompt."""
        prompt = interaction.find("prompt")
        asked = self._markdown(prompt) if prompt is not None else ""
        if mark:
            _mark(interaction, mark)
            text = self._markdown(self._body).replace(mark, BLANK)
            return self._both("stem", text.removesuffix(BLANK).rstrip())
        text = self._markdown(self._body, without=(interaction.tag,))
        return self._both("stem", "\n\n".join(each for each in (text, asked) if each))

    def _explanation(self) -> str:
        told = [self._markdown(each) for each in self._root.findall("modalFeedback")]
        if len(told) > 1:
            self._notes.append(_("Its feedback for different results is shown together as the explanation."))
        return "\n\n".join(each for each in told if each)

    def _choice_text(self, choice: Element) -> build.Texts:
        return self._texts(self._markdown(choice, without=("feedbackInline",)))

    def _feedback(self, choice: Element) -> build.Texts:
        told = [self._markdown(each) for each in choice.iter("feedbackInline")]
        return self._texts(" ".join(each for each in told if each))

    # --- what is right

    def _response(self, interaction: Element) -> _Response:
        name = interaction.get("responseIdentifier") or "RESPONSE"
        for declared in self._root.findall("responseDeclaration"):
            if declared.get("identifier") == name:
                break
        else:
            raise Unfit(_("It doesn't say which answer is right."))
        right = tuple(_said(value) for value in declared.findall("correctResponse/value"))
        mapping = declared.find("mapping")
        worth, most = {}, None
        if mapping is not None:
            within(len(mapping))
            for entry in mapping.findall("mapEntry"):
                worth[entry.get("mapKey") or ""] = decimal_of(entry.get("mappedValue") or "0")
            upper = mapping.get("upperBound")
            most = decimal_of(upper) if upper else None
        return _Response(declared.get("baseType") or "identifier", right, worth, most if most and most > 0 else None)

    def _note_scoring(self) -> None:
        processing = self._root.find("responseProcessing")
        if processing is not None and len(processing) and not processing.get("template") and not self._has_mapping:
            self._notes.append(_("Its own rules of scoring are not read: the right answer brings all points."))

    # --- kinds

    def _choice(self, interaction: Element) -> dict[str, Any]:
        choices = interaction.findall("simpleChoice")
        within(len(choices))
        response = self._response(interaction)
        names = [choice.get("identifier") or "" for choice in choices]
        cardinality = next(
            (
                each.get("cardinality")
                for each in self._root.findall("responseDeclaration")
                if each.get("identifier") == (interaction.get("responseIdentifier") or "RESPONSE")
            ),
            None,
        )
        takes_several = cardinality == "multiple" and interaction.get("maxChoices") != "1"
        is_mapped = bool(response.worth) and (self._has_mapping or not response.right)
        if is_mapped and takes_several and response.most is None:
            good = sum((worth for worth in response.worth.values() if worth > 0), Decimal(0))
            response = _Response(response.kind, response.right, response.worth, good or None)
        if is_mapped:
            shares = response.shares(names)
        else:
            shares = [Decimal(name in response.right) for name in names]
        lines = [
            Line(self._choice_text(choice), share, self._feedback(choice))
            for choice, share in zip(choices, shares, strict=True)
        ]
        kind = QuestionKind.MULTIPLE if takes_several else QuestionKind.SINGLE
        if takes_several and not is_mapped:
            options = [line.words(is_right=line.share > 0) for line in lines]
        else:
            options = chosen_lines(lines, takes_several=takes_several)[1]
        grading = {"partial_credit": takes_several and is_mapped}
        return {"kind": kind, "options": tuple(options), **self._stem(interaction), **grading}

    def _entry(self, interaction: Element) -> dict[str, Any]:
        kind, options = self._typed(interaction)
        return {"kind": kind, "options": tuple(options), **self._stem(interaction, _PLACE.format(number=1))}

    def _typed(self, interaction: Element, gap: int = 0) -> tuple[str, list[OptionWords]]:
        response = self._response(interaction)
        is_number = response.kind in ("float", "integer")
        worth = dict.fromkeys(response.right, Decimal(1))
        if response.worth:
            worth |= dict(zip(response.worth, response.shares(response.worth), strict=True))
        if not worth:
            raise Unfit(_("It doesn't say which answer is right."))
        tolerance = self._tolerance() if is_number else None
        lines = [Line(self._texts(text), share, tolerance=tolerance) for text, share in worth.items()]
        return QuestionKind.NUMERIC if is_number else QuestionKind.SHORT_TEXT, typed_lines(lines, gap=gap)

    def _tolerance(self) -> Decimal | None:
        for equal in self._root.iter("equal"):
            if equal.get("toleranceMode") == "absolute":
                return tolerance_of(decimal_of((equal.get("tolerance") or "0").split()[0]))
            if equal.get("toleranceMode") == "relative":
                self._notes.append(_("Its tolerance in percent is not read."))
        return None

    def _cloze(self, interactions: list[Element]) -> dict[str, Any]:
        within(len(interactions), MOST_GAPS)
        gaps: list[GapWords] = []
        options: list[OptionWords] = []
        for number, interaction in enumerate(interactions, start=1):
            if interaction.tag == "inlineChoiceInteraction":
                response = self._response(interaction)
                kind: str = QuestionKind.SINGLE
                lines = []
                for choice in interaction.findall("inlineChoice"):
                    share = Decimal(choice.get("identifier") in response.right)
                    lines.append(Line(self._choice_text(choice), share))
                words = chosen_lines(lines, takes_several=False, gap=number)[1]
            else:
                kind, words = self._typed(interaction, gap=number)
            gaps.append(GapWords(number, kind))
            options += words
            _mark(interaction, _PLACE.format(number=number))
        text = self._markdown(self._body)
        for number in range(1, len(gaps) + 1):
            text = text.replace(_PLACE.format(number=number), f"[[{number}]]")
        grading = {"gaps": tuple(gaps), "partial_credit": True}
        return {"kind": QuestionKind.CLOZE, "options": tuple(options), **self._both("stem", text), **grading}

    def _order(self, interaction: Element) -> dict[str, Any]:
        choices = {choice.get("identifier"): choice for choice in interaction.findall("simpleChoice")}
        within(len(choices))
        right = self._response(interaction).right
        if set(right) != set(choices) or len(right) != len(choices):
            raise Unfit(_("Its right order doesn't name every item once."))
        options = tuple(build.option(self._choice_text(choices[name])) for name in right)
        return {"kind": QuestionKind.ORDERING, "options": options, **self._stem(interaction)}

    def _match(self, interaction: Element) -> dict[str, Any]:
        sets = interaction.findall("simpleMatchSet")
        if len(sets) != 2:
            raise Unfit(_("It has no two sides to be matched."))
        sides = [
            {choice.get("identifier"): choice for choice in side.findall("simpleAssociableChoice")} for side in sets
        ]
        within(len(sides[0]) + len(sides[1]))
        response = self._response(interaction)
        pairs = [pair.split() for pair in response.right or response.worth]
        if sorted(pair[0] for pair in pairs if len(pair) == 2) != sorted(str(name) for name in sides[0]) or any(
            len(pair) != 2 or pair[1] not in sides[1] for pair in pairs
        ):
            raise Unfit(_("Not every left side has exactly one right side."))
        rights = {name: self._choice_text(choice) for name, choice in sides[1].items()}
        options = [
            build.option(self._choice_text(sides[0][left]), match_zh=rights[right]["zh"], match_en=rights[right]["en"])
            for left, right in pairs
        ]
        unused = [texts for name, texts in rights.items() if name not in {right for _left, right in pairs}]
        options += [build.option(build.NOTHING, match_zh=texts["zh"], match_en=texts["en"]) for texts in unused]
        grading = {"partial_credit": self._has_mapping}
        return {"kind": QuestionKind.MATCHING, "options": tuple(options), **self._stem(interaction), **grading}

    def _written(self, interaction: Element) -> dict[str, Any]:
        overall = build.spread(build.OVERALL, [self._language])
        return {
            "kind": QuestionKind.WRITTEN,
            "options": build.rubric(overall, Decimal(1)),
            **self._stem(interaction),
        }

    _READERS: dict[str, Callable[["_Question", Element], dict[str, Any]]] = {
        "choiceInteraction": _choice,
        "textEntryInteraction": _entry,
        "orderInteraction": _order,
        "matchInteraction": _match,
        "extendedTextInteraction": _written,
    }


def _said(value: Element) -> str:
    return " ".join("".join(value.itertext()).split())


def _mark(element: Element, mark: str) -> None:
    """Puts a word into the place of an interaction."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "span", mark, tail


def _cut(parent: Element, child: Element) -> None:
    """Without the child, with the text behind it."""
    place = list(parent).index(child)
    if child.tail:
        if place:
            before = parent[place - 1]
            before.tail = (before.tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    parent.remove(child)
