#!/bin/sh
# Prints the path of a Python 3.13, 3.12 or 3.14 that can make virtual environments. PYTHON=… overrides the search.
fits() { [ -n "$1" ] && "$1" -c "import sys, venv, ensurepip, ssl, sqlite3; sys.exit(sys.version_info[:2] != ($2, $3))" >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    for minor in 12 13 14; do fits "$PYTHON" 3 $minor && { echo "$PYTHON"; exit 0; }; done
    echo "callwright: PYTHON=$PYTHON is not a Python 3.12, 3.13 or 3.14 with venv." >&2
    exit 1
fi
for minor in 13 12 14; do
    for candidate in "python3.$minor" python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.$minor.*/bin/python \
        "$HOME"/.local/share/uv/python/cpython-3.$minor.*/bin/python3; do
        fits "$candidate" 3 $minor && { "$candidate" -c 'import sys; print(sys.executable)'; exit 0; }
    done
done
echo "callwright: Python 3.12 or newer with venv is needed and was not found (Debian/Ubuntu: apt-get install python3.12 python3.12-venv; elsewhere: uv python install 3.13)." >&2
exit 1
