from base64 import b64encode
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import FiledQuestion, Filing, MediaFile, ReadQuestion
from assessments.bank.rules import GapWords, OptionWords, Wording
from tests.assessments.bank.reading import MP3, PNG, lines, one, read, refusal, sample

pytestmark = pytest.mark.usefixtures("in_english")

DOT = MediaFile("a dot.png", PNG)
CLIP = MediaFile("clip.mp3", MP3)


@pytest.fixture
def desk(in_english):
    return read("moodlexml", sample("desk.moodle.xml"))


def named(items, name):
    return next(item for item in items if isinstance(item, ReadQuestion) and item.filing.name == name)


def quiz(body, kind="multichoice", text="Q", form="html"):
    return (
        f'<quiz><question type="{kind}"><name><text>N</text></name>'
        f'<questiontext format="{form}"><text>{escape(text)}</text></questiontext>{body}</question></quiz>'
    )


TWO = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'


def test_sample_is_read_question_by_question(desk):
    assert [(str(item.where), str(item.reason)) for item in desk if not isinstance(item, ReadQuestion)] == [
        ("question 1 (Welcome)", "It is a text without a question."),
        ("question 11 (Drag)", "Questions of Moodle's type “ddimageortext” can't be taken over."),
        (
            "question 12 (Missing picture)",
            "The file doesn't carry “@@PLUGINFILE@@/gone.png”, which the question shows.",
        ),
    ]
    assert [item.wording.kind for item in desk if isinstance(item, ReadQuestion)] == [
        "single", "multiple", "true_false", "short_text", "numeric", "matching", "ordering", "cloze", "written",
    ]  # fmt: skip


def test_single_choice_in_two_languages_with_its_picture(desk):
    hold = named(desk, "Hold")

    assert hold.wording.stem_zh == f"请看： ![dot](media:{DOT.key})"
    assert hold.wording.stem_en == f"Look: ![dot](media:{DOT.key})"
    assert hold.files == (DOT,)
    assert (hold.wording.explanation_zh, hold.wording.explanation_en) == ("先说原因。", "Reason **first**.")
    assert lines(hold.wording, "zh") == [("原因", True, None), ("AHT", False, Decimal("0.5")), ("<b>", False, None)]
    assert lines(hold.wording, "en")[:2] == [("Reason", True, None), ("AHT", False, Decimal("0.5"))]
    assert hold.wording.options[0].feedback_en == r"5 \* 3_x"
    assert (hold.filing.key, hold.filing.tags, hold.filing.difficulty) == ("hold-1", ("hold",), 4)
    assert hold.filing.category == ("Calls", "Opening")
    assert [str(note) for note in hold.notes] == ["The hints for further tries are left out."]


def test_several_answers(desk):
    calm = named(desk, "Calm")
    third = Decimal("0.33333")

    assert calm.wording.partial_credit
    assert lines(calm.wording) == [("A", True, third), ("B", True, third), ("C", True, third), ("D", False, 0)]
    assert len(calm.notes) == 1


def test_all_or_nothing_plugin():
    wording = one("moodlexml", quiz(TWO, kind="multichoiceset")).wording

    assert (wording.kind, wording.partial_credit) == ("multiple", False)
    assert lines(wording) == [("a", True, None), ("b", False, None)]


def test_typed_answers(desk):
    short, aht = named(desk, "Short").wording, named(desk, "AHT")

    assert short.stem_en == "The time after a call?\\\nIn English."
    assert short.match_case
    assert lines(short) == [("after-call *", True, None), ("wrap-up", False, Decimal("0.8"))]
    assert aht.wording.unit == "s"
    assert [(option.text_en, option.tolerance) for option in aht.wording.options] == [("320", 5)]
    assert [str(note) for note in aht.notes] == ["Only one unit can be asked for; the others are left out."]


def test_pairs_and_order(desk):
    pairs, order = named(desk, "Pairs").wording, named(desk, "Order")

    assert [(option.text_en, option.match_en) for option in pairs.options] == [
        ("*AHT*", "handling time"),
        ("FCR", "first-call resolution"),
        ("", "abandonment"),
    ]
    assert [option.text_en for option in order.wording.options] == ["Greet", "Name"]
    assert len(order.notes) == 1


def test_embedded_answers(desk):
    wording = named(desk, "Gaps").wording

    assert wording.stem_en == "A level of 80/20 means [[1]] % in [[2]] s; called [[3]] and [[4]]."
    assert [(gap.kind, gap.weight) for gap in wording.gaps] == [
        ("numeric", 2), ("single", 1), ("short_text", 1), ("multiple", 1),
    ]  # fmt: skip
    told = [(option.gap, option.text_en, option.is_right, option.credit) for option in wording.options]
    half = Decimal("0.5")
    assert told == [
        (1, "80", True, None), (2, "10", False, None), (2, "20", True, None), (2, "25", False, half),
        (3, "SL", True, None), (3, "service ~ level", False, half), (4, "a", True, half), (4, "b", True, half), (4, "c", False, 0),
    ]  # fmt: skip
    assert (wording.options[0].tolerance, wording.options[0].feedback_en) == (half, "ok")


def test_embedded_answers_of_two_languages_become_the_same_gaps():
    text = (
        '<span lang="zh_cn" class="multilang">中 {1:SA:=银行}</span>'
        '<span lang="en" class="multilang">E {1:SA:=bank}</span>'
    )

    wording = one("moodlexml", quiz("", kind="cloze", text=text)).wording

    assert (wording.stem_zh, wording.stem_en) == ("中 [[1]]", "E [[1]]")
    assert [(option.text_zh, option.text_en, option.gap) for option in wording.options] == [("银行", "bank", 1)]


