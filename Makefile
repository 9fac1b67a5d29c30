PYTHON ?= python3

.PHONY: help build run test check bench texts lock

help:
	@echo "make run     install what is missing and serve Tinkuy at http://127.0.0.1:8000/ (PORT= HOST= DEMO=0 LIVE=1)"
	@echo "make build   install and build what is missing, and start nothing"
	@echo "make test    every check and test, on SQLite and PostgreSQL, with Redis and a real browser"
	@echo "make check   format, lint, types, layers, templates"
	@echo "make bench   every bench beside its floor (ENGINE=postgresql, QUICK=1)"
	@echo "make texts   the catalogues brought up to date (ARGS= files of Spanish)"
	@echo "make lock    pin the newest libraries that requirements*.in and package.json allow"

run:
	@exec $(PYTHON) -m scripts.run

build:
	@exec $(PYTHON) -m scripts.build

test:
	@exec $(PYTHON) -m scripts.test

check:
	@exec $(PYTHON) -m scripts.check

bench:
	@exec $(PYTHON) -m bench $(if $(QUICK),--quick) $(if $(ENGINE),--engine $(ENGINE))

texts:
	@.venv-dev/bin/python -m scripts.texts $(ARGS)

lock:
	@exec $(PYTHON) -m scripts.lock
