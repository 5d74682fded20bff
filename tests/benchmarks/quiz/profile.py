"""Where the time of one attempt goes, request by request, in one process with nothing beside it.

    python -m tests.benchmarks.quiz.profile LEARNERS ASSIGNMENTS_AS_JSON [FILE]

Run by `make bench-quiz BENCH=--profile`, in the bench's database and with its settings. With FILE the calls are counted
and kept there for `pstats`.
"""

import gzip
import json
import statistics
import sys
import time
from cProfile import Profile
from typing import Any
from urllib.parse import urlencode

import django

from tests.benchmarks.quiz.learner import Learner
from tests.benchmarks.quiz.seed import QUESTIONS


def main(learners: int, assignments: dict[str, str], calls: str = "") -> None:
    from django.db import connection
    from django.test import Client

    handler = Client(enforce_csrf_checks=True).handler

    class InProcess(Learner):
        """The same learner, whose requests go straight to the application; each is timed."""

        def __post_init__(self) -> None:
            self.client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
            self.client.handler = handler  # one for all, as in a process that serves
            self.costs: list[tuple[str, float, int]] = []

        def _send(self, method: str, path: str, form: Any, json_body: Any, token: str) -> tuple[int, str, str]:
            headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
            data: Any = None
            kind = "application/x-www-form-urlencoded"
            if json_body is not None:
                headers |= {"Accept": "application/json", "X-CSRFToken": token}
                data, kind = json.dumps(json_body), "application/json"
            elif form is not None:
                data = urlencode(form)
            counted = Counted()
            begin = time.process_time()
            with connection.execute_wrapper(counted):
                response = self.client.generic(method, path, data or "", kind, headers=headers)
            spent = time.process_time() - begin
            self.costs.append((_shape(method, path), spent * 1000, counted.n))
            self.cookies.update({name: morsel.value for name, morsel in response.cookies.items()})
            raw = response.content
            if response.headers.get("Content-Encoding") == "gzip":
                raw = gzip.decompress(raw)
            return response.status_code, response.headers.get("Location", ""), raw.decode()

    class Counted:
        def __init__(self) -> None:
            self.n = 0

        def __call__(self, execute, *arguments):
            self.n += 1
            return execute(*arguments)

    def run(number: int) -> list[tuple[str, float, int]]:
        learner = InProcess(number, 0, knows=QUESTIONS - 3)
        learner.sign_in()
        learner.sit(assignments[str(number)])
        return learner.costs

    for number in range(5):
        run(number)
    profile = Profile()
    if calls:
        profile.enable()
    runs = [run(number) for number in range(5, learners)]
    if calls:
        profile.disable()
        profile.dump_stats(calls)
    print(f"{'request':<44}{'CPU ms':>8}{'queries':>9}")
    for place, (shape, _ms, n) in enumerate(runs[0]):
        print(f"{shape:<44}{statistics.median(costs[place][1] for costs in runs):8.1f}{n:9}")
    spent = statistics.median(sum(cost[1] for cost in costs) for costs in runs)
    print(f"{'all':<44}{spent:8.1f}{sum(cost[2] for cost in runs[0]):9}")


def _shape(method: str, path: str) -> str:
    return f"{method} " + "/".join("n" if part.isdigit() else part for part in path.split("?")[0].split("/"))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), json.loads(sys.argv[2]), *sys.argv[3:])
