"""Tess writes in the Wagtail editor: courses, lessons with every block, tracks, translations, previews."""

import html
import json
import re
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.bank.models import QuestionVersion
from courses.catalogue.blocks.checks import PracticeQuestionBlock, practice_choices
from courses.catalogue.models import CourseImage, CoursePage, LessonPage, TrackPage
from courses.catalogue.services import catalogue_root
from courses.enrolment.models import TrackVersion
from courses.progress.models import LessonCompletion
from courses.progress.services import complete_lesson
from lms.people.services.groups import sync_groups
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import in_english, make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of
from tests.factories.media import make_document, make_film, make_phrase, make_recording, make_term
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def roots():
    return {language: catalogue_root(language) for language in ("zh-hans", "en")}


@pytest.fixture
def tess(client, cast, roots, at):
    for person in cast.people.values():
        sync_groups(person, at=at)
    client.force_login(cast.tess)
    return client


@pytest.fixture
def picture():
    make_quiz("closing-quiz")
    data = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    data.seek(0)
    return CourseImage.objects.create(
        title="Wave", alt_zh="波形图", alt_en="A wave form", file=ImageFile(data, name="wave.png")
    )


def create(client, model, parent, data, *, publish=True):
    url = reverse("wagtailadmin_pages:add", args=["courses", model._meta.model_name, parent.pk])
    return client.post(url, posted(data, publish=publish))


def edit(client, page, data, *, publish=True):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, posted(data, publish=publish))


def posted(data, *, publish):
    """Form data; `skills` is a group of check boxes, not rows of a formset."""
    flat = nested_form_data({name: value for name, value in data.items() if name != "skills"})
    flat["skills"] = data.get("skills", [])
    return flat | ({"action-publish": "1"} if publish else {})


def comments():
    return inline_formset([])


def course_data(**more):
    return {"title": "礼貌用语", "slug": "manners", "summary": "简介", "comments": comments()} | more


def every_block(picture):
    def listed(*values):
        return {"count": len(values)} | {
            str(number): {"deleted": "", "order": str(number), "type": "item", "id": "", "value": value}
            for number, value in enumerate(values)
        }

    return streamfield(
        [
            ("text", rich_text("<p>先说原因</p>")),
            ("markdown", {"text": "## 标题\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |"}),
            ("callout", {"tone": "warning", "title": "注意", "text": "静音也会录音"}),
            (
                "steps",
                {
                    "title": "三步",
                    "steps": listed({"title": "说明", "text": "原因"}, {"title": "征得同意", "text": ""}),
                },
            ),
            (
                "dialogue",
                {
                    "title": "示范",
                    "lines": listed(
                        {"who": "agent", "text": "请稍等，可以吗？", "why": "先征得同意"},
                        {"who": "customer", "text": "好的", "why": ""},
                    ),
                },
            ),
            ("say_dont", {"title": "", "pairs": listed({"say": "感谢等待", "dont": "喂", "why": "先道谢"})}),
            ("metric", {"name": "静音时长", "definition": "等待秒数", "formula": "合计 ÷ 次数", "reference": "60 秒"}),
            ("check", {"question": "practice-hold"}),
            ("picture", {"image": str(picture.pk), "caption": "波形"}),
            ("table", {"table": grid(), "row_heads": "on", "source": ""}),
            ("term", {"term": str(make_term().pk)}),
            ("phrase", {"phrase": str(make_phrase().pk)}),
            (
                "screen_tour",
                {
                    "title": "一眼看清",
                    "image": str(picture.pk),
                    "alt": "",
                    "points": listed({"x": "12", "y": "40", "title": "来电人", "text": "先核对"}),
                },
            ),
            ("audio", {"recording": str(make_recording().pk), "title": "示范录音", "caption": ""}),
            ("video", {"film": str(make_film().pk), "title": "系统演示", "caption": "", "poster": ""}),
            ("document", {"document": str(make_document(title="核对清单").pk), "note": ""}),
            ("quiz", {"quiz": "closing-quiz", "note": "学完再考"}),
            (
                "staffing",
                {
                    "title": "早班",
                    "task": "让一位同事迟到",
                    "calls": "60",
                    "aht_s": "240",
                    "agents": "11",
                    "service_level_percent": "80",
                    "answer_within_s": "20",
                    "shrinkage_percent": "25",
                    "patience_s": "",
                    "sliders": ["calls", "agents"],
                },
            ),
        ]
    )


