"""Importing a list of people: time beside reading the file and inserting its rows bare, growth, and memory.

Measured in processes of their own on the instance's database. `python -m bench.imports times ROWS TIMES` prints pairs
of seconds, the floor's and the import's, each into an event of its own; `longer` those of imports of so many rows and
of ten times as many; `python -m bench.imports peak ROWS` prints the
MB by which memory peaks while a list is imported.
"""

import csv
import gc
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from app import clock, create_app, unit_of_work
from app.accounts.models import User
from app.events.models import Event
from app.extensions import db
from app.registration import importing
from app.registration.services import imports
from bench.data import add_event
from bench.export import _memory
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options

ROWS = 20_000
FEWER = 2_000  # of a quick run
COLUMNS = ("DNI", "Nombres", "Apellidos", "Correo", "Celular", "Entidad", "Cargo", "Distrito")
_GIVEN = ("Rosa", "Ñusta", "Luis", "Eva", "Nilo", "Ana", "Édgar")
_SURNAMES = ("Quispe", "Mamani", "Ñahui", "Tsamajain", "Flores", "Ríos", "Huamán", "Pizango", "Cruz")
_BATCH = 200
_numbers = count(1)
_floor = Table(
    "import_floor",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(name, String(200)) for name in COLUMNS),
)


def measure(options: Options) -> Iterator[Figure]:
    """Yield the time of an import over that of its floor, its growth from a tenth of the rows, and of memory."""
    rows = FEWER if options.quick else ROWS
    with Bench(options) as bench:
        product = bench.product()
        pairs = json.loads(product.run("bench.imports", "times", str(rows), str(options.times)))
        yield compared("import", "s", options.engine, rows, pairs)
        pairs = json.loads(product.run("bench.imports", "longer", str(rows // 10), str(options.times)))
        yield growth("import", options.engine, rows // 10, pairs)
        low, high = (
            json.loads(product.run("bench.imports", "peak", str(number))) for number in (rows // 10, rows)
        )
        yield Figure("import-rss", high, "MB", options.engine, rows, floor=low)


def _list(rows: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows(_row(number) for number in range(1, rows + 1))
    return text.getvalue().encode()


def _row(number: int) -> tuple[str, ...]:
    # Numbers far apart and names that differ, as in a real list: neighbours of one name would be each other's slips.
    return (
        f"{number * 48_271 % 10**8:08d}",
        f"{_GIVEN[number % 7]} {_GIVEN[number // 7 % 7]}",
        f"{_SURNAMES[number // 49 % 9]} {_SURNAMES[number // 441 % 9]}",
        f"persona{number}@example.pe",
        "987654321",
        f"Municipalidad Distrital {number % 97}",
        "Especialista",
        "Imaza",
    )


def bare(data: bytes) -> float:
    """Read a list with the csv module and insert its rows as they are; return the seconds."""
    _floor.drop(db.engine, checkfirst=True)
    _floor.create(db.engine)
    began = time.perf_counter()
    rows = csv.DictReader(io.StringIO(data.decode()), delimiter=";")
    while batch := list(islice(rows, _BATCH)):
        with unit_of_work.transaction():
            db.session.execute(insert(_floor), batch)
    return time.perf_counter() - began


def imported(data: bytes) -> float:
    """Import a list into an event of its own, without letters (the worker would send them meanwhile); return the
    seconds from its beginning to its end.
    """
    with unit_of_work.transaction():
        slug = f"importa-{time.time_ns()}-{next(_numbers)}"
        add_event(slug, 0, at=clock.now())
    received = imports.receive(io.BytesIO(data), "lista.csv")
    with unit_of_work.transaction():
        event = db.session.query(Event).filter_by(slug=slug).one()
        run = imports.create(
            event, received, by=db.session.query(User).first(), language="es", at=clock.now()
        )
        imports.start(
            run, is_all_or_nothing=False, updates=False, sends_letters=False, language="es", at=clock.now()
        )
        number = run.id
    began = time.perf_counter()
    if not importing.work_on(number):
        raise RuntimeError("the import did not end")
    return time.perf_counter() - began


def times(rows: str, many: str) -> list[tuple[float, float]]:
    """Return pairs of seconds, floor and import."""
    data = _list(int(rows))
    imported(_list(200))  # warms up
    return pairs_of(partial(bare, data), partial(imported, data), int(many))


def longer(rows: str, many: str) -> list[tuple[float, float]]:
    """Return pairs of seconds, of so many rows and of ten times as many, measured in turn."""
    few, more = _list(int(rows)), _list(10 * int(rows))
    imported(_list(200))  # warms up
    return pairs_of(partial(imported, few), partial(imported, more), int(many))


def peak(rows: str) -> float:
    """Return the MB by which memory peaks above its rest during an import."""
    data = _list(int(rows))
    imported(_list(1000))
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _memory("VmRSS")
    imported(data)
    return _memory("VmHWM") - before


def main(work: str, *arguments: str) -> None:
    """Do one piece of work on the instance that the environment names, and print its outcome as JSON."""
    application: Flask = create_app()
    with application.test_request_context():
        works: dict[str, Callable[..., Any]] = {"times": times, "longer": longer, "peak": peak}
        print(json.dumps(works[work](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
