"""A quiz that never loses an answer: the network is cut, the server killed, the page reloaded, a second tab opened."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser.conftest import PASSWORD, Servers

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACKEND = "sqlite"
#: One for each test, each with a quiz of their own: what the quizzes are like.
SITTERS = {
    "QCUT": {}, "QKILL": {}, "QQUEUE": {}, "QTABS": {}, "QEXTRA": {}, "QEND": {}, "QOTHER": {},
    "QFORWARD": {"navigation": "sequential", "per_page": 2}, "QKINDS": {"kinds": "keyed", "per_page": 0},
    "QSPEAK": {"kinds": "marked", "per_page": 0},
}  # fmt: skip


class Room:
    """The running server and who sits there."""

    def __init__(self, servers: Servers) -> None:
        self.servers, self.server = servers, servers(BACKEND)
        steps = [["sitter", {"number": number, "password": PASSWORD} | fields] for number, fields in SITTERS.items()]
        self.sitters = dict(zip(SITTERS, self.do(*steps), strict=True))

    def do(self, *steps: list) -> list[dict]:
        return json.loads(self.servers.run(BACKEND, "-m", "tests.browser.sitters", json.dumps(steps)))


@pytest.fixture(scope="module")
def room(servers) -> Room:
    return Room(servers)


class Seat:
    """A browser at which somebody is signed in and sits their quiz."""

    def __init__(self, context: BrowserContext, room: Room, number: str) -> None:
        self.context, self.server, self.number = context, room.server, number
        self.path, self.person = room.sitters[number]["path"], room.sitters[number]["person"]
        self.page: Page = context.new_page()
        self.sign_in()
        self.page.goto(self.server.url + self.path)
        if self.page.locator("#id_seat_is_set").count():
            self.page.check("#id_seat_is_set")
            self.page.locator("main form button[type=submit]").first.click()
        else:
            self.page.locator("main .lead-step a.btn").click()
        self.page.wait_for_url("**/quizzes/attempts/**")
        self.attempt = int(re.search(r"attempts/(\d+)/", self.page.url).group(1))
        self.url = f"{self.server.url}/quizzes/attempts/{self.attempt}/"

    def sign_in(self, number: str = "") -> None:
        self.page.goto(f"{self.server.url}/accounts/login/")
        self.page.fill("input[name=login]", number or self.number)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator('form[action$="/accounts/login/"] button[type=submit]').click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def answer(self, number: int, place: int = 0, page: Page | None = None) -> str:
        """Choose an option of the question; returns its value."""
        page = page or self.page
        if page.locator(f'[data-map="{number}"]').get_attribute("aria-current") != "true":
            page.locator(f'[data-map="{number}"]').click()
        row = page.locator(f'[data-question="{number}"] label.option-row').nth(place)
        row.click()
        return row.locator("input").get_attribute("value")

    def queue(self) -> list[dict]:
        """What waits on this device for this sitter."""
        kept = self.page.evaluate("key => localStorage.getItem(key)", self.key)
        return json.loads(kept)["answers"] if kept else []

    @property
    def key(self) -> str:
        return f"cw-quiz-{self.person}-{self.attempt}"

    def on_the_server(self) -> dict[str, str]:
        """The choices that a fresh page shows, by field name."""
        html = self.context.request.get(self.url).text()
        found = re.findall(r'name="(a\d+)" value="(\d+)" checked', html)
        assert len(dict(found)) == len(found)
        return dict(found)

    def expect_saved(self, page: Page | None = None) -> None:
        sign = (page or self.page).locator("[data-saved-sign]")
        expect(sign).to_have_attribute("data-state", "saved", timeout=25_000)

    def expect_bar(self, name: str, page: Page | None = None, *, visible: bool = True) -> None:
        expect((page or self.page).locator(f'[data-bar="{name}"]')).to_be_visible(visible=visible, timeout=25_000)


@pytest.fixture
def sit(room, browser: Browser) -> Iterator:
    """Somebody sits down at a browser of their own."""
    contexts = []

    def sit_down(number: str) -> Seat:
        context = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai")
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Seat(context, room, number)

    yield sit_down
    for context in contexts:
        context.close()


def test_cut_network(sit):
    seat = sit("QCUT")
    first = seat.answer(1)
    seat.expect_saved()

    seat.context.set_offline(True)
    second, third = seat.answer(2, 1), seat.answer(3, 2)
    seat.expect_bar("offline")
    expect(seat.page.locator('[data-bar="offline"]')).to_contain_text("kept on this device and will be sent")
    assert {item["q"] for item in seat.queue()} == {2, 3}
    assert seat.on_the_server() == {"a1": first}  # asked beside the browser
    seat.page.close()  # what was open is gone, and can't be opened again …
    spare = seat.context.new_page()
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        spare.goto(seat.url)
    spare.close()
    seat.context.set_offline(False)  # … until now
    seat.page = seat.context.new_page()
    seat.page.goto(seat.url)

    seat.expect_saved()
    expect(seat.page.locator('[data-question="2"] input:checked')).to_have_value(second)
    expect(seat.page.locator('[data-bar="offline"]')).to_be_hidden()
    assert seat.on_the_server() == {"a1": first, "a2": second, "a3": third}
    assert seat.queue() == []


def test_killed_server(sit, room):
    seat = sit("QKILL")
    first, second = seat.answer(1, 3), seat.answer(2, 1)
    seat.expect_saved()

    room.servers.crash(BACKEND)
    third = seat.answer(3)
    seat.expect_bar("offline")
    changed = seat.answer(2, 2)
    room.servers.restart(BACKEND)

    seat.expect_saved()
    seat.expect_bar("offline", visible=False)
    assert second != changed
    assert seat.on_the_server() == {"a1": first, "a2": changed, "a3": third}


def test_reload_keeps_the_queue_and_signing_out_warns(sit, room):
    """What waits survives a reload, is not sent in anybody else's session, and arrives when its sitter is back."""
    seat = sit("QQUEUE")
    page = seat.page
    seat.context.route("**/save/", lambda route: route.abort())
    chosen = seat.answer(1, 2)
    seat.expect_bar("offline")

    page.reload()
    expect(page.locator('[data-question="1"] input:checked')).to_have_value(chosen)
    seat.expect_bar("offline")

    page.goto(f"{seat.server.url}/quizzes/")
    page.locator('form[action$="/change-person/"] button').click()
    expect(page.locator("dialog#unsent")).to_be_visible()
    assert page.locator("[data-unsent-stay]").get_attribute("href") == f"/quizzes/attempts/{seat.attempt}/"
    page.locator("[data-unsent-leave]").click()
    page.wait_for_url("**/accounts/login/**")

    seat.context.unroute("**/save/")
    saves = []
    seat.context.on("request", lambda request: saves.append(request.url) if "/save/" in request.url else None)
    seat.sign_in("QOTHER")
    page.goto(f"{seat.server.url}/quizzes/")
    page.locator('form[action$="/change-person/"] button').click()
    page.wait_for_url("**/accounts/login/**")  # the other's answers are none of this one's business
    assert saves == []
    assert len(seat.queue()) == 1

    seat.sign_in()
    page.goto(seat.url)
    seat.expect_saved()
    assert seat.on_the_server() == {"a1": chosen}