def grid():
    """A table of two columns and a row, as the editor sends it."""
    columns = {
        str(number): {"type": kind, "order": str(number), "heading": heading, "deleted": ""}
        for number, (kind, heading) in enumerate([("text", "环节"), ("figure", "秒")])
    }
    return {
        "caption": "通话各环节",
        "column-count": "2",
        "column": columns,
        "row-count": "1",
        "row": {"0": {"order": "0", "deleted": ""}},
        "cell": {"0": {"0": "静音等待", "1": "30"}},
    }


def lesson_data(picture, **more):
    return {
        "title": "静音等待",
        "slug": "hold",
        "summary": "",
        "minutes": "8",
        "body": every_block(picture),
        "comments": comments(),
    } | more


def step(order, **thing):
    chosen = {"course": "", "lesson": "", "quiz": "", "scenario": "", "group_key": ""}
    return chosen | {"due_days": "5", "ORDER": str(order)} | thing


def track_data(*steps, initial=0, **more):
    return {
        "title": "入职培训",
        "slug": "onboarding",
        "summary": "",
        "validity_months": "12",
        "validity_mode": "completion",
        "calendar_month": "",
        "calendar_day": "",
        "renewal_days": "30",
        "refresher": "",
        "counts_rostered_days": "on",
        "steps": inline_formset(list(steps), initial=initial),
        "groups": inline_formset([]),
        "prerequisites": inline_formset([]),
        "audience": inline_formset([]),
        "comments": comments(),
    } | more


# --- doors ---------------------------------------------------------------------------------------------------


def test_authors_enter_the_back_office_and_nobody_else(tess, cast):
    inside = {
        name for name, who in cast.people.items() if tess.force_login(who) or tess.get("/admin/").status_code == 200
    }

    assert inside == {"tess", "quinn"}


def test_learners_cannot_create_or_edit(tess, cast, roots):
    course = make_course("crm")
    tess.force_login(cast.ana)

    assert create(tess, CoursePage, roots["zh-hans"], course_data()).status_code == 302
    assert edit(tess, course, course_data(title="mine")).status_code == 302
    assert CoursePage.objects.filter(slug="manners").count() == 0
    course.refresh_from_db()
    assert course.title == "课程 crm"


def test_the_catalogue_is_what_an_author_sees_first(tess, roots):
    shown = tess.get(reverse("wagtailadmin_explore_root"), follow=True).content.decode()

    assert "课程目录" in shown
    assert "Catalogue" in shown


def test_the_menu_has_nothing_that_needs_the_internet(tess):
    menu = re.findall(r'"name": "(\w+)"', html.unescape(tess.get("/admin/").content.decode()))

    assert "images" in menu
    assert "help" not in menu


# --- courses and lessons -------------------------------------------------------------------------------------


def test_an_author_writes_a_course_with_a_lesson_of_every_block_and_publishes_both(tess, cast, roots, picture):
    question = QuestionFactory(key="practice-hold", practice=True)
    skill = SkillFactory(key="phrasing")

    made = create(tess, CoursePage, roots["zh-hans"], course_data(skills=[str(skill.pk)]))
    assert made.status_code == 302
    course = CoursePage.objects.get(slug="manners")
    made = create(tess, LessonPage, course, lesson_data(picture, skills=[str(skill.pk)]))
    assert made.status_code == 302

    lesson = LessonPage.objects.get(slug="hold")
    assert (course.live, lesson.live, lesson.minutes, lesson.material_version) == (True, True, 8, 1)
    assert [block.block_type for block in lesson.body] == [
        "text", "markdown", "callout", "steps", "dialogue", "say_dont", "metric", "check", "picture", "table", "term",
        "phrase", "screen_tour", "audio", "video", "document", "quiz", "staffing",
    ]  # fmt: skip
    assert list(lesson.skills.all()) == list(course.skills.all()) == [skill]
    tess.force_login(cast.ana)
    shown = tess.get("/learn/courses/manners/hold/").content.decode()
    for piece in (
        "先说原因",
        "静音也会录音",
        "征得同意",
        "请稍等",
        "感谢等待",
        "合计 ÷ 次数",
        question.versions.get().stem_zh,
        'alt="波形图"',
        "让一位同事迟到",
        "80.9%",
        "静音等待</th>",
        "挂断之后的工作",
        "不归我管",
        'cx="12%"',
        "示范录音",
        "<track ",
        "核对清单",
        "测验 closing-quiz",
    ):
        assert piece in shown, piece


