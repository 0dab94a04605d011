# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help demo test setup check format lock browser bench clean

help:
	@echo "make demo   — песочница с двумя телефонами и таблицей, без единого токена"
	@echo "make test   — все проверки"
	@echo "make setup  — .venv со всем нужным: .venv/bin/tabletalk, .venv/bin/python benchmarks/…"
	@echo "make check  — ruff, mypy, floors, sizes, repeats"
	@echo "make bench  — benchmarks, a table each and a JSON line"

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Нужен Python 3.11 или новее: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { echo "Не создать .venv. На Debian и Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

demo: setup
	$(BIN)/tabletalk sandbox --port $(or $(PORT),8080)

test: setup browser
	$(BIN)/python -m pytest

# Browser tests need Debian's chromium; where it may not be installed, they say so and are skipped.
browser:
	@command -v chromium >/dev/null 2>&1 \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
			&& { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }; } \
		|| echo "chromium не установлен: проверки в браузере будут пропущены (apt install chromium)"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python benchmarks/replies.py
	$(BIN)/python benchmarks/rating.py

# Exact versions of everything, without any index address in the file.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-emit-index-url --no-header \
		--no-emit-find-links --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
