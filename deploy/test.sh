#!/bin/sh
# Every check and every test. What the machine lacks is skipped and named in the last line; REQUIRE=browser,postgresql,redis
# makes a lack an error. `sh deploy/test.sh lint` stops after the checks that need no database.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
# Compiled modules are kept: dozens of processes are started, and each would compile the whole of Django by itself.
unset PYTHONDONTWRITEBYTECODE

# The servers to test on: those of DATABASE_URL and REDIS_URL where they are set. Tests make their own databases there.
pg="postgresql://postgres@127.0.0.1:5432"
redis="redis://127.0.0.1:6379"
case "${DATABASE_URL:-}" in postgres*) pg="${DATABASE_URL%/*}" ;; esac
case "${REDIS_URL:-}" in redis*) redis="${REDIS_URL%/[0-9]*}" ;; esac
unset DATABASE_URL REDIS_URL DJANGO_SETTINGS_MODULE
lacking=""
lack() {
    case ",${REQUIRE:-}," in *",$1,"*) echo "callwright: $1 is required for the tests and was not found here." >&2; exit 1 ;; esac
    lacking="$lacking $1"
}
has() { case " $lacking " in *" $1 "*) return 1 ;; esac; }
logs=$(mktemp -d)
processes=""
beside() { "$@" >"$logs/$(echo "$processes" | wc -w)" 2>&1 & processes="$processes $!"; }
together() { # what each has printed, one after the other; an error if one has failed
    failed="" && place=0
    for process in $processes; do
        wait "$process" || failed=yes
        cat "$logs/$place" && place=$((place + 1))
    done
    [ -z "$failed" ]
}
step() { printf '\n== %s (%s s)\n' "$1" "$(($(date +%s) - started))"; }
started=$(date +%s)

command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || lack browser
$python -c "import psycopg, sys; psycopg.connect(sys.argv[1] + '/postgres', connect_timeout=3).close()" "$pg" 2>/dev/null || lack postgresql
$python -c "import redis, sys; redis.Redis.from_url(sys.argv[1], socket_timeout=3).ping()" "$redis" 2>/dev/null || lack redis

step "Style, walls, settings"
.venv/bin/ruff check --quiet --no-cache .
.venv/bin/ruff format --quiet --check --no-cache .
.venv/bin/lint-imports --no-cache
$python manage.py compile_texts --settings lms.settings.test
$python manage.py makemigrations --check --dry-run --settings lms.settings.test >/dev/null ||
    { echo "callwright: a model has changed without its migration." >&2; exit 1; }
env CALLWRIGHT_SECRET_KEY="$($python -c 'import secrets; print(secrets.token_urlsafe(60))')" CALLWRIGHT_HOSTS=callwright.example \
    CALLWRIGHT_SMTP_HOST=127.0.0.1 CALLWRIGHT_VAR="$(mktemp -d)" \
    $python manage.py check --deploy --fail-level WARNING --settings lms.settings.production
[ "${1:-}" = lint ] && exit 0

step "Rules, services, doors, journeys (SQLite)"
$python -m pytest -n 2 -m "not browser and not migrations and not postgresql and not redis"

if has postgresql; then
    step "Services and queries on PostgreSQL"
    if has redis; then export REDIS_URL="$redis/0"; fi
    # What talks to the database: services, queries, models, journeys. Rules and pages don't differ.
    DATABASE_URL="$pg/callwright" $python -m pytest -n 2 -m "not browser and not migrations and not slow" --create-db \
        $(find tests -name 'test_services.py' -o -name 'test_queries.py' -o -name 'test_models.py' -o -name 'test_concurrency.py' \
            -o -name 'test_timing.py' -o -name 'test_marking.py' -o -name 'test_marking_at_once.py' -o -name 'test_regrading.py' \
            -o -name 'test_importing.py' -o -name 'test_imports.py' -o -name 'test_bulk.py') tests/journeys
    unset REDIS_URL
fi

step "Side by side: real migrations (SQLite); in a browser, quizzes and the story on each backend"
# Processes with a database or a server of their own, which wait more than they work. Migrating takes a minute: the
# server on SQLite serves what was migrated for the tests of the migrations.
on_sqlite() {
    CALLWRIGHT_TEST_MIGRATED="$logs/migrated.sqlite3" "$python" -m pytest --migrations -m migrations || return
    if has browser; then
        CALLWRIGHT_TEST_MIGRATED="$logs/migrated.sqlite3" "$python" -m pytest tests/browser -m "not postgresql"
    fi
}
beside on_sqlite
if has browser; then
    if has postgresql && has redis; then
        export CALLWRIGHT_TEST_POSTGRESQL="$pg" CALLWRIGHT_TEST_REDIS="$redis"
        beside "$python" -m pytest tests/browser -m postgresql
    fi
fi
together

step "Done"
if [ -n "$lacking" ]; then echo "Skipped, because this machine lacks them:$lacking"; else echo "Nothing was skipped."; fi