def test_only_practice_questions_can_be_chosen(tess, picture):
    QuestionFactory(key="practice-hold")  # an exam question
    course = make_course("manners", lessons=0)

    refused = create(tess, LessonPage, course, lesson_data(picture))

    assert refused.status_code == 200
    assert not LessonPage.objects.exists()


@pytest.mark.parametrize("kind", ["numeric", "ordering", "cloze", "matching"])
def test_a_self_check_takes_only_what_is_answered_by_choosing(tess, picture, kind):
    question = QuestionFactory(key="practice-hold", practice=True)
    QuestionVersion.objects.filter(question=question).update(kind=kind)
    course = make_course("manners", lessons=0)

    refused = create(tess, LessonPage, course, lesson_data(picture))

    assert "practice-hold" not in dict(practice_choices())
    assert not LessonPage.objects.exists()
    assert json.dumps(str(PracticeQuestionBlock.refusal)).strip('"') in html.unescape(refused.content.decode())


def test_a_draft_is_saved_and_not_shown(tess, cast, roots):
    create(tess, CoursePage, roots["zh-hans"], course_data(), publish=False)

    assert not CoursePage.objects.get(slug="manners").live
    tess.force_login(cast.ana)
    assert tess.get("/learn/courses/manners/").status_code == 404


def test_a_change_is_material_when_the_author_says_so(tess, picture):
    QuestionFactory(key="practice-hold", practice=True)
    lesson = make_lesson(make_course("manners", lessons=0), "hold")

    edit(tess, lesson, lesson_data(picture), publish=True)
    lesson.refresh_from_db()
    assert lesson.material_version == 1

    for _save in range(2):
        edit(tess, lesson, lesson_data(picture, is_material="on"), publish=False)
    lesson.refresh_from_db()
    assert lesson.material_version == 1
    assert lesson.get_latest_revision_as_object().material_version == 2
    assert (
        "checked"
        in tess.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk]))
        .content.decode()
        .split('name="is_material"')[1][:200]
    )

    edit(tess, lesson, lesson_data(picture, is_material="on"), publish=True)
    lesson.refresh_from_db()
    assert lesson.material_version == 2


def test_an_address_of_a_page_in_the_other_language_is_refused(tess, roots):
    make_course("manners", languages=["en"], lessons=0)

    refused = create(tess, CoursePage, roots["zh-hans"], course_data())

    assert refused.status_code == 200
    assert not CoursePage.objects.filter(locale=roots["zh-hans"].locale).exists()


# --- previews ------------------------------------------------------------------------------------------------


def preview_of(client, page, data):
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    kept = client.post(url, nested_form_data(data))
    assert json.loads(kept.content)["is_valid"], kept.content
    return client.get(url)


def test_the_lesson_preview_shows_the_draft_read_only_and_records_nothing(tess, cast, picture):
    QuestionFactory(key="practice-hold", practice=True)
    lesson = make_lesson(make_course("manners", lessons=0), "hold")

    response = preview_of(tess, lesson, lesson_data(picture, title="还没发布的标题"))

    shown = response.content.decode()
    assert response.status_code == 200
    for piece in ("还没发布的标题", "先说原因", "课程 manners", "题目 practice-hold"):
        assert piece in shown
    for piece in ("data-heartbeat-url", "/complete/", "data-lesson"):
        assert piece not in shown
    assert not LessonCompletion.objects.exists()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_preview_is_in_the_language_of_the_page(tess, cast):
    lesson = in_english(make_lesson(make_course("manners", lessons=0), "hold"))
    data = {
        "title": "Hold",
        "slug": "hold",
        "summary": "",
        "minutes": "5",
        "body": streamfield([("callout", {"tone": "tip", "title": "", "text": "Say why"})]),
        "comments": comments(),
    }

    shown = preview_of(tess, lesson, data).content.decode()

    assert '<html lang="en"' in shown
    assert "Say why" in shown


