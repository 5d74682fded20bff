#!/bin/sh
# Makes .venv from the hash-pinned lock file. Does nothing when the lock file hasn't changed since.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv/.installed
sum=$(cksum <requirements.lock)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && [ -x .venv/bin/python ] && exit 0

python=$(sh deploy/find-python.sh) || exit 1
if ! mkdir -p .venv 2>/dev/null || ! [ -w .venv ]; then
    echo "callwright: the folder $(pwd) is not writable, so .venv can't be made there." >&2
    exit 1
fi
echo "Setting up .venv with $("$python" --version) …"
# A half-made environment is made anew; the lock file decides what is in it.
"$python" -m venv --clear .venv || { echo "callwright: $python could not make .venv." >&2; exit 1; }
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/uv.lock ||
    { echo "callwright: the installer could not be fetched from the package index; nothing else was changed." >&2; exit 1; }
UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements.lock ||
    { echo "callwright: the packages of requirements.lock could not be installed; run the command again when the package index answers." >&2; exit 1; }
echo "$sum" >"$stamp"
