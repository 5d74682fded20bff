"""Two wordings are the same when only blanks around their texts and the kind of line end differ."""

import json
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from assessments.bank.rules.wording import Wording


def tidied(wording: Wording) -> Wording:
    """The wording with plain line ends and without blanks around its texts."""
    options = tuple(replace(option, **_tidy(option)) for option in wording.options)
    gaps = tuple(replace(gap, **_tidy(gap)) for gap in wording.gaps)
    return replace(wording, **_tidy(wording), options=options, gaps=gaps)


def _tidy(row: Any) -> dict[str, Any]:
    texts = {name: str(value) for name, value in vars(row).items() if isinstance(value, str)}
    return {name: text.replace("\r\n", "\n").replace("\r", "\n").strip() for name, text in texts.items()}


def fingerprint(wording: Wording) -> str:
    """The same for the same tidied wording, whichever file it comes from: a name for questions without a key."""
    plain = json.dumps(asdict(tidied(wording)), default=lambda number: f"{number.normalize():f}", sort_keys=True)
    return sha256(plain.encode()).hexdigest()
