"""Wordings as hypothesis draws them: every kind, one language or both, texts full of signs that formats mean something by."""

from decimal import Decimal

from hypothesis import strategies as st

from assessments.bank.formats.records import FiledQuestion, Filing
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.rules.tidying import tidied
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse

_PIECES = [
    "静音", "多少秒？", "hold", "A & B", "<b>x</b>", "</span>", '<span lang="zh_cn" class="multilang">', "&lt;span", "&amp;lt;",
    "{", "}", "~", "=", "#", "####", ":", "::", "\\", "\\n", "%50%", "->", "//", "[html]", "*", "_", "`", "[[1]]", "\n", "\n\n",
    "// x", "$CATEGORY: x", "=1+1", "+86", "@x", "-", '"', "'", ",", ";", "\t", "1. ", "# ", "> ", "T", "TRUE", "０１", "𠮷", "…",
    "]]>", "<!--", "![x](http://e.example/x.png)", "@", "|", "~~", "[id:q]", "]",
]  # fmt: skip
_ALPHABET = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
texts = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join), st.text(_ALPHABET, max_size=20)).map(
    str.strip
)
filled = texts.filter(bool)
plain = st.text("静音原因时长客户abcXYZ 019", min_size=1, max_size=8).map(str.strip).filter(bool)
credits = st.sampled_from([None, Decimal("0.5"), Decimal("0.33333"), Decimal("-0.25"), Decimal("1")])
numbers = st.decimals(min_value=-9999, max_value=9999, places=2).map(lambda number: f"{number.normalize():f}")
tolerances = st.sampled_from([None, Decimal("0.5"), Decimal("0.000001"), Decimal(3)])
slugs = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
tags = st.lists(plain.map(lambda tag: " ".join(tag.split())), max_size=3, unique=True).map(tuple)


@st.composite
def option_words(draw, kind, *, languages, texts=texts, gap=0):
    """One line; `texts` draws what stands in it."""
    pick = {name: draw(texts) if name in languages else "" for name in ("zh", "en")}
    told = {name: draw(texts) if name in languages else "" for name in ("zh", "en")}
    more = {"feedback_zh": told["zh"], "feedback_en": told["en"], "gap": gap}
    if kind == QuestionKind.NUMERIC:
        number = draw(numbers)
        pick = {name: number if name in languages else "" for name in ("zh", "en")}
        more["tolerance"] = draw(tolerances)
    if kind == QuestionKind.MATCHING:
        more |= {f"match_{name}": draw(texts) if name in languages else "" for name in ("zh", "en")}
    if kind in (QuestionKind.WRITTEN, QuestionKind.SPOKEN):
        more["credit"] = draw(st.sampled_from([Decimal(1), Decimal("2.5")]))
    elif kind not in (QuestionKind.MATCHING, QuestionKind.ORDERING):
        more |= {"is_right": draw(st.booleans()), "credit": draw(credits)}
    return OptionWords(pick["zh"], pick["en"], **more)


@st.composite
def wordings(draw, *, texts=texts, kinds=tuple(QuestionKind)):
    """Any wording, also one that couldn't be asked."""
    kind = draw(st.sampled_from(kinds))
    languages = draw(st.sampled_from([("zh",), ("en",), ("zh", "en")]))

    def both(strategy=texts):
        return {name: draw(strategy) if name in languages else "" for name in ("zh", "en")}

    stem, explanation = both(filled), both()
    gaps, options = (), []
    if kind == QuestionKind.CLOZE:
        inner = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT)
        gaps = tuple(
            GapWords(number, draw(st.sampled_from(inner)), draw(st.sampled_from([Decimal(1), Decimal("1.5")])), "s")
            for number in range(1, draw(st.integers(1, 3)) + 1)
        )
        marks = "".join(f" [[{gap.number}]]" for gap in gaps)
        stem = {name: text + marks if text else "" for name, text in stem.items()}
        for gap in gaps:
            line = option_words(gap.kind, languages=languages, texts=texts, gap=gap.number)
            options += draw(st.lists(line, min_size=1, max_size=3))
    else:
        options = draw(st.lists(option_words(kind, languages=languages, texts=texts), max_size=4))
    return tidied(
        Wording(
            kind=kind.value,
            stem_zh=stem["zh"],
            stem_en=stem["en"],
            options=tuple(options),
            explanation_zh=explanation["zh"],
            explanation_en=explanation["en"],
            partial_credit=draw(st.booleans()),
            match_case=draw(st.booleans()),
            unit=draw(st.sampled_from(["", "秒", "%"])),
            gaps=gaps,
        )
    )


@st.composite
def filed_questions(draw, **more):
    filing = Filing(
        key=draw(slugs),
        skill=draw(slugs),
        use=draw(st.sampled_from(QuestionUse.values)),
        status=draw(st.sampled_from(QuestionStatus.values)),
        difficulty=draw(st.integers(1, 5)),
        tags=draw(tags),
    )
    return FiledQuestion(draw(wordings(**more)), filing, skill_name="Skill")
