"""An organisation's colour, shifted until text on it can be read; and the contrast of the design tokens."""

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import theme
from app.config import PROJECT

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def ratio(one: str, other: str) -> float:
    return theme.contrast(theme.parse(one), theme.parse(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#9e1b42", "#ffffff", 7.81),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(ratio(one, other), 2) == expected


@given(colours)
def test_any_colour_becomes_readable(colour: str) -> None:
    schemes = theme.variables(colour)
    light, dark = schemes["light"], {**schemes["light"], **schemes["dark"]}
    tokens = tokens_of_schemes()
    for scheme, values in (("light", light), ("dark", dark)):
        for ground in ("--brand", "--brand-deep", "--accent"):
            assert ratio("#ffffff", values[ground]) >= theme.READABLE
        for ground in (
            tokens[scheme]["--paper"],
            tokens[scheme]["--card"],
            tokens[scheme]["--sunk"],
            values["--accent-tint"],
        ):
            assert ratio(values["--accent-text"], ground) >= theme.READABLE


def test_a_readable_colour_stays_as_it_is() -> None:
    assert theme.brand("#9E1B42") == "#9e1b42"
    assert theme.brand("d99a2b") == "#986c1e"


@pytest.mark.parametrize("colour", ["", "#fff", "red", "#9e1b42;", "#9e1b4g", "９e1b42", "#9e1b42\n"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        theme.parse(colour)


def test_route_answers_a_stylesheet_that_may_be_kept(client: FlaskClient) -> None:
    response = client.get("/tema/1d4e89.css")
    assert response.status_code == 200
    assert response.content_type == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=2592000"
    assert response.text == theme.css("#1d4e89")
    assert response.text.startswith(":root{--brand:#1d4e89;")


@pytest.mark.parametrize("path", ["/tema/red.css", "/tema/9e1b42", "/tema/%23fff.css"])
def test_route_knows_only_colours(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def tokens_of_schemes() -> dict[str, dict[str, str]]:
    """Return the colours of assets/css/tokens.css for both schemes."""
    source = (PROJECT / "assets" / "css" / "tokens.css").read_text()
    light, dark = source.split("@media (prefers-color-scheme: dark)")
    read = {
        name: dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", text))
        for name, text in (("light", light), ("dark", dark))
    }
    whole = {scheme: {name: long(value) for name, value in values.items()} for scheme, values in read.items()}
    return {"light": whole["light"], "dark": whole["light"] | whole["dark"]}


def long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(part * 2 for part in colour[1:])


def test_tokens_hold_the_theme_of_their_own_accent() -> None:
    tokens = tokens_of_schemes()
    for scheme, values in theme.variables("#9e1b42").items():
        assert {name: tokens[scheme][name] for name in values} == values


TEXT_ON_GROUND = [
    *(
        (text, ground)
        for text in ("--ink", "--soft", "--accent-text")
        for ground in ("--paper", "--card", "--sunk")
    ),
    *(
        (state, ground)
        for state in ("--ok", "--warning", "--bad", "--info")
        for ground in ("--paper", "--card", "{}-tint")
    ),
    *(("--ink", f"{state}-tint") for state in ("--ok", "--warning", "--bad", "--info", "--accent")),
    *(
        ("--accent-ink", ground)
        for ground in ("--accent", "--brand", "--ok-fill", "--warning-fill", "--bad-fill")
    ),
    ("--accent-text", "--accent-tint"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_on_its_ground_reaches_aa(scheme: str, text: str, ground: str) -> None:
    tokens = tokens_of_schemes()[scheme]
    assert ratio(tokens[text], tokens[ground.format(text)]) >= theme.READABLE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["--paper", "--card"])
def test_edges_of_controls_can_be_seen(scheme: str, ground: str) -> None:
    tokens = tokens_of_schemes()[scheme]
    assert ratio(tokens["--edge"], tokens[ground]) >= 3
