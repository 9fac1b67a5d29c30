"""The notation of letters: what is refused, and what text and HTML come of it."""

import pytest

from app.mail import wording
from app.mail.copies import without_tokens
from app.mail.wording import BadLink, UnknownField

KNOWN = {"nombre", "enlace"}
ADDRESSES = {"enlace"}


def filled(app, body, subject="", **values):
    with app.app_context():
        return wording.fill(
            subject,
            body,
            {"nombre": "Rosa", "enlace": "https://t.pe/mi/x"} | values,
            addresses=ADDRESSES,
            colour="#9e1b42",
        )


@pytest.mark.parametrize(
    ("subject", "body", "error", "field"),
    [
        ("{nombr}", "x", "{nombr}", "subject"),
        ("x", "Hola {apellido}", "{apellido}", "body"),
        ("x", "Hola {}", "{}", "body"),
        ("x", "{ nombre }", "{ nombre }", "body"),
        ("x", "[aquí]({ninguno})", "{ninguno}", "body"),
    ],
)
def test_an_unknown_field_is_refused_with_its_name(app, subject, body, error, field):
    with app.test_request_context(), pytest.raises(UnknownField) as caught:
        wording.check(subject, body, known=KNOWN, addresses=ADDRESSES)
    with app.test_request_context():
        assert str(caught.value) == f"No existe el campo {error}. Elija uno de la lista."
    assert caught.value.field == field


@pytest.mark.parametrize("address", ["javascript:alert", "//t.pe", "{nombre}", "data:text/html,x", "x"])
def test_a_link_leads_to_an_address(app, address):
    with app.test_request_context(), pytest.raises(BadLink):
        wording.check("x", f"[aquí]({address})", known=KNOWN, addresses=ADDRESSES)


@pytest.mark.parametrize(
    "body",
    ["[aquí]({enlace})", "[a](https://t.pe)", "[a](mailto:x@t.pe)", "{nombre} {enlace}", "[x] (y)", ""],
)
def test_good_words_are_taken(body):
    wording.check("{nombre}", body, known=KNOWN, addresses=ADDRESSES)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Uno\n\n\nDos", "<p>Uno</p>\n<p>Dos</p>"),
        ("Uno\nDos", "<p>Uno<br>Dos</p>"),
        (
            "- Uno\n- {nombre}",
            '<ul style="margin:12px 0;padding-left:22px"><li>Uno</li><li>Rosa</li></ul>',
        ),
        ("<b>& {nombre}", "<p>&lt;b&gt;&amp; Rosa</p>"),
        (
            "Vea [la página](https://t.pe/?a=1&b).",
            '<p>Vea <a href="https://t.pe/?a=1&amp;b">la página</a>.</p>',
        ),
        ("Vea https://t.pe/a.", '<p>Vea <a href="https://t.pe/a">https://t.pe/a</a>.</p>'),
        ("{enlace}/a#b.", '<p><a href="https://t.pe/mi/x/a#b">https://t.pe/mi/x/a#b</a>.</p>'),
        ("{nombre}/a", "<p>Rosa/a</p>"),
        ("{enlace}", '<p><a href="https://t.pe/mi/x">https://t.pe/mi/x</a></p>'),
        (
            'y [x](https://t.pe/"onclick="y)',
            '<p>y <a href="https://t.pe/&#34;onclick=&#34;y">x</a></p>',
        ),
    ],
)
def test_html(app, body, html):
    assert str(filled(app, body).html) == html


def test_a_link_that_stands_alone_is_a_button(app):
    words = filled(app, "Hola\n\n[Abrir {nombre}]({enlace})")
    assert 'href="https://t.pe/mi/x" style="display:inline-block;background:#9e1b42' in words.html
    assert ">Abrir Rosa</a></p>" in words.html
    assert words.text == "Hola\n\nAbrir Rosa: https://t.pe/mi/x\n"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "[x](https://malo.pe)", "https://malo.pe", "{enlace}"]
)
def test_what_a_person_typed_as_a_name_stays_a_name(app, name):
    words = filled(app, "Hola {nombre}", subject="{nombre}\nBcc: x", nombre=name)
    assert "<a " not in words.html
    assert "<script>" not in words.html
    assert words.text == f"Hola {name}\n"
    assert words.subject == f"{name} Bcc: x"


def test_copies_lose_the_tokens_of_our_addresses_and_nothing_else():
    token = "AAAAAAAC3vKp0Zk9QxYz1fGh2JkLmNoPq"
    text = (
        f"https://t.pe/mi/{token} https://t.pe/baja/{token}? https://t.pe/x?a={token}&b=1 "
        f"https://t.pe/eventos/semana-de-gobierno-abierto-2024 https://otro.pe/{token} {token}"
    )
    assert without_tokens(text, base_url="https://t.pe") == (
        "https://t.pe/mi/… https://t.pe/baja/…? https://t.pe/x?a=…&b=1 "
        f"https://t.pe/eventos/semana-de-gobierno-abierto-2024 https://otro.pe/{token} {token}"
    )
