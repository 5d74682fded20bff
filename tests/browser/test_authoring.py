"""A course with every block by hand, in the back office: written, previewed, translated, reviewed, published, read.

Then its source changes, and the translation is marked until it has followed.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.authors import BODY, CONTENT, Editor, Words, texts
from tests.browser.conftest import PASSWORD, RunningServer
from tests.browser.windows import Window, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACKEND = "sqlite"
PEOPLE = {"ATESS": "training_specialist", "AQUINN": "qc_lead", "AANA": "agent"}
CATALOGUE = "课程目录"
COURSE, COURSE_SUMMARY = Words("静音等待", "Putting on hold"), Words("一分钟之内的礼貌。", "Manners for a minute.")
LESSON, LESSON_SUMMARY = (
    Words("一次合格的静音", "A hold done well"),
    Words("每种内容块各一个。", "One block of each kind."),
)
#: Wagtail's editor: a save by itself that a press of a button has overtaken; tabs of a window that is still being drawn.
HARMLESS = ("status of 400", "Cannot find matching a matching panel")
CHANGED = Words("主管也听得见。", "So can your supervisor.")
PLACES = {kind: place for place, kind in enumerate(CONTENT)}


def test_a_course_with_every_block(servers, browser):
    """Tess writes, Quinn reviews, Ana reads."""
    assert CONTENT.keys() == BODY.child_blocks.keys(), "a block that no author has tried"
    server = servers(BACKEND)
    people = [["colleague", {"number": number, "role": role, "password": PASSWORD}] for number, role in PEOPLE.items()]
    servers.run(BACKEND, "-m", "tests.browser.sitters", json.dumps(people))
    house = House(browser, server)
    try:
        house.ask_for_reviews()
        house.write_the_course()
        house.write_the_lesson()
        house.look_at_the_preview()
        house.submit_the_source()
        house.translate()
        house.review()
        house.read()
        house.change_the_source()
        house.follow_the_source()
        house.end()
    except BaseException:
        house.photograph(Path("test-results") / "authoring")
        raise


class House:
    def __init__(self, browser: Browser, server: RunningServer) -> None:
        self.tess, self.quinn, self.ana = self.windows = [
            Window(browser, server, "zh-hans", harmless=HARMLESS) for _number in PEOPLE
        ]
        for window, number in zip(self.windows, PEOPLE, strict=True):
            sign_in(window, number)

    # --- before ---

    def ask_for_reviews(self) -> None:
        page = self.quinn.go("/admin/publishing-rule/")
        page.locator("[name=needs_review]").check()
        with page.expect_navigation():
            page.locator("main form button[type=submit]").click()

    # --- the source ---

    def write_the_course(self) -> None:
        page = self.tess.go("/")
        page.get_by_role("link", name="进入内容后台").click()
        open_in_tree(page, CATALOGUE)
        page.get_by_role("link", name="添加子页面").first.click()
        follow(page.get_by_role("link", name="课程", exact=True))
        expect(page.locator(".messages")).to_contain_text("发布前须审核")
        expect(page.locator("footer [name=action-publish]")).to_have_count(0)
        editor = Editor(page, "zh-hans")
        fill_words(editor, COURSE, COURSE_SUMMARY, "zh-hans")
        editor.save()

    def write_the_lesson(self) -> None:
        page = self.tess.page
        header_menu(page, "添加子页面")
        editor = Editor(page, "zh-hans")
        fill_words(editor, LESSON, LESSON_SUMMARY, "zh-hans")
        for kind in CONTENT:
            editor.put_in(kind)

    def look_at_the_preview(self) -> None:
        page = self.tess.page
        shown = Editor(page, "zh-hans").preview()
        expect(shown.locator(".lesson-block")).to_have_count(len(CONTENT))
        expect(shown.locator(".lesson-block-callout")).to_contain_text(texts("callout", "zh-hans")[0])

    def submit_the_source(self) -> None:
        """The lesson from its editor; then the course, from the list that this leads to."""
        page = self.tess.page
        Editor(page, "zh-hans").act("action-submit")
        header_menu(page, "编辑")
        Editor(page, "zh-hans").act("action-submit")

    # --- the translation ---

    def translate(self) -> None:
        """The lesson's translation brings the course's along; both begin as copies."""
        page = self.tess.page
        open_in_tree(page, CATALOGUE, COURSE.zh)
        follow(page.get_by_role("link", name=LESSON.zh, exact=True))
        header_menu(page, "双语对照")
        expect(page.locator(".side-row")).to_have_count(1 + 2 + len(CONTENT))
        follow(page.get_by_role("button", name="开始翻译：English"))
        editor = Editor(page, "zh-hans")
        fill_words(editor, LESSON, LESSON_SUMMARY, "en")
        for kind, place in PLACES.items():
            editor.write_over(place, kind, "en")
        editor.act("action-submit")
        header_menu(page, "编辑")
        fill_words(editor, COURSE, COURSE_SUMMARY, "en")
        editor.act("action-submit")

    # --- the review ---

    def review(self) -> None:
        """Tess can't publish; Quinn finds in the news what she submitted, and approves each page."""
        for title in (COURSE.zh, LESSON.zh, COURSE.en, LESSON.en):
            self.approve(title)

    def approve(self, title: str) -> None:
        page = self.quinn.go("/notifications/")
        follow(page.locator("main li").filter(has_text=f"待审核：{title}").first.get_by_role("button", name="查看"))
        with page.expect_navigation():
            page.locator("footer").get_by_role("button", name="批准并发布", exact=True).click()
        expect(page.locator(".messages")).to_contain_text(title)

    # --- the reader ---

    def read(self) -> None:
        page = self.ana.go("/learn/")
        for language in ("zh-hans", "en"):
            if page.locator("html").get_attribute("lang") != language:
                self.ana.press(f'form[action="/language/"] button[value="{language}"]')
            follow(page.get_by_role("link", name=COURSE.in_language(language)).first)
            follow(page.get_by_role("link", name=LESSON.in_language(language)).first)
            self.see_every_block(language)
            page = self.ana.go("/learn/")

    def see_every_block(self, language: str) -> None:
        page = self.ana.page
        for kind in CONTENT:
            block = page.locator(f".lesson-block-{kind}")
            expect(block).to_have_count(1)
            read = plain(block.text_content())
            assert [text for text in texts(kind, language) if text not in read] == [], kind
        film = page.locator(".lesson-block-video video")
        assert film.evaluate("film => film.textTracks.length") == 2
        expect(film).to_have_js_property("videoWidth", 960)

    # --- the source changes ---

    def change_the_source(self) -> None:
        page = self.tess.page
        open_in_tree(page, CATALOGUE, COURSE.zh)
        follow(page.get_by_role("link", name=LESSON.zh, exact=True))
        editor = Editor(page, "zh-hans")
        editor.named(f"body-{PLACES['callout']}-value-text").fill(CHANGED.zh)
        editor.act("action-submit")
        self.approve(LESSON.zh)

    def follow_the_source(self) -> None:
        """The report names the lesson, the page marks the part that changed; published again, the two are in step."""
        page = self.tess.go("/admin/reports/translations/")
        follow(page.get_by_role("link", name=LESSON.zh))
        expect(page.locator(".side-state")).to_contain_text("原文已变更")
        expect(page.locator(".side-marked")).to_have_count(1)
        expect(page.locator(".side-marked")).to_contain_text(CHANGED.zh)
        follow(page.get_by_role("link", name="编辑译文"))
        expect(page.locator(".messages")).to_contain_text("原文")
        editor = Editor(page, "zh-hans")
        editor.named(f"body-{PLACES['callout']}-value-text").fill(CHANGED.en)
        editor.act("action-submit")
        self.approve(LESSON.en)
        page = self.tess.go("/admin/reports/translations/")
        expect(page.get_by_role("link", name=LESSON.zh)).to_have_count(0)

    def end(self) -> None:
        for window in self.windows:
            window.close()

    def photograph(self, folder: Path) -> None:
        """What everybody saw when it went wrong."""
        folder.mkdir(parents=True, exist_ok=True)
        for place, window in enumerate(self.windows):
            if not window.page.is_closed():
                window.page.screenshot(path=folder / f"window-{place}.png", full_page=True)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def fill_words(editor: Editor, title: Words, summary: Words, language: str) -> None:
    editor.named("title").fill(title.in_language(language))
    editor.named("summary").fill(summary.in_language(language))


def open_in_tree(page: Page, *titles: str) -> None:
    """From the menu at the side down the tree to the list of a page's children."""
    page.locator(".sidebar-menu-item").get_by_role("button", name="页面").click()
    *above, last = (page.locator(".c-page-explorer__item").filter(has_text=title) for title in titles)
    for item in above:
        item.locator(".c-page-explorer__item__action").last.click()
    follow(last.locator("a").first)


def header_menu(page: Page, name: str) -> None:
    page.locator(".w-slim-header .w-dropdown__toggle").first.click()
    follow(page.locator(".w-dropdown__content:visible").get_by_role("link", name=name, exact=True))


def follow(link: Locator) -> None:
    """Click, and wait until the next page is ready for typing."""
    with link.page.expect_navigation():
        link.click()