def test_a_page_that_was_never_saved_can_be_previewed(tess, picture):
    QuestionFactory(key="practice-hold", practice=True)
    course = make_course("manners", lessons=0)
    url = reverse("wagtailadmin_pages:preview_on_add", args=["courses", "lessonpage", course.pk])

    tess.post(url, nested_form_data(lesson_data(picture)))

    assert "静音等待" in tess.get(url).content.decode()


def test_courses_and_tracks_can_be_previewed_and_drafts_viewed(tess):
    course = make_course("manners", lessons=2)
    track = make_track("onboarding", [course, make_quiz("crm-quiz")])

    assert "课时 manners-1" in preview_of(tess, course, course_data()).content.decode()
    kept, dropped = track.steps.all()
    rows = (
        step(1, id=str(kept.pk), course=str(course.pk)),
        step(2, id=str(dropped.pk), quiz=str(dropped.quiz_id), DELETE="on"),
    )
    shown = preview_of(tess, track, track_data(*rows, initial=2)).content.decode()
    assert "课程 manners" in shown
    assert "测验 crm-quiz" not in shown
    for page in (course, track, lessons_of(course)[0]):
        assert tess.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


# --- tracks --------------------------------------------------------------------------------------------------


def test_an_author_writes_a_track_and_publishing_freezes_its_rules(tess, cast, roots):
    course, quiz, scenario = make_course("manners"), make_quiz("crm-quiz"), make_scenario().scenario
    steps = (
        step(1, course=str(course.pk)),
        step(2, quiz=str(quiz.pk)),
        step(3, scenario=str(scenario.pk), due_days="30"),
    )

    assert create(tess, TrackPage, roots["zh-hans"], track_data(*steps)).status_code == 302

    version = TrackVersion.objects.get()
    assert list(version.steps.values_list("kind", "due_days")) == [("course", 5), ("quiz", 5), ("mystery_call", 30)]


