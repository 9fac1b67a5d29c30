"""What a bench says: figures with their floors and targets, as a table or as JSON."""

import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# By figure: the bound, whether it is on the value or on the ratio, and whether more or less is better.
TARGETS: dict[str, tuple[str, str, float]] = {
    "page": ("ratio", ">=", 0.25),
    "page-304": ("ratio", ">=", 0.35),
    "register": ("value", "<=", 7),
    "register-p99": ("ratio", "<=", 10),
    "rush": ("value", "<=", 1),
    # Of 5,000 people: what so many times the 7 ms of `register` come to, and nobody waits for longer than two seconds.
    "rush-5000": ("value", "<=", 35),
    "rush-p50": ("value", "<=", 2000),
    "rush-p95": ("value", "<=", 2000),
    "rush-p99": ("value", "<=", 2000),
    "checkin": ("value", "<=", 2),
    "checkin-p99": ("ratio", "<=", 10),
    "sync": ("value", "<=", 3),
    "sync-p99": ("ratio", "<=", 10),
    "export-csv": ("ratio", "<=", 4),
    "export-xlsx": ("ratio", "<=", 1.6),
    "export-rss": ("value", "<=", 20),
    "import": ("ratio", "<=", 60),
    "import-rss": ("value", "<=", 20),
    "ledger": ("value", "<=", 60),
    # Of hello: a tenth of what a cached page reaches, for three queries and a page that nobody may cache.
    "verify": ("ratio", ">=", 0.02),
    "verify-json": ("ratio", ">=", 0.02),
    "verify-proof": ("ratio", ">=", 0.01),
    # Two cores have 24 ms for each of 5,000 viewers and minute.
    "live": ("value", "<=", 20),
    "live-p99": ("value", "<=", 300),
    "live-reach": ("value", "<=", 5),
    "certificates-sober": ("ratio", "<=", 2.5),
    "certificates-modern": ("ratio", "<=", 2.5),
    "certificates-bilingual": ("ratio", "<=", 2.5),
    "certificates-portrait": ("ratio", "<=", 2.5),
    "certificates-badge": ("ratio", "<=", 2.5),
    "certificates-signed": ("ratio", "<=", 1.3),
    # Per cent of what two cores could give to two workers.
    "issue": ("value", ">=", 85),
    "issue-rss": ("value", "<=", 150),
    "startup": ("value", "<=", 1.2),
    "startup-rss": ("value", "<=", 100),
    "install": ("value", "<=", 300),
}
GROWTH = ("value", "<=", 1.1)


@dataclass(frozen=True)
class Figure:
    """One measured figure; `lowest` and `highest` bound the ratios of which `ratio` is the median."""

    name: str
    value: float
    unit: str
    engine: str
    n: int
    floor: float | None = None
    ratio: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @property
    def bound(self) -> tuple[str, str, float]:
        """The target: what it bounds, how, and at what."""
        return GROWTH if self.name.endswith("-growth") else TARGETS[self.name]

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        what, how, bound = self.bound
        measured = self.ratio if what == "ratio" else self.value
        if measured is None:
            return False
        return measured >= bound if how == ">=" else measured <= bound

    def as_json(self) -> str:
        """Return the figure as one line of JSON."""
        return json.dumps(
            {
                "name": self.name,
                "value": _rounded(self.value),
                "unit": self.unit,
                "floor": _rounded(self.floor),
                "ratio": _rounded(self.ratio),
                "target": self.bound[2],
                "met": self.met,
                "engine": self.engine,
                "n": self.n,
            }
        )


def compared(name: str, unit: str, engine: str, n: int, pairs: Sequence[tuple[float, float]]) -> Figure:
    """Return the figure of alternated measurements, each a pair of floor and product.

    Its value, floor and ratio are medians; the ratio is the product's measurement over the floor's.
    """
    ratios = [product / floor for floor, product in pairs]
    return Figure(
        name,
        statistics.median(product for _floor, product in pairs),
        unit,
        engine,
        n,
        floor=statistics.median(floor for floor, _product in pairs),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def pairs_of(
    floor: Callable[[], float], product: Callable[[], float], times: int
) -> list[tuple[float, float]]:
    """Measure floor and product in turn, A B A B."""
    return [(floor(), product()) for _ in range(times)]


def growth(
    name: str, engine: str, n: int, pairs: Sequence[tuple[float, float]], *, of_each: bool = False
) -> Figure:
    """Return the exponent with which work grows from `n` to ten times as much: 1 is proportional.

    Each pair is the work at `n` and at ten times as much: of all together, or (`of_each`) of one out of so many.
    """
    ratio = statistics.median(large / small for small, large in pairs)
    return Figure(f"{name}-growth", math.log10(ratio) + of_each, "exponent", engine, n)


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as lines for people."""
    rows = [("figure", "value", "floor", "ratio", "min-max", "target", "")]
    for figure in figures:
        what, how, bound = figure.bound
        sign = {">=": "≥", "<=": "≤"}[how]
        rows.append(
            (
                f"{figure.name} ({figure.engine}, n={figure.n:,})",
                f"{_short(figure.value)} {figure.unit}",
                _short(figure.floor),
                _short(figure.ratio),
                f"{_short(figure.lowest)}-{_short(figure.highest)}" if figure.lowest is not None else "",
                f"{what} {sign} {_short(bound)}",
                "met" if figure.met else "MISSED",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.5g}")


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