def test_second_tab(sit):
    seat = sit("QTABS")
    first, second = seat.page, seat.context.new_page()
    seat.answer(1)
    seat.expect_saved()

    second.goto(seat.url)
    seat.expect_bar("stale", first)
    expect(first.locator('[data-question="1"] input[type=radio]').first).to_be_disabled()
    newer = seat.answer(1, 3, second)
    seat.expect_saved(second)

    first.locator('[data-bar="stale"] [data-reload]').click()
    expect(first.locator('[data-question="1"] input:checked')).to_have_value(newer)
    expect(first.locator('[data-question="1"] input[type=radio]').first).to_be_enabled()
    seat.expect_bar("stale", second)

    # Another computer, which no channel joins to this one: the server tells the older window, which keeps what it had.
    elsewhere = sit("QTABS")
    seat.answer(2, 0)
    seat.expect_saved()
    seat.expect_bar("stale", first)
    elsewhere.answer(2, 1)
    elsewhere.expect_bar("stale")
    expect(elsewhere.page.locator('[data-bar="stale"] [data-bar-numbers]')).to_have_text("2")


def test_extra_time_moves_the_clock(sit, room):
    seat = sit("QEXTRA")
    value = seat.page.locator("[data-timer-value]")
    expect(value).to_have_text(re.compile(r"^14:"))
    words = seat.page.locator("[data-time-words]")
    expect(words).to_contain_text("15 minutes")

    assert room.do(["extra_time", {"minutes": 10}])[0]["attempts"] >= 1

    expect(value).to_have_text(re.compile(r"^2[34]:"), timeout=25_000)
    expect(words).to_contain_text("25 minutes (normally 15, extra time added)")
    expect(seat.page.locator("#toasts")).to_contain_text("You were given extra time: this quiz now ends at")