def test_editing_a_step_publishes_the_next_version(tess, roots):
    track = make_track("onboarding", [make_course("manners"), make_quiz("crm-quiz")])
    first, second = track.steps.all()
    rows = (
        step(1, id=str(first.pk), course=str(first.course_id), due_days="3"),
        step(2, id=str(second.pk), quiz=str(second.quiz_id)),
    )

    assert edit(tess, track, track_data(*rows, initial=2)).status_code == 302

    assert list(TrackVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    newest = TrackVersion.objects.get(number=2)
    assert list(newest.steps.values_list("kind", "due_days")) == [("course", 3), ("quiz", 5)]


@pytest.mark.parametrize("publish", [True, False])
@pytest.mark.parametrize("things", [(), ("course", "quiz")])
def test_a_step_is_one_thing_in_drafts_too(tess, roots, publish, things):
    chosen = {"course": str(make_course("manners").pk), "quiz": str(make_quiz("crm-quiz").pk)}
    row = step(1, **{name: chosen[name] for name in things})

    refused = create(tess, TrackPage, roots["zh-hans"], track_data(row), publish=publish)

    assert refused.status_code == 200
    assert (
        "choose a course, a lesson, a quiz or a scenario" in refused.content.decode()
        or "请选择" in refused.content.decode()
    )
    assert not TrackPage.objects.exists()


def test_the_rules_of_a_track_are_not_edited_on_its_translation(tess):
    track = make_track("onboarding", [make_course("manners")])
    english = in_english(track)

    form = tess.get(reverse("wagtailadmin_pages:edit", args=[english.pk])).content.decode()
    assert 'name="steps-TOTAL_FORMS"' not in form
    assert 'name="validity_months"' not in form
    assert "renewal_days" not in form
    saved = edit(tess, english, {"title": "First weeks", "slug": "onboarding", "summary": "", "comments": comments()})

    assert saved.status_code == 302
    version = TrackVersion.objects.get()
    assert (version.title_en, version.validity_months, version.steps.count()) == ("First weeks", 12, 1)


def test_the_rules_about_validity_are_frozen_with_the_version(tess):
    track, refresher = make_track("onboarding", [make_course("manners")]), make_track("again", [make_course("short")])
    row = track.steps.get()
    rules = {
        "validity_months": "24", "validity_mode": "fixed_calendar", "calendar_month": "12", "calendar_day": "31",
        "renewal_days": "45", "refresher": str(refresher.pk), "counts_rostered_days": "",
    }  # fmt: skip
    steps = [step(1, id=str(row.pk), course=str(row.course_id))]

    for _save in range(2):
        assert edit(tess, track, track_data(*steps, initial=1, **rules)).status_code == 302

    first, second = TrackVersion.objects.filter(track_key=track.translation_key).order_by("number")
    assert (first.validity_mode, first.renewal_days, first.counts_rostered_days) == ("completion", None, True)
    assert (second.validity_months, second.validity_mode, second.calendar_month, second.calendar_day) == (
        24, "fixed_calendar", 12, 31,
    )  # fmt: skip
    assert (second.renewal_days, second.refresher_key) == (45, refresher.translation_key)
    assert not second.counts_rostered_days


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"validity_mode": "fixed_calendar"}, "Give month and day"),
        ({"validity_mode": "fixed_calendar", "calendar_month": "4", "calendar_day": "31"}, "There is no such day"),
        (
            {"validity_mode": "fixed_calendar", "calendar_month": "2", "calendar_day": "29", "validity_months": "18"},
            "whole years",
        ),
        ({"calendar_month": "4"}, "Only a validity to a fixed day"),
        ({"validity_mode": "previous_expiry", "renewal_days": ""}, "what “in time” means"),
        ({"validity_months": "1", "renewal_days": "28"}, "choose fewer days"),
        ({"validity_months": "0"}, "at least one month"),
    ],
)
def test_rules_about_validity_that_contradict_each_other_are_refused(tess, cast, rules, words):
    cast.tess.language = "en"
    cast.tess.save()
    track = make_track("onboarding", [make_course("manners")])
    row = track.steps.get()

    refused = edit(tess, track, track_data(step(1, id=str(row.pk), course=str(row.course_id)), initial=1, **rules))

    assert refused.status_code == 200
    assert words in html.unescape(refused.content.decode())
    assert TrackVersion.objects.count() == 1


def test_a_track_is_not_its_own_refresher(tess, cast):
    track = make_track("onboarding", [make_course("manners")])
    row = track.steps.get()

    refused = edit(
        tess, track,
        track_data(step(1, id=str(row.pk), course=str(row.course_id)), initial=1, refresher=str(track.pk)),
    )  # fmt: skip

    assert refused.status_code == 200
    track.refresh_from_db()
    assert track.refresher is None


def test_a_new_track_offers_a_renewal_and_says_what_it_means(tess, cast, roots):
    form = tess.get(reverse("wagtailadmin_pages:add", args=["courses", "trackpage", roots["zh-hans"].pk]))

    field = next(tag for tag in re.findall(r"<input[^>]*>", form.content.decode()) if 'name="renewal_days"' in tag)
    assert 'value="30"' in field


# --- translations --------------------------------------------------------------------------------------------


def test_submitting_a_course_for_translation_makes_drafts_at_the_same_addresses(tess, cast, roots):
    course = make_course("manners", lessons=2, languages=["zh-hans"])
    url = reverse("simple_translation:submit_page_translation", args=[course.pk])
    assert tess.get(url).status_code == 200

    done = tess.post(url, {"locales": [str(roots["en"].locale_id)], "include_subtree": "on"})

    english = in_english(course)
    assert done.url == reverse("wagtailadmin_pages:edit", args=[english.pk])
    assert (english.slug, english.live) == ("manners", False)
    assert [(lesson.slug, lesson.live) for lesson in lessons_of(english)] == [
        ("manners-1", False),
        ("manners-2", False),
    ]
    assert english.get_parent() == roots["en"].page_ptr

    edit(tess, english, course_data(title="Manners"))
    cast.ana.language = "en"
    cast.ana.save()
    tess.force_login(cast.ana)
    assert "Manners" in tess.get("/learn/courses/manners/").content.decode()


