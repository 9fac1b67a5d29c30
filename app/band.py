"""The woven band: each event's own pattern of stepped squares.

As on an Andean belt, two figures alternate along the band and are mirrored in both directions. Which
figures, how large and in which colours follows from a hash of the event's slug, so that a person recognises
"their" event on the page, the pass, the letter and the certificate. The figures are geometry; none is
copied from a textile.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeVar

Matrix = tuple[tuple[int, ...], ...]
Figure = Callable[[int, int], int]
Choice = TypeVar("Choice")

ROWS = 9
_MIDDLE = ROWS // 2
BASE, FIRST, SECOND, THIRD = range(4)  # what the numbers of a matrix mean; BASE is the organisation's colour

OCHRE, TEAL, CREAM, COCHINEAL = "#d99a2b", "#1f5f5b", "#f6ebdb", "#9e1b42"
_TOO_NEAR = 90.0  # the distance of two colours in 8-bit RGB below which the eye may take them for one
_REPEATS = 40  # so that the picture, cut in the middle, fills the widest screen at the height of a heading

# How many steps a square lies from a figure's centre; u counts columns, v rows.
_FIGURES: tuple[Figure, ...] = (
    lambda u, v: u + v,  # rhomb
    max,  # square
    lambda u, v: (u + 1) // 2 + v,  # long rhomb
    lambda u, v: u + v if min(u, v) == 0 else max(u, v) + 1,  # cross
    lambda u, v: max(u, v) + min(u, v) // 2,  # octagon
    lambda u, v: abs(u - v) + min(u, v) // 2,  # hourglass
    lambda u, v: u // 2 + v,  # stairs
)
_BETWEEN: tuple[Figure, ...] = (
    *_FIGURES,
    lambda u, v: u,
)  # stripes rest the eye, but only between other figures
_ORDERS: tuple[tuple[int, ...], ...] = (
    (THIRD, FIRST, BASE, SECOND),
    (FIRST, THIRD, SECOND, BASE),
    (SECOND, FIRST, THIRD, BASE),
    (BASE, FIRST, SECOND, THIRD),
    (FIRST, BASE, SECOND, FIRST),
    (BASE, THIRD, SECOND, FIRST),
    (SECOND, BASE, FIRST, THIRD),
    (THIRD, SECOND, BASE, FIRST),
)
_HEMS: tuple[tuple[int, ...], ...] = (
    (),
    (SECOND,),
    (FIRST, BASE),
    (SECOND, SECOND, BASE, BASE),
    (THIRD, BASE),
)


class _Design(NamedTuple):
    """Two figures, each with its colours from the centre and its size in steps; half a period; the hem."""

    figure: Figure
    order: tuple[int, ...]
    size: int
    other_figure: Figure
    other_order: tuple[int, ...]
    other_size: int
    half: int
    hem: tuple[int, ...]

    def colour_at(self, column: int, row: int) -> int:
        u = min(column, 2 * self.half - column)
        v = abs(row - _MIDDLE)
        near, far = self.figure(u, v), self.other_figure(self.half - u, v)
        if self.hem and v == _MIDDLE:
            return self.hem[u % len(self.hem)]
        if near < self.size:
            return self.order[near % len(self.order)]
        if far < self.other_size:
            return self.other_order[far % len(self.other_order)]
        return BASE


def _design(seed: str) -> _Design:
    digest = iter(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest())

    def pick(choices: tuple[Choice, ...]) -> Choice:
        return choices[next(digest) % len(choices)]

    return _Design(
        figure=pick(_FIGURES),
        order=pick(_ORDERS),
        size=pick((4, 5)),
        other_figure=pick(_BETWEEN),
        other_order=pick(_ORDERS),
        other_size=pick((2, 3, 4)),
        half=pick((7, 8, 9)),
        hem=pick(_HEMS),
    )


@lru_cache(maxsize=512)
def band_matrix(seed: str) -> Matrix:
    """Return one period of the band of `seed`: ROWS rows of colour numbers (BASE, FIRST, SECOND, THIRD).

    Repeated side by side the period joins without a seam. `palette` says which colours the numbers stand for.
    """
    design = _design(seed)
    columns = range(2 * design.half)
    return tuple(tuple(design.colour_at(column, row) for column in columns) for row in range(ROWS))


def _distance(one: str, other: str) -> float:
    parts = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return float(sum((a - b) ** 2 for a, b in parts) ** 0.5)


def palette(accent: str) -> tuple[str, str, str, str]:
    """Return the four colours of a band, `accent` ("#rrggbb") first.

    Ochre, teal and cream go with it; where one of them could be taken for the accent, cochineal stands in.
    """
    first, second, third = (
        COCHINEAL if _distance(colour, accent) < _TOO_NEAR else colour for colour in (OCHRE, TEAL, CREAM)
    )
    return accent, first, second, third


def _path(matrix: Matrix, number: int) -> str:
    """Return the strokes, one a run of squares, of one colour of a period."""
    strokes = []
    for y, row in enumerate(matrix):
        x = 0
        for colour, run in groupby(row):
            length = len(list(run))
            if colour == number:
                strokes.append(f"M{x} {y}h{length}")
            x += length
    return "".join(strokes)


def band_svg(seed: str, accent: str, *, repeats: int = _REPEATS) -> str:
    """Return the band of `seed` as an SVG picture, ROWS squares high and `repeats` periods wide.

    `accent` ("#rrggbb") is the ground. The picture scales; squares are crisp at multiples of ROWS pixels.
    """
    matrix = band_matrix(seed)
    base, *threads = palette(accent)
    period = len(matrix[0])
    width = period * repeats
    box = f'width="{width}" height="{ROWS}"'
    paths = "".join(
        f'<path stroke="{colour}" d="{strokes}"/>'
        for number, colour in enumerate(threads, start=FIRST)
        if (strokes := _path(matrix, number))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {ROWS}" shape-rendering="crispEdges">'
        f'<pattern id="p" width="{period}" height="{ROWS}" patternUnits="userSpaceOnUse">'
        f'<g transform="translate(0 .5)">{paths}</g></pattern>'
        f'<rect {box} fill="{base}"/><rect {box} fill="url(#p)"/></svg>'
    )


def band_png(seed: str, accent: str, *, width: int, cell: int) -> bytes:
    """Return the band of `seed` as a PNG for what shows no SVG (letters, social networks).

    It is `width` pixels wide and `ROWS * cell` high, cut so that a figure stands in the middle.
    """
    matrix = band_matrix(seed)
    period = len(matrix[0])
    # The middle pixel lies in the middle of the first column, about which the figure is mirrored.
    columns = [((x - width // 2) + cell // 2) // cell % period for x in range(width)]
    lines = (b"\0" + bytes(row[column] for column in columns) for row in matrix)
    pixels = b"".join(line * cell for line in lines)
    colours = b"".join(bytes.fromhex(colour[1:]) for colour in palette(accent))
    header = struct.pack(">IIBBBBB", width, ROWS * cell, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
