"""The colour that an organisation gives its pages, shifted until text on it can be read.

A strict Content-Security-Policy admits no inline style, so a colour reaches its page as a small stylesheet
of its own, `/tema/<colour>.css`, and the event's woven band as a picture, `/banda/<seed>-<colour>.svg`.
"""

import colorsys
import re

from flask import Blueprint, Response, abort

from app.band import band_png, band_svg
from app.permissions import public

Rgb = tuple[int, int, int]

WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
# Grounds of assets/css/tokens.css on which accent-coloured text stands.
LIGHT_GROUND: Rgb = (0xF3, 0xEF, 0xE7)
DARK_GROUND: Rgb = (0x2A, 0x25, 0x21)
LIGHT_PAPER: Rgb = (0xFB, 0xF9, 0xF5)
DARK_PAPER: Rgb = (0x17, 0x14, 0x12)
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
_STEPS = 50
_MONTH = 30 * 24 * 3600

bp = Blueprint("theme", __name__)


def parse(colour: str) -> Rgb:
    """Return the parts of "9e1b42" or "#9e1b42". Raises ValueError for anything else."""
    match = re.fullmatch(r"#?([0-9a-fA-F]{6})", colour)
    if match is None:
        raise ValueError(f"not a colour: {colour!r}")
    digits = match[1]
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def to_hex(colour: Rgb) -> str:
    """Return "#9e1b42"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Rgb) -> float:
    """Return the relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Return `one` with a `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darkened(colour: Rgb, *, against: Rgb) -> Rgb:
    """Return `colour`, made darker just as far as it takes to be readable against `against`."""
    steps = (mix(colour, BLACK, step / _STEPS) for step in range(_STEPS + 1))
    return next((step for step in steps if contrast(step, against) >= READABLE), BLACK)


def lightened(colour: Rgb, *, against: Rgb, ratio: float = READABLE) -> Rgb:
    """Return `colour`, made lighter in its own hue until it reaches `ratio` against `against`."""
    steps = (step for step in _lightnesses(colour) if luminance(step) >= luminance(colour))
    return next((step for step in steps if contrast(step, against) >= ratio), WHITE)


def _lightnesses(colour: Rgb) -> list[Rgb]:
    """Return a colour's hue from black to white, a little paler: full colours glare on dark paper."""
    hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    shades = (colorsys.hls_to_rgb(hue, step / _STEPS, saturation * 0.8) for step in range(_STEPS + 1))
    return [(round(red * 255), round(green * 255), round(blue * 255)) for red, green, blue in shades]


def brand(colour: str) -> str:
    """Return an organisation's colour ("#9e1b42") as it is printed: with white it reaches 4.5:1."""
    return to_hex(_brand(parse(colour)))


def _brand(colour: Rgb) -> Rgb:
    return darkened(colour, against=WHITE)


def on_dark(colour: Rgb) -> Rgb:
    """Return the accent as a button on dark paper: as light as white text on it allows."""
    return max((step for step in _lightnesses(colour) if contrast(step, WHITE) >= READABLE), key=luminance)


def variables(colour: str) -> dict[str, dict[str, str]]:
    """Return the custom properties of an accent for the `light` and the `dark` scheme.

    `--brand` is the ground of large fields in both schemes, `--accent` that of buttons, `--accent-text` the
    colour of links and `--accent-tint` the ground of a chosen item. White on the first two, and the third on
    paper, card and tint, reach 4.5:1.
    """
    ground = _brand(parse(colour))
    light_tint = mix(LIGHT_PAPER, ground, 0.1)
    light_text = darkened(ground, against=min(light_tint, LIGHT_GROUND, key=luminance))
    dark_tint = mix(DARK_PAPER, ground, 0.26)
    dark_text = lightened(ground, against=max(dark_tint, DARK_GROUND, key=luminance), ratio=5.5)
    return {
        "light": {
            "--brand": to_hex(ground),
            "--brand-deep": to_hex(mix(ground, BLACK, 0.4)),
            "--accent": to_hex(ground),
            "--accent-ink": to_hex(WHITE),
            "--accent-text": to_hex(light_text),
            "--accent-tint": to_hex(light_tint),
        },
        "dark": {
            "--accent": to_hex(on_dark(ground)),
            "--accent-text": to_hex(dark_text),
            "--accent-tint": to_hex(dark_tint),
        },
    }


def css(colour: str) -> str:
    """Return the stylesheet of an accent. Raises ValueError where `colour` is none."""
    schemes = {
        scheme: "".join(f"{name}:{value};" for name, value in values.items())
        for scheme, values in variables(colour).items()
    }
    return f":root{{{schemes['light']}}}@media(prefers-color-scheme:dark){{:root{{{schemes['dark']}}}}}\n"


def _kept(body: str | bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={_MONTH}"
    return response


@bp.get("/tema/<colour>.css")
@public
def stylesheet(colour: str) -> Response:
    """Answer the stylesheet of an accent."""
    try:
        return _kept(css(colour), "text/css")
    except ValueError:
        abort(404)


@bp.get("/banda/<seed>-<colour>.svg")
@public
def band(seed: str, colour: str) -> Response:
    """Answer the woven band of an event in its organisation's colour."""
    try:
        return _kept(band_svg(seed, brand(colour)), "image/svg+xml")
    except ValueError:
        abort(404)


@bp.get("/banda/<seed>-<colour>.png")
@public
def picture(seed: str, colour: str) -> Response:
    """Answer the band as the picture that social networks show beside a link: 1200 by 630 pixels."""
    try:
        return _kept(band_png(seed, brand(colour), width=1200, cell=70), "image/png")
    except ValueError:
        abort(404)
