"""A browser's user agent in the few words by which somebody recognises the own PC."""

import re

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* .*Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def device_of(user_agent: str) -> str:
    """`Chrome 109 · Windows`; empty where nothing is recognised."""
    parts = []
    for name, pattern in _BROWSERS:
        if found := re.search(pattern, user_agent):
            parts.append(f"{name} {found.group(1)}")
            break
    for name, pattern in _SYSTEMS:
        if re.search(pattern, user_agent):
            parts.append(name)
            break
    return " · ".join(parts)
