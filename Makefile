# Callwright: `make run` and `make test` do all their own set-up.
.SILENT:
.PHONY: run test lint setup lock messages screenshots clean

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
	.venv/bin/python manage.py makemessages --locale zh_Hans --no-obsolete --no-location --ignore '.venv' --ignore 'node_modules' --ignore 'var' --ignore 'tests'

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
