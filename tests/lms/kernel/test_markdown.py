"""What authors write is shown; what could run is not."""

import pytest

from lms.kernel.markdown import Medium, to_html


def test_markdown_becomes_html():
    html = to_html("## 开场\n\n**先问候**，再核对：\n\n- 姓名\n- 地址\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |")

    for part in ("<h2>开场</h2>", "<strong>先问候</strong>", "<li>姓名</li>", "<td>1</td>", "<s>2</s>"):
        assert part in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        '<a href="/" onclick="alert(1)" style="color:red">x</a>',
        "<iframe src=//elsewhere.example></iframe>",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_that_could_run_survives(text):
    html = to_html(text)

    for tag in ("<script", "<iframe", "<svg", "<img src=x"):
        assert tag not in html
    assert 'href="javascript' not in html
    assert 'src="javascript' not in html
    assert 'href="data:' not in html
    assert "<a href" not in html or "onclick" not in html.split("<a href", 1)[1].split(">", 1)[0]


def test_links_keep_web_mail_and_own_addresses():
    html = to_html("[a](https://example.com/) [b](mailto:a@example.com) [c](/learn/) ![d](/files/media/1/)")

    for address in (
        'href="https://example.com/"',
        'href="mailto:a@example.com"',
        'href="/learn/"',
        'src="/files/media/1/"',
    ):
        assert address in html


def test_html_is_safe_to_the_template():
    assert hasattr(to_html("x"), "__html__")


MEDIA = {"pic-1": Medium("/files/question-media/1/"), "clip-1": Medium("/files/question-media/2/", is_audio=True)}


def test_media_are_shown_by_key():
    html = to_html("![a screen](media:pic-1) ![the caller](media:clip-1)", media=MEDIA)

    assert '<img src="/files/question-media/1/" alt="a screen">' in html
    assert 'src="/files/question-media/2/"' in html
    assert 'aria-label="the caller"' in html
    assert "<audio" in html


def test_media_that_are_not_there_leave_their_words():
    assert to_html("![a <b>screen</b>](media:gone)") == "<p>[a &lt;b&gt;screen&lt;/b&gt;]</p>\n"


def test_inline_has_no_paragraph():
    assert to_html("**yes**, *no*", inline=True) == "<strong>yes</strong>, <em>no</em>"
