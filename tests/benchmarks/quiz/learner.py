"""One learner as a browser would do it: every redirect followed, every form with its token, every answer looked at."""

import gzip
import html
import http.client
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.benchmarks.quiz.seed import PASSWORD, PER_PAGE, QUESTIONS, RIGHT

COURSE = "/learn/courses/crm-basics/"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_OPTION = re.compile(r'<input[^>]*name="a(\d+)"[^>]*value="(\d+)"[^>]*>(.*?)</label>', re.DOTALL)
_ANCHOR = re.compile(r'data-anchor="([^"]+)"')
_SCORE = re.compile(r'cw-figure-value">\s*(?:<[^>]*>)?\s*([\d.]+)\s*%')


class Wrong(Exception):
    """The server said something else than an honest exam engine says."""


@dataclass
class Learner:
    """`knows`: how many questions are answered rightly. `times` collects (step, seconds)."""

    number: int
    port: int
    knows: int
    with_autosaves: bool = True
    times: list[tuple[str, float]] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    _here: str = ""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def sign_in(self) -> None:
        page = self._step("sign-in page", "GET", "/accounts/login/")
        form = {
            "csrfmiddlewaretoken": _token(page),
            "login": f"B{self.number:05}",
            "password": PASSWORD,
            "next": COURSE,
        }
        self._step("sign in", "POST", "/accounts/login/", form)
        if "sessionid" not in self.cookies:
            raise Wrong("not signed in")

    def sit(self, assignment: str) -> None:
        """From the course page to the review."""
        if self._here != COURSE:  # signing in leads to it
            self._step("course page", "GET", COURSE)
        intro = self._step("quiz page", "GET", assignment)
        page = self._step("start", "POST", assignment, {"csrfmiddlewaretoken": _token(intro), "seat_is_set": "on"})
        here = self._here.split("?")[0]
        right: dict[int, str] = {}
        wrong: dict[int, str] = {}
        seen: set[int] = set()
        for number in range(QUESTIONS // PER_PAGE):
            numbers = range(number * PER_PAGE + 1, (number + 1) * PER_PAGE + 1)
            for order, value, text in _OPTION.findall(page):
                side = right if RIGHT in html.unescape(text) else wrong
                side[int(order)] = value
            if not set(numbers) <= set(right):
                raise Wrong(f"page {number + 1} doesn't ask its questions")
            seen |= set(numbers)
            chosen = {order: (right if order <= self.knows else wrong)[order] for order in numbers}
            if number == 0 and self.with_autosaves:
                self._autosave(here, page, chosen, numbers)
            last = number == QUESTIONS // PER_PAGE - 1
            fields = [("csrfmiddlewaretoken", _token(page)), ("go", "submit" if last else str(numbers[-1] + 1))]
            fields += [("q", str(order)) for order in numbers]
            fields += [(f"a{order}", value) for order, value in chosen.items()]
            page = self._step(f"save page {number + 1}", "POST", f"{here}save/", fields)
        self._step("finish", "POST", f"{here}submit/", {"csrfmiddlewaretoken": _token(page)})
        self._check_score()

    def start(self, assignment: str) -> str:
        """Only begin; returns the player's page."""
        intro = self._step("quiz page", "GET", assignment)
        return self._step("start", "POST", assignment, {"csrfmiddlewaretoken": _token(intro), "seat_is_set": "on"})

    def _autosave(self, here: str, page: str, chosen: dict[int, str], numbers: range) -> None:
        anchor = _ANCHOR.search(page)
        if anchor is None:
            raise Wrong("the player has no anchor")
        for order in list(numbers)[:2]:
            body = {
                "anchor": html.unescape(anchor.group(1)),
                "saves": [{"q": order, "sequence": 1, "answer": [int(chosen[order])], "elapsed": 700}],
            }
            answer = json.loads(self._step("autosave", "POST", f"{here}save/", json_body=body, token=_token(page)))
            if [row["status"] for row in answer["results"]] != ["kept"]:
                raise Wrong(f"not kept: {answer}")

    def _check_score(self) -> None:
        found = _SCORE.search(self._last)
        expected = 100 * self.knows / QUESTIONS
        if found is None or float(found.group(1)) != expected:
            raise Wrong(f"the review shows {found and found.group(1)} % instead of {expected} %")

    # --- HTTP

    def _step(self, name: str, method: str, path: str, form=None, *, json_body=None, token: str = "") -> str:
        begin = time.perf_counter()
        status, location, text = self._send(method, path, form, json_body, token)
        hops = 0
        while status in (301, 302, 303) and hops < 5:
            hops += 1
            path = location
            status, location, text = self._send("GET", path, None, None, "")
        self.times.append((name, time.perf_counter() - begin))
        if status != 200:
            raise Wrong(f"{name}: {status} from {path}: {text[:200]}")
        self._here, self._last = path, text
        return text

    def _send(self, method, path, form, json_body, token) -> tuple[int, str, str]:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip", "Host": f"127.0.0.1:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if json_body is not None:
            body = json.dumps(json_body)
            headers |= {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token}
        elif form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._answer(method, path, body, headers)
        raw = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        if response.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        return response.status, response.headers.get("Location", ""), raw.decode()

    def _answer(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """As a browser: a kept connection that the server has closed meanwhile is opened anew."""
        is_new = self._connection.sock is None
        try:
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if is_new:
                raise
            self._connection.close()
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise Wrong("a form without its token")
    return found.group(1)