def test_the_address_is_set_on_the_source_only(tess):
    course = make_course("manners", lessons=0)
    english = in_english(course)

    edit(tess, english, course_data(slug="elsewhere", title="Manners"))

    english.refresh_from_db()
    assert (english.title, english.slug) == ("Manners", "manners")


def test_a_copy_is_a_page_of_its_own(tess, roots):
    course = make_course("manners", lessons=1)
    url = reverse("wagtailadmin_pages:copy", args=[course.pk])

    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": str(roots["zh-hans"].pk), "copy_subpages": "on"}
    assert tess.post(url, data).status_code == 302

    copy = CoursePage.objects.get(slug="copy")
    assert copy.translation_key != course.translation_key
    assert lessons_of(copy)[0].slug == "manners-1"


# --- kept for the record -------------------------------------------------------------------------------------


def test_an_address_left_empty_is_made_from_the_title(tess, roots):
    """Also where the title is taken, in this tree or in the other language's."""
    create(tess, CoursePage, roots["en"], course_data(title="Manners", slug="manners-2"))
    for _time in range(2):
        create(tess, CoursePage, roots["zh-hans"], course_data(title="Manners", slug=""))
    create(tess, CoursePage, roots["zh-hans"], course_data(slug=""))

    slugs = CoursePage.objects.child_of(roots["zh-hans"]).order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["manners", "manners-3", "礼貌用语"]


def delete(client, page):
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))


def test_what_somebody_learnt_from_is_not_deleted(tess, cast, at):
    course = make_course("manners", lessons=2)
    read, unread = lessons_of(course)
    complete_lesson(cast.ana, read, at=at)
    track = make_track("onboarding", [make_course("crm", lessons=0)])
    enrol(cast.ana, track)

    for page in (read, track, track.steps.get().course):
        assert delete(tess, page).url == reverse("wagtailadmin_pages:unpublish", args=[page.pk])
        assert type(page).objects.filter(pk=page.pk).exists()
    delete(tess, unread)
    assert not LessonPage.objects.filter(pk=unread.pk).exists()


def test_what_somebody_learnt_from_is_not_deleted_in_bulk(tess, cast, at):
    course = make_course("manners", lessons=2)
    read, unread = lessons_of(course)
    complete_lesson(cast.ana, read, at=at)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

    tess.post(f"{url}?id={read.pk}&id={unread.pk}")

    assert LessonPage.objects.filter(pk__in=[read.pk, unread.pk]).count() == 2


# --- rules of tracks -----------------------------------------------------------------------------------------


def group(order, **more):
    return {"key": "A", "choose": "1", "title_zh": "加深", "title_en": "Deepening", "ORDER": str(order)} | more


def rule(order, **more):
    fields = ("job_role", "site", "team", "person", "hired_from", "hired_until")
    return dict.fromkeys(fields, "") | {"ORDER": str(order)} | more


def test_an_author_writes_electives_order_prerequisites_and_audience(tess, cast, roots):
    course = make_course("manners", lessons=1)
    lesson = lessons_of(course)[0]
    before = make_track("first", [course])
    data = track_data(
        step(1, course=str(course.pk), group_key="A"),
        step(2, lesson=str(lesson.pk), group_key="A"),
        is_ordered="on",
        groups=inline_formset([group(0)]),
        prerequisites=inline_formset([{"track": str(before.pk), "ORDER": "0"}]),
        audience=inline_formset([rule(0, person="ana"), rule(1, team=str(cast.team_b.pk), hired_from="2026-01-01")]),
    )

    assert create(tess, TrackPage, roots["zh-hans"], data).status_code == 302

    version = TrackVersion.objects.get(slug="onboarding")
    assert (version.is_ordered, version.groups.get().title_en) == (True, "Deepening")
    assert version.prerequisites.get().track_key == before.translation_key
    assert list(version.steps.values_list("kind", "group_key")) == [("course", "A"), ("lesson", "A")]
    page = TrackPage.objects.get(slug="onboarding")
    assert [(row.person, row.team) for row in page.audience.all()] == [(cast.ana, None), (None, cast.team_b)]
    form = tess.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert 'value="ANA"' in form  # the person is shown by the employee number
    assert "上海 / 二组" in html.unescape(form) or "Site sh / 二组" in html.unescape(form)


