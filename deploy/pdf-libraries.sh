#!/bin/sh
# Certificates are drawn with Pango. Installs its libraries where it may, otherwise says how; never stops the start.
python="$(dirname "$0")/../.venv/bin/python"
missing() { ! "$python" -c "import ctypes.util, sys; sys.exit(not all(map(ctypes.util.find_library, ('pango-1.0', 'pangoft2-1.0', 'harfbuzz-subset'))))"; }
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

missing || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the libraries that PDF certificates need …"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >/dev/null 2>&1
fi
if missing; then
    if command -v apt-get >/dev/null; then hint="sudo apt-get install --no-install-recommends $packages"
    elif command -v brew >/dev/null; then hint="brew install pango"
    elif command -v dnf >/dev/null; then hint="sudo dnf install pango harfbuzz"
    else hint="install Pango and HarfBuzz (with its subsetter) by your system's package manager"; fi
    echo "callwright: PDF certificates wait until these system libraries are there: $hint" >&2
fi
exit 0
