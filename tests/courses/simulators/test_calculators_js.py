"""The calculators in the browser compute what Python computes, and write it in the same way."""

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.utils import translation

from courses.catalogue.blocks.calculator import CalculatorBlock
from courses.catalogue.blocks.forecast import one_place
from courses.catalogue.blocks.shrinkage import share
from courses.simulators.forecast import Week, forecast_weeks
from courses.simulators.metrics import MEASURES, METRICS, NotDefined, plain, shown
from courses.simulators.shrinkage import TERMS, shrinkage

STATIC = Path(settings.BASE_DIR) / "courses" / "static" / "courses"


def run(module, script, given):
    """What `script` makes of `given` with the module's functions around it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the JavaScript was not compared")
    text = f"{(STATIC / module).read_text(encoding='utf-8')}\nconst given = {json.dumps(given)};\nconsole.log(JSON.stringify({script}));"
    done = subprocess.run(
        [node, "--input-type=module", "-"], input=text, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def amounts(random, metric):
    """Figures as learners type them: usual ones, nothing at all, and some that contradict each other."""
    found = {}
    for number in metric.inputs:
        places = MEASURES[number.figure.unit].typed_places
        most = random.choice([0, 3, 30, int(number.example) * 2 + 1, 10**6])
        found[number.name] = Decimal(random.randint(0, most * 10**places)).scaleb(-places)
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_metric_comes_to_the_same(language):
    random, asked, expected = Random(23), [], []
    block = CalculatorBlock()
    for metric in METRICS.values():
        with translation.override(language):
            data = json.loads(block.get_context(block.to_python({"metric": metric.key, "start": []}))["data"])
        for figures in [metric.example, *(amounts(random, metric) for _number in range(60))]:
            exact = metric.exact(figures)
            asked.append([data, {given.name: f"{figures[given.name]:f}" for given in metric.inputs}])
            expected.append(
                {
                    "filledIn": metric.steps(figures, language)[1],
                    "result": metric.result(figures, language),
                    "isDefined": not isinstance(exact, NotDefined),
                    "isMet": not isinstance(exact, NotDefined) and metric.reference.is_met(exact),
                }
            )

    found = run(
        "calculator.js",
        "given.map(([metric, typed]) => computed(metric, Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, readNumber(text)]))))",
        asked,
    )

    assert found == expected
    assert sum(not row["isDefined"] for row in expected) > 50


def test_numbers_are_rounded_and_written_alike():
    values = [[1, 3], [200, 3], [123456789, 100], [5, 1000], [999995, 1000], [0, 1], [12345, 10]]
    script = "given.map(([top, bottom]) => plain(fraction(BigInt(top), BigInt(bottom))))"

    assert run("calculator.js", script, values) == ["0.33", "66.67", "1,234,567.89", "0.01", "1,000", "0", "1,234.5"]


@pytest.mark.parametrize(
    ("typed", "read"), [("6.5", ["13", "2"]), ("7", ["7", "1"]), ("", None), ("-3", None), ("1e3", None), ("1,5", None)]
)
def test_typed_numbers_are_read_exactly(typed, read):
    script = "((found) => found && [String(found.top), String(found.bottom)])(readNumber(given))"

    assert run("calculator.js", script, typed) == read


def test_shrinkage_comes_to_the_same():
    random = Random(7)
    starts = [
        {"paid_hours": random.randint(1, 10_000), "needed": random.randint(1, 1000)}
        | {f"{term}_percent": random.randint(0, random.choice([5, 15, 60])) for term in TERMS}
        for _number in range(400)
    ]
    script = "given.map((start) => { const found = shrinkage(start); return { ...found, tooFew: Number(found.tooFew), added: { ...found.added, rostered: found.added.rostered === null ? null : Number(found.added.rostered) }, multiplied: { ...found.multiplied, rostered: found.multiplied.rostered === null ? null : Number(found.multiplied.rostered) } }; })"

    found = run("shrinkage.js", script, starts)

    nobody = 0
    for start, shown_ in zip(starts, found, strict=True):
        expected = shrinkage(start["paid_hours"], [(term, start[f"{term}_percent"]) for term in TERMS], start["needed"])
        assert (shown_["tooFew"], shown_["tooFewOnPhones"]) == (expected.too_few, plain(expected.too_few_on_phones)), (
            start
        )
        nobody += expected.added.rostered is None
        for name, way in (("added", expected.added), ("multiplied", expected.multiplied)):
            assert shown_[name] == {
                **{step.term: plain(step.hours) for step in way.steps},
                "isNobody": way.rostered is None,
                "hours": plain(way.hours),
                "shrinkage": share(way.shrinkage),
                "rostered": way.rostered,
            }, start
    assert nobody > 5


def test_forecasts_come_to_the_same():
    random, asked, expected = Random(5), [], []
    for _number in range(300):
        knows_days = random.random() < 0.5
        weeks = []
        for _week in range(random.randint(3, 12)):
            calls = random.choice([0, random.randint(0, 200)])
            weeks.append(Week(calls, calls + random.randint(0, 2000) if knows_days else None, random.random() < 0.8))
        found = forecast_weeks(weeks)
        asked.append(
            [{"calls": week.calls, "dayCalls": week.day_calls, "isCounted": week.is_counted} for week in weeks]
        )
        expected.append(found)

    found = run(
        "forecast.js",
        "given.map((weeks) => { const made = forecast(weeks); return made && { ...made, shown: onePlace(made.calls) }; })",
        asked,
    )

    assert any(row is not None and row.factor not in (0.5, 1, 2) for row in expected)
    for row, made in zip(expected, found, strict=True):
        if row is None:
            assert made is None
        else:
            assert [made["calls"], made["mean"], made["factor"]] == pytest.approx(
                [row.calls, row.mean, row.factor], rel=1e-9, abs=1e-9
            )
            assert (made["weeks"], made["shown"]) == (row.weeks, one_place(row.calls))


def test_units_stand_where_python_puts_them():
    """The pattern that the browser fills is the one that Python fills."""
    with translation.override("zh-hans"):
        block = CalculatorBlock()
        data = json.loads(block.get_context(block.to_python({"metric": "calls_per_hour", "start": []}))["data"])

    assert data["shown"].format(n="14") == shown(14, METRICS["calls_per_hour"].unit, "zh-hans") == "每小时 14 通"
