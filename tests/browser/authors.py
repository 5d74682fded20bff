"""How a training specialist fills in every block of a lesson by hand: what is typed, chosen, ticked and uploaded.

`CONTENT` says it block by block, `Editor` does it in the back office's editor. What is words is typed in both languages,
first in the page and again in its translation; what is the same in both is done once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import translation
from PIL import Image, ImageDraw
from playwright.sync_api import FrameLocator, Locator, Page, expect

from courses.catalogue.blocks import LessonBody
from tests.factories.media import WEBVTT, wav

MEDIA = Path(__file__).parents[2] / "content" / "packs" / "starter" / "media"
BODY = LessonBody()


@dataclass(frozen=True)
class Words:
    """What is typed in the Chinese page and in the English one."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class RichText(Words):
    """A paragraph of formatted text."""


@dataclass(frozen=True)
class Ticks:
    """The boxes of a group that are ticked, the others not."""

    values: frozenset[str]


@dataclass(frozen=True)
class First:
    """Whatever a list offers first."""


@dataclass(frozen=True)
class Pick:
    """A row that is found in a chooser's window by a part of its words."""

    words: str


@dataclass(frozen=True)
class Upload:
    """A file that is uploaded in a chooser's window, with what its form asks for. `prefix` is that form's."""

    title: str
    file: dict[str, Any]
    fields: Mapping[str, Any]
    prefix: str = ""


@dataclass(frozen=True)
class Table:
    """A caption, columns by heading (those of figures are named) and the cells of each row."""

    caption: Words
    headings: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    figures: frozenset[int]


def file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def drawing() -> bytes:
    """A picture that is equal to no other: the library asks what to do with the same file a second time."""
    data = BytesIO()
    image = Image.new("RGB", (1200, 675), "#dbe9ea")
    ImageDraw.Draw(image).text((40, 40), str(uuid4()), fill="black")
    image.save(data, "PNG")
    return data.getvalue()


def picture(title: str, alt: Words) -> Upload:
    return Upload(
        title,
        file(f"{title}.png", "image/png", drawing()),
        {"alt_zh": alt.zh, "alt_en": alt.en, "rights": "© Callwright"},
        prefix="image-chooser-upload-",
    )


