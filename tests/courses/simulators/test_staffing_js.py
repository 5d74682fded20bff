"""The calculator in the browser computes what Python computes."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from courses.simulators.erlang import UNSTABLE
from courses.simulators.rules import SLIDERS, Plan, floor, need

MODULE = Path(settings.BASE_DIR) / "courses" / "static" / "courses" / "staffing.js"
ASK = """
const plans = {plans};
console.log(JSON.stringify(plans.map((plan) => [floor(plan), need(plan)])));
"""


def plans():
    """What sliders can be moved to: small and large centers, short-staffed and ample, with and without hang-ups."""
    random = Random(4)
    for number in range(400):
        calls, aht_s = random.choice([random.randint(1, 120), random.randint(1, 3000)]), random.randint(20, 900)
        load = calls * aht_s / 1800
        yield Plan(
            calls=calls,
            aht_s=aht_s,
            agents=max(1, round(load * random.uniform(0.7, 1.4))),
            service_level_percent=random.randint(1, 99),
            answer_within_s=random.choice([0, 5, 20, 60, 600]),
            shrinkage_percent=random.randint(0, SLIDERS["shrinkage_percent"].most),
            patience_s=random.randint(10, 1800) if number % 2 else None,
        )


def test_the_browser_computes_what_python_computes():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the calculator's JavaScript was not compared")
    asked = list(plans())
    script = MODULE.read_text(encoding="utf-8") + ASK.replace("{plans}", json.dumps([asdict(plan) for plan in asked]))

    done = subprocess.run(
        [node, "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stderr == ""
    seen_unstable = 0
    for plan, (shown, needed) in zip(asked, json.loads(done.stdout), strict=True):
        expected = floor(plan)
        seen_unstable += not expected.is_stable
        assert (needed["onPhones"], needed["rostered"]) == (need(plan).on_phones, need(plan).rostered), plan
        assert (shown["agents"], shown["isTargetMet"]) == (expected.agents, expected.is_target_met), plan
        for name, value in (
            ("serviceLevel", expected.service_level),
            ("occupancy", expected.occupancy),
            ("averageSpeedOfAnswer", expected.average_speed_of_answer),
            ("abandonment", expected.abandonment),
        ):
            if value is None or value is UNSTABLE:
                assert shown[name] == (None if value is None else "unstable"), plan
            else:
                assert shown[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, plan)
    assert seen_unstable > 20
