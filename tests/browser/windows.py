"""Browser windows, one for each person of a test, and how they sign in."""

import re

from playwright.sync_api import Browser, Page

from tests.browser.conftest import PASSWORD, RunningServer


class Window:
    """One person at one browser window. What the browser complains of is kept, but for what is `harmless`."""

    def __init__(
        self, browser: Browser, server: RunningServer, language: str, *, harmless: tuple[str, ...] = ()
    ) -> None:
        locale = "zh-CN" if language == "zh-hans" else "en-GB"
        self.context = browser.new_context(
            locale=locale, timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 900}
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.server, self.language = server, language
        self.harmless = ("404", "403", *harmless)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._listen(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, kind: str, text: str) -> None:
        if kind == "error" and not any(words in text for words in self.harmless):
            self.complaints.append(text)

    def go(self, path: str) -> Page:
        self.page.goto(self.server.url + path)
        return self.page

    def status(self, path: str) -> int:
        return self.context.request.get(self.server.url + path).status

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def submit(self, action: str) -> None:
        """Press the first button of the form whose address ends so."""
        with self.page.expect_navigation():
            self.page.locator(f'form[action$="{action}"] button[type=submit]').first.click()

    def confirm(self, dialog: str) -> None:
        """Open a confirmation and agree."""
        self.page.locator(f'[data-dialog-open="{dialog}"]').click()
        with self.page.expect_navigation():
            self.page.locator(f"dialog#{dialog} button[type=submit]").click()

    def in_language(self) -> None:
        """The page is in the reader's language: in Chinese no heading, button or label is left in English."""
        assert self.page.locator("html").get_attribute("lang") == self.language
        if self.language == "zh-hans":
            texts = self.page.locator("main :is(h1, h2, h3, button, label, th, legend, .btn)").all_inner_texts()
            left = [text for text in texts if re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text)]
            assert left == []

    def close(self) -> None:
        assert self.complaints == []
        self.context.close()


def sign_in(window: Window, number: str, password: str = PASSWORD) -> None:
    page = window.go("/accounts/login/")
    page.fill("input[name=login]", number)
    page.fill("input[name=password]", password)
    window.submit("/accounts/login/")


def first_sign_in(window: Window, number: str, code: str) -> None:
    """The one-time code opens one thing only: set your password."""
    page = window.go("/people/first/")
    page.locator("form input[type=text]:visible").nth(0).fill(number)
    page.locator("form input[type=text]:visible, form input[type=password]:visible").nth(1).fill(code)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/people/set-password/**")
    for field in page.locator("input[type=password]:visible").all():
        field.fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