say = Words
#: What is filled in, by block and field. A list holds the rows of a field, in their order.
CONTENT: dict[str, Any] = {
    "text": RichText("先说明原因，再请客户稍等。", "Say why first, then ask the customer to hold."),
    "markdown": {"text": say("一次静音最多 **60 秒**。", "A hold takes **60 seconds** at most.")},
    "callout": {
        "tone": "warning",
        "title": say("静音也会录音", "Hold is recorded too"),
        "text": say("客户听不见您，录音听得见。", "The customer can't hear you, the recording can."),
    },
    "steps": {
        "title": say("静音三步", "A hold in three steps"),
        "steps": [
            {"title": say("说明原因", "Say why"), "text": say("说出要查什么。", "Name what you look up.")},
            {"title": say("征得同意", "Ask for a yes"), "text": say("等客户答应。", "Wait until it is given.")},
            {"title": say("感谢等待", "Thank for the wait"), "text": say("回来先道谢。", "Do it first thing.")},
        ],
    },
    "table": {
        "table": Table(
            caption=say("一通电话的时间", "The times of a call"),
            headings=(say("部分", "Part"), say("秒数", "Seconds in it")),
            rows=((say("通话", "Talk"), say("200", "200")), (say("话后处理", "After the call"), say("45", "45"))),
            figures=frozenset({1}),
        ),
        "source": say("本中心十月数据", "Our own figures of October"),
    },
    "term": {"term": Pick("放弃率")},
    "dialogue": {
        "title": say("请客户等一分钟", "Asking for a minute"),
        "lines": [
            {
                "who": "agent",
                "text": say("我查一下账单，大约一分钟，可以吗？", "I'll look up the bill, about a minute. May I?"),
                "why": say("原因、时长、提问，由客户决定。", "Reason, length, question: the customer decides."),
            },
            {"who": "customer", "text": say("可以，您查吧。", "Yes, go ahead.")},
        ],
    },
    "say_dont": {
        "title": say("回到线上时", "Coming back"),
        "pairs": [
            {
                "say": say("感谢您的等待，账单查到了。", "Thank you for waiting. I have the bill here."),
                "dont": say("喂？还在吗？", "Hello? Still there?"),
                "why": say("是客户在等您。", "It was the customer who waited."),
            }
        ],
    },
    "phrase": {"phrase": Pick("让您等了这么久")},
    "picture": {
        "image": picture("静音键在哪里", say("电话软件上的静音键", "The hold key of the softphone")),
        "caption": say("静音键在右下角。", "The hold key is at the bottom right."),
    },
    "screen_tour": {
        "title": say("客户资料页一览", "The customer's page at a glance"),
        "image": picture("客户资料页", say("客户资料页的截图", "A screen with the customer's page")),
        "points": [
            {"x": "12", "y": "20", "title": say("来电人", "The caller"), "text": say("先核对身份。", "Verify first.")},
            {
                "x": "60",
                "y": "70",
                "title": say("工单", "The orders"),
                "text": say("看最近一张。", "See the last one."),
            },
        ],
    },
    "audio": {
        "recording": Upload(
            "一次合格的静音",
            file("hold.wav", "audio/wav", wav()),
            {"transcript_zh": "座席：请稍等一分钟。", "transcript_en": "Agent: one minute, please."},
        ),
        "title": say("听：请客户稍等", "Listen: asking for a minute"),
        "caption": say("注意时长是怎么说的。", "Mind how the length is said."),
    },
    "video": {
        "film": Upload(
            "静音的一分钟（新版）",
            file("minute.webm", "video/webm", (MEDIA / "hold-minute.webm").read_bytes()),
            {
                "captions_zh": file("zh.vtt", "text/vtt", WEBVTT.replace("One moment, please.", "请稍等。").encode()),
                "captions_en": file("en.vtt", "text/vtt", WEBVTT.encode()),
            },
        ),
        "title": say("看：一分钟怎么过", "Watch: how a minute passes"),
        "caption": say("注意何时回到线上。", "Mind when the agent comes back."),
    },
    "document": {
        "document": Upload(
            "静音核对卡",
            file("card.pdf", "application/pdf", (MEDIA / "hold-and-call-back-card.pdf").read_bytes()),
            {"rights": "© Callwright"},
            prefix="document-chooser-upload-",
        ),
        "note": say("打印后放在座位上。", "Print it and keep it at your seat."),
    },
    "check": {"question": First()},
    "quiz": {
        "quiz": First(),
        "note": say("学完本课程后参加。", "Sit it at the end of this course."),
    },
    "metric": {
        "name": say("平均静音时长", "Average hold time"),
        "definition": say("一通电话里客户等待的秒数。", "The seconds a customer waits in a call."),
        "formula": say("静音总秒数 ÷ 通话数", "seconds on hold ÷ calls"),
        "reference": say("不超过 60 秒", "60 seconds at most"),
    },
    "staffing": {
        "title": say("早班的半小时", "Half an hour of the early shift"),
        "task": say("让一位同事迟到，看看等待时间。", "Let a colleague be late, and watch the wait."),
        "calls": "72",
        "sliders": Ticks(frozenset({"calls", "agents"})),
    },
    "calculator": {
        "title": say("昨天的放弃率", "Yesterday's abandonment"),
        "task": say("多放弃十通会怎样？", "What do ten more do?"),
        "metric": "service_level",
        "start": [{"figure": "offered", "value": "240"}],
    },
    "exercise": {
        "title": say("自己算一算", "Work it out yourself"),
        "metrics": Ticks(frozenset({"service_level", "occupancy"})),
    },
    "shrinkage": {
        "title": say("这一周的缩减率", "This week's shrinkage"),
        "task": say("培训加到 5%。", "Raise training to 5%."),
        "training_percent": "4",
    },
    "forecast": {
        "title": say("下周一十点", "Next Monday at ten"),
        "task": say("去掉放假的那一周。", "Leave out the holiday."),
        "weeks": [
            {"calls": "92"},
            {"calls": "31", "note": say("国庆假期", "National holiday")},
            {"calls": "98"},
            {"calls": "101"},
        ],
    },
}


def words_in(value: Any) -> Iterator[Words]:
    """All that a translator writes anew."""
    if isinstance(value, Words):
        yield value
    elif isinstance(value, Table):
        yield from (value.caption, *value.headings, *(cell for row in value.rows for cell in row))
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from words_in(each)


def texts(kind: str, language: str) -> list[str]:
    """What a reader of the block reads, without the marks of Markdown."""
    return [words.in_language(language).replace("**", "") for words in words_in(CONTENT[kind])]


def label(kind: str, language: str) -> str:
    """What the block is called in the author's window of blocks."""
    with translation.override(language):
        return str(BODY.child_blocks[kind].label)