def test_time_is_up_while_an_answer_is_on_its_way(sit, room):
    """It was made in time and arrives after the end: it counts, and the review says so. Then the quiz is handed in."""
    seat = sit("QEND")
    page = seat.page
    room.do(["end_in", {"attempt": seat.attempt, "seconds": 7}])
    page.goto(seat.url)
    seat.context.route("**/save/", lambda route: route.abort())
    seat.answer(1)
    seat.expect_bar("offline")

    seat.expect_bar("ended")
    expect(page.locator('[data-question="1"] input[type=radio]').first).to_be_disabled()
    seat.context.unroute("**/save/")
    page.locator('[data-bar="ended"] [data-retry]').click()

    page.wait_for_url("**/review/")
    expect(page.locator("main")).to_contain_text("The answer to question 1 reached the server after the end")
    expect(page.locator("main")).to_contain_text("The time was up at")


def test_forward_only_asks_once(sit):
    seat = sit("QFORWARD")
    page = seat.page
    for first, is_asked in ((1, True), (3, False)):
        section = page.locator(f'[data-question="{first}"]')
        section.locator("label.option-row").first.click()
        page.locator("[data-leave]").click()
        dialog = page.locator("dialog#leave-page")
        if is_asked:
            expect(dialog).to_be_visible()
            page.locator("[data-leave-confirmed]").click()
        expect(page.locator(f'[data-question="{first + 2}"]')).to_be_visible()
        assert page.locator(f'[data-question="{first}"]').count() == 0
    assert page.locator("[data-leave]").count() == 0


def test_every_kind_is_kept(sit):
    seat = sit("QKINDS")
    page = seat.page
    page.locator('[data-question="2"] label.option-row').nth(1).click()
    page.locator('[data-question="4"] select').first.select_option(index=2)
    lines = page.locator('[data-question="5"] [data-line]')
    last = lines.last.get_attribute("data-line")
    for _step in range(3):
        page.locator(f'[data-line="{last}"] [data-move="-1"]').click()
    expect(page.locator('[data-question="5"] [data-order-said]')).to_contain_text("place 1 of 4")
    page.locator("input[name=a6]").press_sequentially("320,5")
    page.locator("input[name=a7]").fill("排班管理")
    page.locator("input[name=a8-1]").fill("20")
    page.locator("select[name=a8-2]").select_option(index=1)
    seat.expect_saved()
    page.wait_for_function("key => !localStorage.getItem(key)", arg=seat.key)

    page.reload()

    assert page.locator('[data-question="2"] input:checked').count() == 1
    assert page.locator('[data-question="4"] select').first.input_value() != ""
    assert lines.first.get_attribute("data-line") == last
    assert page.locator("input[name=a6]").input_value() == "320,5"
    assert page.locator("input[name=a7]").input_value() == "排班管理"
    assert page.locator("input[name=a8-1]").input_value() == "20"
    assert page.locator("select[name=a8-2]").input_value() != ""
    assert page.locator("[data-map]", has_text="✓").count() == 6


def test_spoken_answer(sit):
    """Recorded while the network is cut, heard on this device, sent when it is back."""
    seat = sit("QSPEAK")
    page = seat.page
    recorder = page.locator("[data-recorder]")
    seat.context.set_offline(True)
    page.locator("[data-record-start]").click()
    expect(page.locator("[data-record-time]")).to_have_text("0:01")
    page.locator("[data-record-stop]").click()
    expect(recorder).to_have_attribute("data-state", "waiting")
    assert page.locator("[data-playback]").get_attribute("src").startswith("blob:")

    seat.context.set_offline(False)

    expect(recorder).to_have_attribute("data-state", "kept")
    page.reload()
    expect(page.locator("[data-playback]")).to_have_attribute("src", re.compile(r"^/files/answer-recording/\d+/$"))
    assert page.evaluate("document.querySelector('[data-playback]').error") is None
