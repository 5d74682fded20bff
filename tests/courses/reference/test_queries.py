"""What search finds, and in which order; on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection

from courses.catalogue.models import LessonPage
from courses.catalogue.states import PhraseKind
from courses.reference.models import SearchEntry
from courses.reference.queries.kept import desk_of, latest_kept, notes_as_markdown, notes_with, with_lessons
from courses.reference.queries.passages import passages_of, quote_of
from courses.reference.queries.search import Slice, search
from courses.reference.queries.words import phrase_counts, phrases, terms
from courses.reference.services.comments import rate_lesson, send_comment
from courses.reference.services.kept import keep_note, set_bookmark
from courses.reference.services.search import fill_search_if_empty, prepare_search
from courses.reference.states import EntryKind
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.kept import warm
from tests.factories.words import PhraseFactory, TermFactory

pytestmark = pytest.mark.django_db

ALL = {kind: Slice(most=20) for kind in EntryKind}
FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def block(text, pk=FIRST):
    return {"type": "markdown", "value": {"text": text}, "id": pk}


@pytest.fixture
def course():
    return make_course("desk", lessons=0)


def lesson(course, slug, *texts, languages=("zh-hans",), **fields):
    made = make_lesson(
        course, slug, languages=languages, body=[block(text, f"{n}" * 8) for n, text in enumerate(texts, 1)]
    )
    for page in LessonPage.objects.filter(translation_key=made.translation_key):
        for name, value in fields.items():
            setattr(page, name, value)
        page.save_revision().publish()
    return LessonPage.objects.get(pk=made.pk)


def found(text, language="zh-hans"):
    return search(text, language, slices=ALL)


def urls(text, language="zh-hans"):
    return [hit.url for hit in found(text, language).lessons]


def plain(spans):
    return "".join(f"[{span.text}]" if span.is_hit else span.text for span in spans)


# --- finding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["客服", "情绪管理", "投诉处理", "诉", "管理 投诉", "CRM 工单", "cr", "ＣＲＭ工单", "crm。工单！"]
)
def test_parts_of_a_run_are_found(course, typed):
    lesson(course, "hit", "客服培训中心：投诉处理与情绪管理", "在 CRM 里建工单")
    lesson(course, "miss", "排班与实时监控")

    assert [url.split("#")[0] for url in urls(typed)] == ["/learn/courses/desk/hit/"]


@pytest.mark.parametrize(
    "typed", ["客训", "rm", "CRM 退款", "工单据", "  ", "？！", "' OR 1=1 --", '"', "NEAR(", "a* AND (", "\\"]
)
def test_what_does_not_stand_there_is_not_found_and_signs_do_no_harm(course, typed):
    lesson(course, "desk-1", "客服培训中心", "在 CRM 里建工单")

    assert found(typed).total == 0


def test_words_may_stand_in_different_blocks(course):
    lesson(course, "hit", "在 CRM 里", "建工单")

    assert urls("CRM 工单") == ["/learn/courses/desk/hit/#block-11111111"]


def test_a_hit_leads_to_the_block_in_which_it_stands_and_is_marked(course):
    lesson(course, "hit", "先问候客户。", "# 静音\n\n静音前**先告知**原因 <b>")

    [hit] = found("告知").lessons

    assert hit.url == "/learn/courses/desk/hit/#block-22222222"
    assert plain(hit.excerpt) == "静音 静音前先[告知]原因 <b>"
    assert hit.course == "课程 desk"


def test_title_before_summary_before_text(course):
    lesson(course, "body", "退款的话术")
    lesson(course, "summary", "别的", summary="怎样说退款")
    lesson(course, "title", "别的", title="退款")

    assert [url.split("/")[4] for url in urls("退款")] == ["title", "summary", "body"]


def test_the_readers_language_comes_first_and_each_lesson_once(course):
    lesson(course, "both", "CRM", languages=("zh-hans", "en"))
    lesson(course, "english", "The CRM", languages=("en",), title="CRM")

    hits = found("crm").lessons

    assert [(hit.url, hit.language) for hit in hits] == [
        ("/learn/courses/desk/both/#block-11111111", "zh-hans"),
        ("/learn/courses/desk/english/?in=en#block-11111111", "en"),
    ]
    assert [hit.language for hit in found("crm", "en").lessons] == ["en", "en"]


def test_what_only_the_other_language_says_is_found_there(course):
    both = lesson(course, "both", "先告知原因", languages=("zh-hans", "en"))
    english = in_english(both)
    english.body = [block("Say why before you hold.", SECOND)]
    english.save_revision().publish()

    assert urls("before you hold") == [f"/learn/courses/desk/both/?in=en#block-{SECOND}"]
    assert urls("before you hold", "en") == [f"/learn/courses/desk/both/#block-{SECOND}"]


def test_only_what_may_be_read_is_found(course):
    page = lesson(course, "hit", "退款的话术")
    make_lesson(course, "draft", body=[block("退款草稿")], live=False)
    assert len(urls("退款")) == 1

    page.save_revision()  # a draft of what is live
    page.body = [block("换货的话术")]
    page.save_revision()
    assert urls("换货") == []
    assert len(urls("退款")) == 1

    course.unpublish()
    assert urls("退款") == []

    course.refresh_from_db()
    course.save_revision().publish()
    assert len(urls("退款")) == 1


def test_what_is_published_anew_unpublished_and_deleted_is_followed(course):
    page = lesson(course, "hit", "退款的话术")

    page.body = [block("换货的话术")]
    page.save_revision().publish()
    assert (len(urls("退款")), len(urls("换货"))) == (0, 1)

    page.refresh_from_db()
    page.unpublish()
    assert urls("换货") == []
    assert not SearchEntry.objects.exists()

    page.refresh_from_db()
    page.save_revision().publish()
    assert len(urls("换货")) == 1
    page.delete()
    assert urls("换货") == []


def test_a_lesson_that_moves_is_found_at_its_new_address(course):
    page = lesson(course, "hit", "退款的话术")
    other = make_course("other", lessons=0)

    page.move(other, pos="last-child")

    assert urls("退款") == ["/learn/courses/other/hit/#block-11111111"]


def test_the_same_words_in_another_order_are_the_second_try(course):
    lesson(course, "hit", "客户投诉要当天处理")

    loose = found("处理投诉")

    assert loose.is_loose
    assert [hit.url for hit in loose.lessons] == ["/learn/courses/desk/hit/#block-11111111"]
    assert plain(loose.lessons[0].excerpt) == "客户[投诉]要当天[处理]"
    assert not found("投诉").is_loose


def test_phrases_and_terms_are_found_in_both_languages_each_once():
    PhraseFactory(text_zh="请稍等，我查一下 CRM。", text_en="One moment, I check the CRM.")
    PhraseFactory(taboo=True)
    TermFactory()

    assert [hit.language for hit in found("crm").phrases] == ["zh-hans"]
    assert [hit.language for hit in found("moment").phrases] == ["en"]
    assert plain(found("一下").phrases[0].text) == "请稍等，我查[一下] CRM。"
    assert found("负责的同事").phrases[0].phrase.kind == PhraseKind.TABOO
    assert [plain(hit.name) for hit in found("aht").terms] == ["Average handling time"]
    assert plain(found("话后").terms[0].definition).count("[话后]") == 1


def test_a_changed_phrase_is_found_by_its_new_words_only():
    phrase = PhraseFactory(text_zh="请稍等")
    phrase.text_zh = "感谢您的耐心"
    phrase.save()

    assert (found("稍等").total, found("耐心").total) == (0, 1)
    phrase.delete()
    assert found("耐心").total == 0


def test_slices_draw_a_part_and_count_all(course):
    for number in range(3):
        lesson(course, f"n-{number}", "退款")

    some = search("退款", "zh-hans", slices={EntryKind.LESSON: Slice(1, 1)})

    assert some.counts == {"lesson": 3}
    assert [hit.url.split("/")[4] for hit in some.lessons] == ["n-1"]


def test_search_takes_the_same_queries_for_one_and_three_hits(course, django_assert_num_queries):
    def one(number):
        lesson(course, f"n-{number}", "退款")
        PhraseFactory(text_zh="退款")
        TermFactory(name_zh="退款")

    one(1)
    with django_assert_num_queries(3):
        assert len(found("退款").lessons) == 1
    one(2)
    one(3)
    with django_assert_num_queries(3):
        everything = found("退款")
    assert (len(everything.lessons), len(everything.phrases), len(everything.terms)) == (3, 3, 3)


def test_the_index_is_made_anew(course, capsys):
    lesson(course, "hit", "退款的话术")
    PhraseFactory(text_zh="退款")
    TermFactory()
    SearchEntry.objects.filter(kind=EntryKind.LESSON).update(tokens="")
    assert urls("退款") == []

    call_command("rebuild_search")

    assert capsys.readouterr().out == "5 entries\n"
    assert len(urls("退款")) == 1


def test_a_site_that_is_older_than_search_gets_its_index(course):
    lesson(course, "hit", "退款的话术")
    SearchEntry.objects.all().delete()

    fill_search_if_empty()

    assert len(urls("退款")) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its index through a change of the table")
def test_a_table_that_was_changed_gets_its_triggers_back(course):
    lesson(course, "hit", "退款的话术")
    with connection.cursor() as cursor:
        for name in ("added", "removed", "changed"):
            cursor.execute(f"DROP TRIGGER courses_searchentry_words_{name}")
    lesson(course, "later", "退款的流程")

    prepare_search("default")

    assert len(urls("退款")) == 2


# --- what stands in a lesson ---------------------------------------------------------------------------------------


def test_passages_are_the_words_of_every_block(course):
    page = make_lesson(
        course,
        "blocks",
        languages=["zh-hans"],
        body=[
            block("# 标题\n\n| 甲 | 乙 |\n|---|---|\n| 一 | 二 |", "a"),
            {"type": "text", "value": "<p>富<b>文本</b>&amp;更多</p>", "id": "b"},
            {"type": "callout", "value": {"tone": "warning", "title": "题", "text": "文"}, "id": "c"},
            {"type": "steps", "value": {"title": "步骤", "steps": [{"title": "一步", "text": "说明"}]}, "id": "d"},
            {
                "type": "dialogue",
                "value": {"title": "", "lines": [{"who": "agent", "text": "您好", "why": "礼貌"}]},
                "id": "e",
            },
            {
                "type": "say_dont",
                "value": {"title": "", "pairs": [{"say": "说", "dont": "不说", "why": ""}]},
                "id": "f",
            },
        ],
    )

    assert [(passage.block, passage.text) for passage in passages_of(page)] == [
        ("a", "标题 甲 乙 一 二"),
        ("b", "富文本&更多"),
        ("c", "题 文"),
        ("d", "步骤 一步 说明"),
        ("e", "您好 礼貌"),
        ("f", "说 不说"),
    ]
    assert quote_of(page, "c") == "题 文"
    assert quote_of(page, "") == quote_of(page, "gone") == ""


def test_a_long_quote_is_cut(course):
    page = make_lesson(course, "long", languages=["zh-hans"], body=[block("字" * 300)])

    assert quote_of(page, FIRST) == "字" * 159 + "…"


# --- phrase book and glossary -------------------------------------------------------------------------------------


def test_phrases_come_in_the_order_of_a_call():
    taboo = PhraseFactory(taboo=True)
    thanks = PhraseFactory(kind=PhraseKind.THANKS)
    greeting = PhraseFactory(kind=PhraseKind.GREETING, text_zh="您好")

    assert list(phrases()) == [greeting, thanks, taboo]
    assert list(phrases(kind="thanks")) == [thanks]
    assert list(phrases(words="您好")) == [greeting]
    assert list(phrases(kind="thanks", words="您好")) == []
    assert list(phrases(words="！")) == []
    assert phrase_counts() == {"greeting": 1, "thanks": 1, "taboo": 1}


def test_terms_are_found_by_their_other_names():
    term = TermFactory()
    TermFactory(name_zh="服务水平", name_en="Service level", also_en="SL")

    assert list(terms(words="aht")) == [term]
    assert len(terms()) == 2


# --- what a reader keeps ---------------------------------------------------------------------------------------------


def test_a_desk_is_the_readers_own(cast, course, at):
    page = lesson(course, "hit", "先问候", "再静音")
    other = lesson(course, "other", "别的")
    keep_note(cast.ana, page, block="22222222", text="记住", edition=0, at=at)
    set_bookmark(cast.ana, page, block="", is_wanted=True, at=at)
    rate_lesson(cast.ana, page, is_helpful=False, at=at)
    send_comment(cast.ana, page, kind="unclear", text="", block="11111111", at=at)
    for person, there in ((cast.carl, page), (cast.ana, other)):
        keep_note(person, there, block="", text="SECRET", edition=0, at=at)
        set_bookmark(person, there, block="11111111", is_wanted=True, at=at)
        send_comment(person, there, kind="praise", text="SECRET", block="", at=at)

    desk = desk_of(cast.ana, page)

    assert [(note.text, note.quote) for note in desk.notes] == [("记住", "再静音")]
    assert desk.bookmarked == {""}
    assert desk.is_bookmarked
    assert desk.is_helpful is False
    assert [(comment.kind, comment.quote) for comment in desk.comments] == [("unclear", "先问候")]
    assert [(part.block, part.label) for part in desk.parts] == [("11111111", "先问候"), ("22222222", "再静音")]
    assert desk_of(cast.otto, page).is_helpful is None


def test_what_is_kept_leads_to_its_block_in_its_language(cast, course, at):
    both = lesson(course, "both", "文", languages=("zh-hans", "en"))
    set_bookmark(cast.ana, in_english(both), block="11111111", is_wanted=True, at=at)
    set_bookmark(cast.ana, both, block="", is_wanted=True, at=at)
    gone = lesson(course, "gone", "文")
    set_bookmark(cast.ana, gone, block="", is_wanted=True, at=at)
    gone.unpublish()

    kept = with_lessons(list(cast.ana.bookmarks.order_by("pk")), "zh-hans")

    assert [each.url for each in kept] == [
        "/learn/courses/desk/both/?in=en#block-11111111",
        "/learn/courses/desk/both/",
        "",
    ]
    assert kept[2].lesson is None


def test_latest_kept_takes_the_same_queries_for_one_and_three(cast, course, at, django_assert_num_queries):
    def one(number):
        page = lesson(course, f"n-{number}", "文")
        keep_note(cast.ana, page, block="", text="记住", edition=0, at=at)
        set_bookmark(cast.ana, page, block="", is_wanted=True, at=at)

    assert not latest_kept(cast.ana, "zh-hans")
    one(1)
    warm()
    with django_assert_num_queries(2):
        assert len(latest_kept(cast.ana, "zh-hans").notes) == 1
    one(2)
    one(3)
    warm()
    with django_assert_num_queries(2):
        kept = latest_kept(cast.ana, "zh-hans")
    assert (len(kept.notes), len(kept.bookmarks)) == (3, 3)


def test_own_notes_are_searched(cast, course, at):
    page = lesson(course, "hit", "先问候", "再静音")
    keep_note(cast.ana, page, block="11111111", text="退款 CRM", edition=0, at=at)
    keep_note(cast.ana, page, block="22222222", text="别的", edition=0, at=at)
    keep_note(cast.carl, page, block="", text="退款", edition=0, at=at)

    assert [note.text for note in notes_with(cast.ana, "crm 退款")] == ["退款 CRM"]
    assert [note.text for note in notes_with(cast.ana, "静音")] == ["别的"]
    assert len(notes_with(cast.ana, "")) == 2


def test_notes_as_text(cast, course, at):
    page = lesson(course, "hit", "先问候")
    keep_note(cast.ana, page, block="11111111", text="记住\n两行", edition=0, at=at)
    keep_note(cast.ana, page, block="", text="整课", edition=0, at=at)
    gone = lesson(course, "gone", "文")
    keep_note(cast.ana, gone, block="", text="还在", edition=0, at=at)
    gone.unpublish()

    notes = list(cast.ana.notes.order_by("pk"))
    text = notes_as_markdown(with_lessons(notes, "zh-hans"), heading="笔记", gone="已下线", written="截至", at=at)

    assert text == (
        "# 笔记\n\n截至 2026-03-02 01:00\n\n## 课时 hit\n\n> 先问候\n\n记住\n两行\n\n整课\n\n## 已下线\n\n还在\n"
    )