class Editor:
    """The editor of a page, open in a window of the back office whose author reads `language`."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def named(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]')

    # --- a lesson's blocks ---

    def put_in(self, kind: str) -> None:
        """A new block at the end, filled in."""
        place = int(self.named("body-count").input_value())
        self.page.locator("#body-root .c-sf-add-button").last.click()
        self.page.get_by_role("option", name=label(kind, self.language), exact=True).click()
        self._fill(f"body-{place}-value", CONTENT[kind], into=self.language, is_new=True)

    def write_over(self, place: int, kind: str, language: str) -> None:
        """The words of the block at that place, in another language."""
        expect(self.named(f"body-{place}-type")).to_have_value(kind)
        self._fill(f"body-{place}-value", CONTENT[kind], into=language, is_new=False)

    def _fill(self, name: str, value: Any, *, into: str, is_new: bool) -> None:
        """What isn't words is done once."""
        match value:
            case RichText():
                self._write_rich_text(name, value.in_language(into))
            case Words():
                self.named(name).fill(value.in_language(into))
            case Table():
                self._fill_table(name, value, into=into, is_new=is_new)
            case list():
                for place, row in enumerate(value):
                    if is_new and place == int(self.named(f"{name}-count").input_value()):
                        self._add_row(name)
                    self._fill(f"{name}-{place}-value", row, into=into, is_new=is_new)
            case Mapping():
                for field, inner in value.items():
                    self._fill(f"{name}-{field}", inner, into=into, is_new=is_new)
            case _ if is_new:
                self._settle(name, value)

    def _settle(self, name: str, value: str | First | Ticks | Pick | Upload) -> None:
        match value:
            case Ticks():
                for box in self.named(name).all():
                    box.set_checked(box.get_attribute("value") in value.values)
            case Pick():
                self._pick(name, value.words)
            case Upload():
                self._upload(name, value)
            case First():
                self.named(name).select_option(index=1)  # after the empty one
            case str() if self.named(name).evaluate("field => field.tagName") == "SELECT":
                self.named(name).select_option(value)
            case str():
                self.named(name).fill(value)

    def _add_row(self, name: str) -> None:
        rows = self.named(f"{name}-count").locator("xpath=following-sibling::*[@data-streamfield-list-container]")
        rows.locator(":scope > button, :scope > div > button.c-sf-add-button").last.click()

    def _write_rich_text(self, name: str, words: str) -> None:
        area = self.page.locator(f'[name="{name}"] ~ [data-draftail-editor-wrapper] [contenteditable=true]')
        area.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(words)
        expect(area).to_have_text(words)

    def _fill_table(self, name: str, table: Table, *, into: str, is_new: bool) -> None:
        if is_new:
            box = self.page.locator(f'[data-contentpath=table]:has([name="{name}-caption"])')
            for column in range(len(table.headings)):
                box.locator("[data-append-column]").click()
                box.locator(".add-column-menu button").nth(int(column in table.figures)).click()
            while int(self.named(f"{name}-row-count").input_value()) < len(table.rows):
                box.locator("[data-add-row]").last.click()
        self.named(f"{name}-caption").fill(table.caption.in_language(into))
        for column, heading in enumerate(table.headings):
            self.named(f"{name}-column-{column}-heading").fill(heading.in_language(into))
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells):
                self.named(f"{name}-cell-{row}-{column}").fill(cell.in_language(into))

    # --- choosers' windows ---

    def _open_chooser(self, name: str) -> Locator:
        self.page.locator(f"#{name}-chooser [data-chooser-action-choose]:visible").click()
        return self.page.locator(".modal-content")

    def _pick(self, name: str, words: str) -> None:
        window = self._open_chooser(name)
        window.locator("[name=q]").fill(words)
        window.get_by_role("link", name=words).click()
        self._chosen(name, words)

    def _upload(self, name: str, upload: Upload) -> None:
        window = self._open_chooser(name)
        window.locator("[role=tab]").last.click()
        form = window.locator("form[enctype]:visible")
        form.locator(f'[name="{upload.prefix}file"]').set_input_files(upload.file)
        form.locator(f'[name="{upload.prefix}title"]').fill(upload.title)
        for field, value in upload.fields.items():
            asked = form.locator(f'[name="{upload.prefix}{field}"]')
            if isinstance(value, dict):
                asked.set_input_files(value)
            else:
                asked.fill(value)
        form.locator("button[type=submit], input[type=submit]").last.click()
        self._chosen(name, upload.title)

    def _chosen(self, name: str, words: str) -> None:
        expect(self.page.locator(f"#{name}-chooser .chooser__title")).to_contain_text(words)

    # --- the page ---

    def save(self) -> None:
        """Press "save draft", and wait until the server has answered."""
        with self.page.expect_navigation():
            self.page.locator("footer .action-save").click()

    def act(self, name: str) -> None:
        """One of the actions beside the first one, in the menu at the foot."""
        self.page.locator("footer .w-dropdown__toggle").click()
        with self.page.expect_navigation():
            self.page.locator(f'footer [name="{name}"]').click()

    def preview(self) -> FrameLocator:
        """The page as it would be read, in the panel at the side."""
        self.page.locator("[data-side-panel-toggle=preview]").click()
        return self.page.frame_locator("#w-preview-iframe")