def test_rules_that_do_not_hold_together_are_refused_on_their_field(tess, cast, roots):
    course = str(make_course("manners", lessons=1).pk)
    rows = {
        "groups": inline_formset([group(0, choose="3")]),
        "audience": inline_formset(
            [rule(0), rule(1, person="nobody"), rule(2, hired_from="2026-02-01", hired_until="2026-01-01")]
        ),
    }

    refused = create(tess, TrackPage, roots["zh-hans"], track_data(step(1, course=course), **rows))
    assert refused.status_code == 200
    audience = refused.context["form"].formsets["audience"]
    assert [list(row.errors) for row in audience.forms] == [["__all__"], ["person", "__all__"], ["hired_until"]]

    rows["audience"] = inline_formset([])
    refused = create(
        tess, TrackPage, roots["zh-hans"], track_data(step(1, course=course, group_key="B"), **rows), publish=False
    )
    assert refused.status_code == 200
    formsets = refused.context["form"].formsets
    assert list(formsets["groups"].forms[0].errors) == ["choose"]
    assert list(formsets["steps"].forms[0].errors) == ["group_key"]
    assert not TrackPage.objects.exists()


@pytest.mark.parametrize("publish", [True, False])
def test_a_cycle_is_refused_with_the_way_round(tess, roots, publish):
    course = make_course("manners", lessons=1)
    first = make_track("first", [course])
    middle = make_track("middle", [course], before=[first])
    last = make_track("last", [course], before=[middle])
    row = step(1, id=str(first.steps.get().pk), course=str(course.pk))
    data = track_data(
        row, initial=1, title="入职", slug="first",
        prerequisites=inline_formset([{"track": str(last.pk), "ORDER": "0"}]),
    )  # fmt: skip

    refused = edit(tess, first, data, publish=publish)

    assert refused.status_code == 200
    [error] = refused.context["form"].formsets["prerequisites"].forms[0].errors["track"]
    assert "入职 → 路径 last → 路径 middle → 入职" in error
    assert not first.prerequisites.exists()


def test_a_draft_that_names_another_counts_when_that_one_is_saved(tess, roots):
    course = make_course("manners", lessons=1)
    first, second = make_track("first", [course]), make_track("second", [course])

    def naming(page, other):
        row = step(1, id=str(page.steps.get().pk), course=str(course.pk))
        before = inline_formset([{"track": str(other.pk), "ORDER": "0"}])
        return track_data(row, initial=1, slug=page.slug, title=page.title, prerequisites=before)

    assert edit(tess, first, naming(first, second), publish=False).status_code == 302
    assert edit(tess, second, naming(second, first), publish=False).status_code == 200


def test_the_preview_says_how_many_people_fit_before_anything_is_published(tess, cast):
    course = make_course("manners", lessons=1)
    track = make_track("onboarding", [course])
    row = step(1, id=str(track.steps.get().pk), course=str(course.pk), group_key="A")
    rows = {"groups": inline_formset([group(0)]), "audience": inline_formset([rule(0, team=str(cast.team_a.pk))])}

    shown = preview_of(tess, track, track_data(row, initial=1, **rows)).content.decode()

    assert "加深" in shown
    assert "阿贝" in shown
    assert "奥尔加" not in shown
    assert re.search(r"\b5\b", shown.split('id="audience"')[1][:400])
    assert not TrackVersion.objects.get().groups.exists()


def test_the_minimum_time_is_set_on_the_source_and_not_longer_than_the_lesson(tess, picture):
    QuestionFactory(key="practice-hold", practice=True)
    lesson = make_lesson(make_course("manners", lessons=0), "hold")

    assert edit(tess, lesson, lesson_data(picture, minimum_minutes="9")).status_code == 200
    assert edit(tess, lesson, lesson_data(picture, minimum_minutes="3")).status_code == 302

    lesson.refresh_from_db()
    assert lesson.minimum_minutes == 3
    form = tess.get(reverse("wagtailadmin_pages:edit", args=[in_english(lesson).pk])).content.decode()
    assert 'name="minimum_minutes"' not in form
