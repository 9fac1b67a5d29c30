"""The woven band: the same for ever, mirrored, seamless, different from event to event."""

import struct
import xml.etree.ElementTree as ET
import zlib

import pytest
from flask.testing import FlaskClient

from app import band

ACCENT = "#9e1b42"
SLUGS = [f"evento-{number}" for number in range(200)]


def test_band_never_changes() -> None:
    rows = ["".join(map(str, row)) for row in band.band_matrix("semana-de-gobierno-abierto-2024")]
    assert rows == GOLDEN


@pytest.mark.parametrize("slug", SLUGS[:40])
def test_period_is_mirrored_both_ways_and_joins_without_a_seam(slug: str) -> None:
    matrix = band.band_matrix(slug)
    assert len(matrix) == band.ROWS
    assert matrix == matrix[::-1]
    for row in matrix:
        assert row[1:] == row[1:][::-1]
        assert len(row) % 2 == 0
        assert set(row) <= {band.BASE, band.FIRST, band.SECOND, band.THIRD}


def test_events_can_be_told_apart() -> None:
    assert len({band.band_matrix(slug) for slug in SLUGS}) >= 195


@pytest.mark.parametrize("slug", SLUGS)
def test_every_band_shows_its_ground_and_two_threads(slug: str) -> None:
    used = {number for row in band.band_matrix(slug) for number in row}
    assert band.BASE in used
    assert len(used) >= 3


@pytest.mark.parametrize("slug", SLUGS[:40])
def test_picture_is_small_and_draws_the_matrix(slug: str) -> None:
    svg = band.band_svg(slug, ACCENT)
    assert len(svg) < 1200
    assert drawn(svg) == [list(row) for row in band.band_matrix(slug)]


def drawn(svg: str) -> list[list[int]]:
    """Read the squares of one period back from a picture."""
    pattern = ET.fromstring(svg).find("{*}pattern")  # noqa: S314 (our own picture)
    assert pattern is not None
    threads = band.palette(ACCENT)
    squares = [[0] * int(pattern.attrib["width"]) for _ in range(band.ROWS)]
    for path in pattern.iter("{http://www.w3.org/2000/svg}path"):
        for stroke in path.attrib["d"].removeprefix("M").split("M"):
            place, length = stroke.split("h")
            x, y = map(int, place.split())
            squares[y][x : x + int(length)] = [threads.index(path.attrib["stroke"])] * int(length)
    return squares


def test_png_shows_the_same_squares_with_a_figure_in_the_middle() -> None:
    matrix = band.band_matrix("taller")
    data = band.band_png("taller", ACCENT, width=60, cell=4)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (60, 4 * band.ROWS)
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    pixels = zlib.decompress(data[start + 4 : start + 4 + length])
    lines = [pixels[number * 61 + 1 : (number + 1) * 61] for number in range(4 * band.ROWS)]
    assert [line[30::4][:8] for line in lines[::4]] == [bytes(row[:8]) for row in matrix]


@pytest.mark.parametrize(
    ("accent", "threads"),
    [
        ("#9e1b42", (band.OCHRE, band.TEAL, band.CREAM)),
        ("#d99a2b", (band.COCHINEAL, band.TEAL, band.CREAM)),
        ("#1d4e89", (band.OCHRE, band.COCHINEAL, band.CREAM)),
        ("#fff5e0", (band.OCHRE, band.TEAL, band.COCHINEAL)),
    ],
)
def test_a_thread_that_looks_like_the_accent_becomes_cochineal(
    accent: str, threads: tuple[str, str, str]
) -> None:
    assert band.palette(accent) == (accent, *threads)


def test_route_answers_a_picture_that_may_be_kept(client: FlaskClient) -> None:
    response = client.get("/banda/semana-de-gobierno-abierto-2024-9e1b42.svg")
    assert response.status_code == 200
    assert response.content_type == "image/svg+xml; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=2592000"
    assert response.text == band.band_svg("semana-de-gobierno-abierto-2024", ACCENT)


@pytest.mark.parametrize(
    "path",
    [
        "/banda/x-rojo.svg",
        "/banda/x-9e1b4.svg",
        "/banda/9e1b42.svg",
        "/banda/x-rojo.png",
        "/banda/x-9e1b42.gif",
    ],
)
def test_route_knows_only_colours(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


GOLDEN = [
    "222222222222222222",
    "122021000300012022",
    "200210033233001200",
    "010210032123001201",
    "102100321012300120",
    "010210032123001201",
    "200210033233001200",
    "122021000300012022",
    "222222222222222222",
]
