# `make check` runs what a change needs before it is committed; `.ci/run` does the same on a clean machine.
PYTHON := .venv/bin/python
PEERS := .venv-peers/bin/python
FIGURES := tests/bench/figures

.PHONY: install check lint types imports docs test slow peers trainers models bench format generate

install:
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]'

check: lint types imports docs test

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	.venv/bin/mypy

imports:
	.venv/bin/lint-imports --no-logo

docs:
	$(PYTHON) docs/generate.py --check

test:
	$(PYTHON) -m pytest -q

slow:
	$(PYTHON) -m pytest -q -n 0 -m slow

peers:
	python3 -m venv .venv-peers && .venv-peers/bin/pip install -q -e . pytest pytest-xdist hypothesis
	.venv-peers/bin/pip install -q --no-deps -r tests/peers/requirements.txt
	.venv-peers/bin/python -m pytest -q tests/peers

trainers:
	python3 -m venv .venv-trainers && .venv-trainers/bin/pip install -q -r tests/trainers_real/requirements.txt
	.venv-trainers/bin/pip install -q --no-deps -r tests/trainers_real/requirements-no-deps.txt
	.venv-trainers/bin/pip install -q -e '.[serve]' pytest pytest-xdist hypothesis
	.venv-trainers/bin/python -m pytest -q -n 0 -m 'slow or not slow' tests/trainers_real

models:  # in the environment that `make trainers` has made
	.venv-trainers/bin/pip install -q --no-deps -r tests/services/lm/requirements-no-deps.txt
	.venv-trainers/bin/python -m pytest -q -n 0 -m 'slow or not slow' tests/services/lm

format:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

generate:
	$(PYTHON) docs/generate.py

bench:  # half an hour on a machine that does nothing else; needs what `make peers` and `make trainers` install
	$(PYTHON) tests/bench/engine_overhead.py
	$(PYTHON) tests/bench/first_run.py
	$(PYTHON) tests/bench/math_peers.py
	$(PEERS) tests/bench/text_r1_peers.py --json $(FIGURES)/text_r1.json
	$(PEERS) tests/bench/repetition_zh_peers.py --json $(FIGURES)/repetition_zh.json
	$(PEERS) tests/bench/gopher_peers.py --json $(FIGURES)/gopher.json
	$(PEERS) tests/bench/math_set_peers.py --json $(FIGURES)/math_set.json
	$(PEERS) tests/bench/score_jsonl.py --json $(FIGURES)/score_jsonl.json
	$(PEERS) tests/bench/text_bounds.py --json $(FIGURES)/text_bounds.json
	$(PEERS) tests/bench/kinds_speed.py --json $(FIGURES)/kinds_speed.json
	$(PYTHON) tests/bench/sandbox_peers.py --json $(FIGURES)/sandbox_peers.json
	$(PYTHON) tests/bench/sandbox_score.py --json $(FIGURES)/sandbox_score.json
	$(PYTHON) tests/bench/sandbox_soak.py --json $(FIGURES)/sandbox_soak.json
	.venv-trainers/bin/python tests/bench/lm_fluent.py --json $(FIGURES)/lm_fluent.json
	.venv-trainers/bin/python tests/bench/lm_cpu.py --json $(FIGURES)/lm_cpu.json
	$(PYTHON) tests/bench/write_performance.py
	$(PYTHON) tests/bench/write_perplexity.py
