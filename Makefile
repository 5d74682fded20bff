# Callwright: `make run` and `make test` do all their own set-up.
.SILENT:
.PHONY: run test lint setup lock messages bench-people bench-quiz bench-itemanalysis bench-learn clean

run: setup
	sh deploy/pdf-libraries.sh
	.venv/bin/python manage.py up

test: setup
	sh deploy/test.sh

lint: setup
	sh deploy/test.sh lint

setup:
	sh deploy/setup.sh

# Pin everything anew (needs the package index). The lock file carries hashes, no addresses.
lock: setup
	.venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --group dev -o requirements.lock

# Collect the strings of all apps into the Chinese catalogue (needs gettext).
messages: setup
	.venv/bin/python manage.py makemessages --locale zh_Hans --no-obsolete --no-location --no-wrap --ignore '.venv' --ignore 'node_modules' --ignore 'var' --ignore 'tests'

# How long a file of 3,000 new people takes, on a database of its own. PG=postgresql://user@host:port for that server.
bench-people: setup
	.venv/bin/python tests/benchmarks/people_import.py --people 3000 --limit 900 --postgresql "$(PG)"

# What one finished quiz attempt costs under load: PostgreSQL and Redis on this machine, databases of its own.
bench-quiz: setup
	.venv/bin/python -m tests.benchmarks.quiz $(BENCH)

# How long my day, a lesson, the courses and a team's progress take with 10,000 people: PostgreSQL and Redis on this machine.
bench-learn: setup
	.venv/bin/python -m tests.benchmarks.learn $(BENCH)

# How long the figures of a quiz take: 10,000 learners × 60 questions; fails above 2 s.
bench-itemanalysis: setup
	.venv/bin/python tests/benchmarks/bench_itemanalysis.py --learners 10000 --questions 60 --limit 2

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
