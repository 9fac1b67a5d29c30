"""The attendee list of a large event as CSV and as XLSX: time beside the bare writers, and growth of memory.

Measured in processes of their own on the instance's database. `python -m bench.export times SLUG TIMES` prints, for
each format, pairs of seconds of the bare writer over rows in memory and of the export; `python -m bench.export peak
SLUG` prints the MB by which the memory peaks while each export is written.
"""

import csv
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from xlsxwriter import Workbook

from app import create_app
from app.attendance import queries as attendance
from app.events import queries as events
from app.events.models import Event
from app.reports import columns, queries, services
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options

PEOPLE = 20_000
FEWER = 2_000  # of a quick run
KINDS = ("csv", "xlsx")
Rows = list[list[Any]]


def measure(options: Options) -> Iterator[Figure]:
    """Yield the time of each format over that of its bare writer, the growth of both, and of memory."""
    people = FEWER if options.quick else PEOPLE
    with Bench(options) as bench:
        product = bench.product()
        for slug, number in (("calienta", 200), ("una", people), ("diez", 10 * people)):
            product.run("bench.data", slug, str(number))
        times = json.loads(product.run("bench.export", "times", "una", str(options.times)))
        longer = json.loads(product.run("bench.export", "times", "diez", "1"))
        for kind in KINDS:
            yield compared(f"export-{kind}", "s", options.engine, people, times[kind])
        small, large = (json.loads(product.run("bench.export", "peak", slug)) for slug in ("una", "diez"))
        yield Figure(
            "export-rss", max(large.values()), "MB", options.engine, 10 * people, floor=max(small.values())
        )
        for kind in KINDS:
            whole = longer[kind][0][1]
            pairs = [(seconds, whole) for _bare, seconds in times[kind]]
            yield growth(f"export-{kind}", options.engine, people, pairs)


def _event(slug: str) -> tuple[Event, services.Export]:
    """Return an event, and the export of its people with the twelve usual columns."""
    event = events.published_or_404(slug)
    known = columns.available(event, programme=attendance.programme_minutes(event))
    return event, services.Export(tuple(known[key] for key in columns.USUAL), ("confirmed",))


def _export(kind: str, slug: str, path: Path) -> None:
    event, export = _event(slug)
    if kind == "xlsx":
        services.write_xlsx(event, export, path)
        return
    with path.open("wb") as file:
        file.writelines(services.csv_rows(event, export))


def _write_csv(rows: Rows, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _write_xlsx(rows: Rows, path: Path) -> None:
    with Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for position, value in enumerate(row):
                sheet.write_string(number, position, value)


BARE: dict[str, Callable[[Rows, Path], None]] = {"csv": _write_csv, "xlsx": _write_xlsx}


def times(folder: Path, slug: str, many: str) -> dict[str, list[tuple[float, float]]]:
    """Return pairs of seconds, bare writer and export, by format."""
    event, export = _event(slug)
    batches = queries.batches(event, export.columns, export.statuses)
    rows = [list(row) for batch in batches for row in zip(*batch, strict=True)]
    gc.collect()
    gc.freeze()  # the rows are the floor's: the collector must not go through them on the export's time
    found = {}
    for kind in KINDS:
        path = folder / kind
        found[kind] = pairs_of(
            partial(_seconds, BARE[kind], rows, path),
            partial(_seconds, _export, kind, slug, path),
            int(many),
        )
    return found


def _seconds(work: Callable[..., None], *arguments: Any) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def peak(folder: Path, slug: str) -> dict[str, float]:
    """Return the MB by which memory peaks above its rest while each format is written."""
    found = {}
    for kind in KINDS:
        _export(kind, "calienta", folder / kind)
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
        before = _memory("VmRSS")
        _export(kind, slug, folder / kind)
        found[kind] = _memory("VmHWM") - before
    return found


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def main(work: str, *arguments: str) -> None:
    """Do one piece of work on the instance that the environment names, and print its outcome as JSON."""
    application: Flask = create_app()
    with application.test_request_context(), TemporaryDirectory() as folder:
        works: dict[str, Callable[..., object]] = {"times": times, "peak": peak}
        print(json.dumps(works[work](Path(folder), *arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