def test_embedded_answers_that_differ_by_language_are_refused():
    text = '<span lang="zh" class="multilang">{1:SA:=一}</span><span lang="en" class="multilang">{1:SA:=a} {1:SA:=b}</span>'

    assert "same gaps" in refusal("moodlexml", quiz("", kind="cloze", text=text))


def test_essay_takes_its_rubric_from_the_notes_for_graders(desk):
    options = named(desk, "Essay").wording.options

    assert [(option.text_en, option.credit) for option in options] == [("Honest and concrete?", 5)]


def test_picture_in_the_text_itself():
    text = f'<p>Q <img src="data:image/png;base64,{b64encode(PNG).decode()}" alt="a]dot"></p>'

    item = one("moodlexml", quiz(TWO, text=text))

    assert item.wording.stem_en == f"Q ![adot](media:{DOT.key})"
    assert [medium.content for medium in item.files] == [PNG]


def test_picture_elsewhere_becomes_a_link():
    item = one("moodlexml", quiz(TWO, text='<p>Q <img src="https://x.example/a.png" alt="A"></p>'))

    assert item.wording.stem_en == "Q [A](<https://x.example/a.png>)"
    assert "became a link" in str(item.notes[0])


def test_script_is_left_out_with_a_note():
    item = one("moodlexml", quiz(TWO, text="<p>Q<script>alert(1)</script></p>"))

    assert item.wording.stem_en == "Q"
    assert len(item.notes) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<iframe src="https://x.example"></iframe>', "<iframe>"),
        ('<img src="data:image/svg+xml;base64,PHN2Zz4=">', "neither"),
        ('<audio src="https://x.example/a.mp3"></audio>', "another server"),
        ("<b>" * 5000, "nested too deeply"),
        ("x" * 60_000, "too long"),
    ],
)
def test_text_that_cannot_be_shown_is_refused(text, words):
    assert words in refusal("moodlexml", quiz(TWO, text=text))


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("random", "", "random"),
        ("multichoice", '<answer fraction="x"><text>a</text></answer>', "not a number"),
        ("multichoice", TWO * 150, "more than 200"),
        ("numerical", '<answer fraction="100"><text>1</text><tolerance>inf</tolerance></answer>', "not a number"),
        ("truefalse", '<answer fraction="100"><text>yes</text></answer>', "true"),
        ("cloze", "", "no gap"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(kind, body, words):
    assert words in refusal("moodlexml", quiz(body, kind=kind))


# --- writing -------------------------------------------------------------------------------------------------

LISTENING = Wording(
    kind="multiple",
    stem_zh=f'听录音。![客服 "A"](media:{CLIP.key}) 图：![点](media:{DOT.key})',
    stem_en=f"Listen. ![agent](media:{CLIP.key}) See ![dot](media:{DOT.key}).",
    options=(
        OptionWords(f"![点](media:{DOT.key})", "A", is_right=True),
        OptionWords("乙", "B"),
        OptionWords("丙", "C"),
    ),
    audio_zh=CLIP.key,
    audio_en=CLIP.key,
)


def filed(wording, media=(), **more):
    filing = Filing(key="q", skill="s", use="exam", status="ready", difficulty=2, tags=("t",), **more)
    return FiledQuestion(wording, filing, skill_name="S", media={each.key: each for each in media})


def test_media_and_the_clip_to_listen_to_come_back():
    file = FORMATS["moodlexml"].write([filed(LISTENING, [CLIP, DOT])])

    item = one("moodlexml", file.content)

    assert item.wording == LISTENING
    assert {medium.content for medium in item.files} == {PNG, MP3}
    assert [str(each.what) for each in file.omissions] == ["Moodle gives part credit for it."]


def test_plain_question_is_carried_by_moodles_own_elements_alone():
    wording = Wording("single", "题", "Q", (OptionWords("对", "Right", is_right=True), OptionWords("错", "Wrong")))

    file = FORMATS["moodlexml"].write([filed(wording)])

    assert b"callwright" not in file.content
    assert one("moodlexml", file.content).wording == wording
    assert file.omissions == ()


CLOZE = Wording(
    kind="cloze",
    stem_zh="占 [[1]]%",
    stem_en="[[1]] %",
    options=(OptionWords("80", "80", is_right=True, gap=1),),
    gaps=(GapWords(1, "numeric", Decimal("1.5"), "%"),),
)


def test_what_moodle_cannot_say_is_carried_beside_it():
    file = FORMATS["moodlexml"].write([filed(CLOZE)])

    assert "{2:NUMERICAL:=80:0}" in file.content.decode()
    assert one("moodlexml", file.content).wording == CLOZE


def test_what_was_edited_outside_wins_over_what_is_carried_beside_it():
    content = FORMATS["moodlexml"].write([filed(CLOZE)]).content.replace(b"{2:NUMERICAL:=80:0}", b"{2:NUMERICAL:=90:0}")

    item = one("moodlexml", content, "zh")

    assert [option.text_zh for option in item.wording.options] == ["90"]
    assert "edited outside" in str(item.notes[0])


@pytest.mark.parametrize(
    "damage", ["{", "[]", "{}", '{"options": 1, "gaps": []}', '{"kind": "x", "options": [], "gaps": []}', "[" * 100_000]
)
def test_damaged_exact_wording_is_left_out_with_a_note(damage):
    content = FORMATS["moodlexml"].write([filed(CLOZE)]).content.decode()
    start, end = content.index('<callwright version="1">') + 24, content.index("</callwright>")

    item = one("moodlexml", content[:start] + damage + content[end:], "zh")

    assert item.wording.kind == "cloze"
    assert "damaged" in str(item.notes[0])
