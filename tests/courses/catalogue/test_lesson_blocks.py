"""Each block of a lesson: shows what its author wrote in both languages, shows a sample of itself, refuses in words."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.blocks import StreamBlockValidationError
from wagtail.users.models import UserProfile

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_quiz
from courses.catalogue.blocks import LessonBody
from courses.catalogue.queries import checks, quiz_cards
from courses.catalogue.services import grant_author_rights
from lms.people.services.groups import sync_groups
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.media import make_document, make_film, make_phrase, make_picture, make_recording, make_term
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

BODY = LessonBody()


def drawn(kind, value, language="en", **context):
    """The block as a reader sees it, whitespace folded."""
    block = BODY.child_blocks[kind]
    with translation.override(language):
        return re.sub(r"\s+", " ", block.render(block.to_python(value), context=context))


def text_of(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def refusal(kind, value):
    """What the author is told when a lesson with only this block is published; empty when it is accepted."""
    with translation.override("en"):
        try:
            BODY.clean(BODY.to_python([{"type": kind, "value": value, "id": "1"}]))
        except StreamBlockValidationError as refused:
            return str(_words(refused))
    return ""


def _words(error):
    if error is None:
        return []
    if isinstance(error, dict):
        return [word for each in error.values() for word in _words(each)]
    if isinstance(error, list | tuple):
        return [word for each in error for word in _words(each)]
    inner = [getattr(error, name, None) for name in ("block_errors", "non_block_errors", "cell_errors")]
    if any(inner):
        return [word for each in inner for word in _words(each)]
    return list(getattr(error, "messages", [])) or [str(error)]


# --- the author's window of blocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", list(BODY.child_blocks))
def test_every_block_shows_a_sample_of_itself(client, cast, at, kind, language):
    """From an empty library: samples need no rows."""
    sync_groups(cast.tess, at=at)
    grant_author_rights()
    UserProfile.objects.create(user=cast.tess, preferred_language=language)
    client.force_login(cast.tess)
    block = BODY.child_blocks[kind]

    answer = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    assert answer.status_code == 200
    html = answer.content.decode()
    shown = text_of(html.split("<article", 1)[1])
    assert len(shown) > 20
    assert "available at the moment" not in html
    assert " style=" not in html
    assert "courses/lessons.css" in html
    assert f'<html lang="{language}"' in html


def test_blocks_stand_in_groups():
    with translation.override("en"):
        groups = [(str(name), [block.name for block in blocks]) for name, blocks in BODY.grouped_child_blocks()]

    assert [name for name, _blocks in groups] == [
        "Words", "Phrasing", "Pictures, sound and files", "Practice", "Figures",
    ]  # fmt: skip
    assert dict(groups)["Practice"] == ["check", "quiz"]


@pytest.mark.parametrize("kind", list(BODY.child_blocks))
def test_every_block_has_a_name_an_icon_and_a_description(kind):
    block = BODY.child_blocks[kind]

    assert block.get_description()
    assert block.label != kind
    get_template(f"wagtailadmin/icons/{block.meta.icon}.svg")  # raises where Wagtail has no such icon


@pytest.mark.parametrize("is_emptied", [False, True], ids=["as it is put in", "emptied"])
@pytest.mark.parametrize("kind", list(BODY.child_blocks))
def test_a_block_that_is_not_filled_in_yet_does_not_keep_a_draft_from_being_saved(kind, is_emptied):
    """The editor saves by itself, a moment after a block was put in."""
    block = BODY.child_blocks[kind]
    value = block.get_prep_value(block.get_default())
    body = BODY.to_python([{"type": kind, "value": emptied(value) if is_emptied else value, "id": "1"}])

    saved = BODY.clean_deferred(body)

    assert [child.block_type for child in saved] == [kind]
    assert drawn(kind, BODY.get_prep_value(saved)[0]["value"]) is not None


def emptied(value):
    """The value with nothing in its fields."""
    if isinstance(value, dict):
        return {
            name: emptied(each) if name not in ("id", "type", "columns", "rows") else each
            for name, each in value.items()
        }
    return [emptied(each) for each in value if isinstance(each, dict)] if isinstance(value, list) else None


# --- words ---------------------------------------------------------------------------------------------------------


def test_text():
    assert "<h2>Hold</h2>" in drawn("text", "<h2>Hold</h2>")
    assert "required" in refusal("text", "")


def test_markdown_makes_tables_scroll():
    html = drawn("markdown", {"text": "| a |\n|---|\n| <b>1</b> |"})

    assert '<div class="table-scroll" tabindex="0"><table>' in html
    assert "<b>" not in html
    assert "required" in refusal("markdown", {"text": ""})


@pytest.mark.parametrize(("tone", "word"), [("tip", "Tip"), ("warning", "Careful"), ("note", "Note")])
def test_callout(tone, word):
    html = drawn("callout", {"tone": tone, "title": "Hold", "text": "It is recorded."})

    assert text_of(html) == f"{word} Hold It is recorded."
    assert f"callout-{tone}" in html


def test_callout_refuses_another_tone():
    assert "valid choice" in refusal("callout", {"tone": "shout", "title": "", "text": "x"})


def test_steps():
    value = {"title": "Hold", "steps": [{"title": "Say why", "text": "and how long"}, {"title": "Ask", "text": ""}]}

    assert text_of(drawn("steps", value)) == "Hold Say why and how long Ask"
    assert "minimum number of items is 1" in refusal("steps", {"title": "", "steps": []})


def table(**changes):
    grid = {
        "caption": "Times of a call",
        "columns": [{"type": "text", "heading": "Part"}, {"type": "figure", "heading": "Seconds"}],
        "rows": [{"values": ["Talk", "200"]}, {"values": ["<i>Hold</i>", "30"]}],
    }
    return {"table": grid | changes, "row_heads": True, "source": "our own calls"}


def test_table():
    html = drawn("table", table())

    assert "<caption>Times of a call</caption>" in html
    assert '<th scope="col" class="is-figure">Seconds</th>' in html
    assert '<th scope="row">Talk</th><td class="is-figure">200</td>' in html
    assert "&lt;i&gt;Hold" in html
    assert text_of(html).endswith("Source: our own calls")
    assert "<td>Talk</td>" in drawn("table", table() | {"row_heads": False})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": []}, "a column and a row"),
        ({"columns": [], "rows": []}, "a column and a row"),
        ({"caption": " "}, "Say in the caption"),
        ({"columns": [{"type": "text", "heading": ""}, {"type": "figure", "heading": "s"}]}, "Give every column"),
    ],
)
def test_a_table_that_says_too_little_is_refused(changes, words):
    assert words in refusal("table", table(**changes))
    assert refusal("table", table()) == ""


def test_a_row_that_is_too_short_or_too_long_is_still_read():
    html = drawn("table", table(rows=[{"values": ["Talk"]}, {"values": ["Hold", "30", "more"]}]))

    assert '<th scope="row">Talk</th><td class="is-figure"></td>' in html
    assert "more" not in html


def test_a_draft_may_have_half_a_table():
    BODY.clean_deferred(BODY.to_python([{"type": "table", "value": table(caption=""), "id": "1"}]))


def test_term_in_both_languages():
    value = {"term": make_term().pk}

    assert text_of(drawn("term", value)) == "After-call work 话后处理 also: ACW · wrap-up Work after hanging up."
    assert text_of(drawn("term", value, "zh-hans")).startswith("话后处理 After-call work")
    assert "挂断之后的工作。" in drawn("term", value, "zh-hans")


def test_a_term_with_one_definition_shows_it_in_both_languages():
    value = {"term": make_term(definition_zh="").pk}

    assert "Work after hanging up." in drawn("term", value, "zh-hans")
    assert "required" in refusal("term", {"term": None})
    assert "available at the moment" in drawn("term", {"term": 10**6})


# --- phrasing ------------------------------------------------------------------------------------------------------


def test_dialogue():
    value = {
        "title": "Hold",
        "lines": [
            {"who": "agent", "text": "May I?", "why": "A question"},
            {"who": "customer", "text": "Yes", "why": ""},
        ],
    }

    assert text_of(drawn("dialogue", value)) == "Hold Agent May I? Why A question Customer Yes"
    assert "required" in refusal("dialogue", {"title": "", "lines": [{"who": "", "text": "x", "why": ""}]})


def test_say_dont():
    value = {"title": "", "pairs": [{"say": "Thank you", "dont": "Hello?", "why": "They waited"}]}

    assert text_of(drawn("say_dont", value)) == "Say Thank you Don't say Hello? Why They waited"
    assert "required" in refusal("say_dont", {"title": "", "pairs": [{"say": "x", "dont": "", "why": ""}]})


def test_phrase_in_both_languages():
    recording = make_recording()
    value = {"phrase": make_phrase(audio_zh=recording).pk}

    html = drawn("phrase", value)

    assert text_of(html) == (
        "Taboo phrase Not my job. 不归我管。 Say instead I'll pass you on. 我帮您转。 Nobody cares."
    )
    assert html.count(reverse("private-file", args=["course-media", recording.pk])) == 1
    chinese = text_of(drawn("phrase", value, "zh-hans"))
    assert chinese.index("不归我管。") < chinese.index("Not my job.")
    assert "Nobody cares." in chinese


def test_a_phrase_that_is_said_offers_nothing_instead():
    html = drawn("phrase", {"phrase": make_phrase(kind="greeting").pk})

    assert "pass you on" not in html
    assert "required" in refusal("phrase", {"phrase": None})


# --- pictures, sound and files -------------------------------------------------------------------------------------


def test_picture_with_its_rights():
    image = make_picture(alt_zh="波形图", alt_en="A wave", rights="© 2026 Us")
    value = {"image": image.pk, "caption": "Look"}

    html = drawn("picture", value)

    assert 'alt="A wave"' in html
    assert text_of(html) == "Look © 2026 Us"
    assert 'alt="波形图"' in drawn("picture", value, "zh-hans")
    assert 'alt="Mine"' in drawn("picture", value | {"alt": "Mine"})
    assert 'alt=""' in drawn("picture", value | {"is_decorative": True})


def test_a_picture_without_words_is_refused():
    image = make_picture(alt_zh="", alt_en="")

    assert "alternative text" in refusal("picture", {"image": image.pk, "caption": "", "alt": ""})
    assert refusal("picture", {"image": image.pk, "caption": "", "alt": "A wave"}) == ""
    assert refusal("picture", {"image": image.pk, "caption": "", "alt": "", "is_decorative": True}) == ""


def tour(image, **point):
    first = {"x": 12, "y": 40, "title": "Caller", "text": "Verify first."} | point
    return {"title": "At a glance", "image": image.pk, "alt": "", "points": [first, {**first, "title": "Save"}]}


def test_screen_tour_works_without_javascript():
    html = drawn("screen_tour", tour(make_picture(alt_en="The screen", rights="© Us")), id="abc")

    assert re.findall(r'href="#(tour-abc-\d)"', html) == re.findall(r'<li id="(tour-abc-\d)"', html)
    assert 'cx="12%" cy="40%"' in html
    assert 'aria-label="1: Caller"' in html
    assert '<details class="fold tour-list" data-tour-list open>' in html
    assert "Caller Verify first. Save Verify first." in text_of(html)
    assert "© Us" in html
    assert "style=" not in html


@pytest.mark.parametrize(("point", "words"), [({"x": 101}, "100"), ({"y": -1}, "0"), ({"title": ""}, "required")])
def test_a_point_beside_the_picture_is_refused(point, words):
    image = make_picture(alt_en="The screen")

    assert words in refusal("screen_tour", tour(image, **point))
    assert refusal("screen_tour", tour(image)) == ""


def test_audio_with_its_transcript():
    recording = make_recording(
        title="A hold", transcript_zh="稍等。", transcript_en="One moment.", rights="© Us", seconds=42
    )
    value = {"recording": recording.pk, "title": "", "caption": "Listen"}

    html = drawn("audio", value)

    assert f'src="{reverse("private-file", args=["course-media", recording.pk])}"' in html
    assert text_of(html) == "A hold 0:42 Listen Transcript One moment. © Us"
    assert "稍等。" in drawn("audio", value, "zh-hans")


def test_a_transcript_in_the_other_language_says_so():
    recording = make_recording(transcript_zh="稍等。", transcript_en="")

    html = drawn("audio", {"recording": recording.pk, "title": "Mine", "caption": ""})

    assert 'lang="zh-hans"' in html
    assert "shown in Chinese" in html
    assert "shown in" not in drawn("audio", {"recording": recording.pk, "title": "", "caption": ""}, "zh-hans")


def test_video_with_captions():
    film = make_film(title="The CRM", captions=("zh", "en"))
    value = {"film": film.pk, "title": "", "caption": "", "poster": make_picture().pk}

    html = drawn("video", value)

    tracks = re.findall(r'<track kind="captions" src="([^"]+)" srclang="([^"]+)" label="[^"]+"( default)?>', html)
    assert [(language, bool(default)) for _url, language, default in tracks] == [("zh-hans", False), ("en", True)]
    assert tracks[1][0] == reverse("private-file", args=["course-captions-en", film.pk])
    assert 'poster="' in html


def test_the_only_captions_are_on():
    html = drawn("video", {"film": make_film(captions=("zh",)).pk, "title": "", "caption": "", "poster": None})

    assert re.findall(r'srclang="([^"]+)" label="[^"]+" default', html) == ["zh-hans"]


def test_a_film_is_no_recording_and_a_recording_no_film():
    film, recording = make_film(), make_recording()

    assert "Choose a recording" in refusal("audio", {"recording": film.pk, "title": "", "caption": ""})
    assert "Choose a film" in refusal("video", {"film": recording.pk, "title": "", "caption": "", "poster": None})
    assert "required" in refusal("audio", {"recording": None, "title": "", "caption": ""})
    assert refusal("audio", {"recording": recording.pk, "title": "", "caption": ""}) == ""
    assert refusal("video", {"film": film.pk, "title": "", "caption": "", "poster": None}) == ""


def test_document():
    document = make_document(rights="© Us")

    html = drawn("document", {"document": document.pk, "note": "Print it"})

    assert html.count(f'href="{document.url}"') == 2
    assert text_of(html) == "Checklist PDF · 2.0\xa0KB Print it © Us Download".replace("\xa0", " ")
    assert "required" in refusal("document", {"document": None, "note": ""})
    assert "available at the moment" in drawn("document", {"document": 10**6, "note": ""})


# --- practice and figures ------------------------------------------------------------------------------------------


def test_check_comes_from_the_bank():
    QuestionFactory(key="practice-hold", use="practice")

    shown = checks(["practice-hold"])

    assert "Check my answer" in drawn("check", {"question": "practice-hold"}, checks=shown)
    assert "available at the moment" in drawn("check", {"question": "gone"}, checks=shown)
    assert "Choose another one" in refusal("check", {"question": "gone"})


def quiz_block(cast, at, key="crm-quiz", language="en"):
    with translation.override(language):
        cards = quiz_cards([key], reader=cast.ana, at=at)
    return drawn("quiz", {"quiz": key, "note": "After the last lesson"}, language, quizzes=cards)


def test_quiz_shows_its_rules_and_starts_for_who_has_it_to_sit(cast, at):
    quiz = make_quiz(questions=5)
    make_quiz("draft", published=False)

    assert text_of(quiz_block(cast, at)).startswith(
        "Quiz Quiz crm-quiz After the last lesson Questions 5 Time limit 15 min Pass share 80%"
    )
    assert "测验 crm-quiz" in quiz_block(cast, at, language="zh-hans")
    assert "/quizzes/" not in quiz_block(cast, at)
    assert "available at the moment" in quiz_block(cast, at, "draft")

    assignment = assign_quiz(cast.ana, quiz, reason_zh="复训", reason_en="Again", actor=cast.tess, at=at)

    assert f'href="{reverse("assessments:quiz-start", args=[assignment.pk])}"' in quiz_block(cast, at)


def test_an_assignment_that_is_somebody_elses_or_not_open_yet_starts_nothing(cast, at):
    quiz = make_quiz()
    words = {"reason_zh": "复训", "reason_en": "Again", "actor": cast.tess, "at": at}
    assign_quiz(cast.abel, quiz, **words)
    later = assign_quiz(cast.ana, quiz, **words)
    Assignment.objects.filter(pk=later.pk).update(opens_at=at + timedelta(days=1))

    assert "/quizzes/" not in quiz_block(cast, at)


def test_only_published_quizzes_can_be_chosen():
    make_quiz("ready")
    make_quiz("draft", published=False)

    assert refusal("quiz", {"quiz": "ready", "note": ""}) == ""
    assert "isn’t published" in refusal("quiz", {"quiz": "draft", "note": ""})


def test_metric():
    value = {"name": "AHT", "definition": "How long", "formula": "a ÷ b", "reference": "your own past"}

    assert text_of(drawn("metric", value)) == "AHT How long Formula a ÷ b Usual figure your own past"
    assert "required" in refusal("metric", value | {"definition": ""})


# --- the page ------------------------------------------------------------------------------------------------------


def whole_body(times):
    """Every block that reads rows, so many times, each with rows of its own."""
    body = []
    for number in range(times):
        key = f"q{number}-{times}"
        QuestionFactory(key=f"p{key}", use="practice")
        make_quiz(key)
        body += [
            ("picture", {"image": make_picture().pk, "caption": ""}),
            ("screen_tour", tour(make_picture())),
            ("audio", {"recording": make_recording().pk, "title": "", "caption": ""}),
            ("video", {"film": make_film().pk, "title": "", "caption": "", "poster": make_picture().pk}),
            ("document", {"document": make_document().pk, "note": ""}),
            ("phrase", {"phrase": make_phrase(audio_zh=make_recording(), audio_en=make_recording()).pk}),
            ("term", {"term": make_term().pk}),
            ("check", {"question": f"p{key}"}),
            ("quiz", {"quiz": key, "note": ""}),
        ]
    return [
        {"type": kind, "value": value, "id": f"00000000-0000-4000-8000-{place:012d}"}
        for place, (kind, value) in enumerate(body)
    ]


def test_a_lesson_reads_all_blocks_of_a_kind_at_once(client, cast):
    course = make_course(lessons=0)
    few, many = (make_lesson(course, f"with-{times}", body=whole_body(times)) for times in (1, 3))
    client.force_login(cast.ana)

    counts = []
    for lesson in (few, many):
        url = reverse("courses:lesson-detail", args=[course.slug, lesson.slug])
        client.get(url)  # the first reader has the pictures drawn
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        assert answer.status_code == 200
        assert "available at the moment" not in answer.content.decode()
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_lesson_in_english_shows_its_blocks_in_english(client, cast, at):
    course = make_course(lessons=0)
    lesson = make_lesson(course, "mixed", body=whole_body(1))
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)

    html = client.get(
        reverse("courses:lesson-detail", args=[course.slug, in_english(lesson).slug]), HTTP_ACCEPT_LANGUAGE="en"
    ).content.decode()

    assert text_of(html).index("Not my job.") < text_of(html).index("不归我管。")
    assert "One moment." in html
