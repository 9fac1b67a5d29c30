"""The log as people and programs see it."""

import base64
import hashlib

import pytest

from app import codes
from app.publiclog import monitor, notes, queries, rules, services
from tests.publiclog.test_services import LATER


@pytest.fixture
def logged(issued):
    """The certificates, once they have entered the log."""
    services.append_pending(at=LATER)
    return issued


def test_the_page_says_how_far_the_log_has_come(client, logged):
    page = client.get("/registro/").text
    assert queries.newest_checkpoint().root in page
    assert services.verifier() in page


def test_an_empty_log_says_so(client, session):
    assert "El registro está vacío" in client.get("/registro/").text
    assert client.get("/registro/checkpoint").status_code == 404
    assert client.get("/registro/tile/0/000").status_code == 404


def test_the_checkpoint_is_signed_by_the_key_that_is_shown(client, logged):
    answer = client.get("/registro/checkpoint")
    key = client.get("/registro/clave").text.strip()
    assert answer.content_type == "text/plain; charset=utf-8"
    assert notes.opened(answer.text, key).size == 6


@pytest.mark.parametrize(
    "tile",
    [
        "0/000.p/7",
        "0/000",
        "0/001.p/1",
        "1/000.p/1",
        "0/0.p/6",
        "0/000.p/0",
        "0/000.p/06",
        "0/000.p/x",
        "0/000.p/256",
    ],
)
def test_what_is_no_tile_of_the_log_is_not_found(client, logged, tile):
    assert client.get(f"/registro/tile/{tile}").status_code == 404


def test_a_tile_holds_the_hashes_of_the_entries(client, logged):
    hashes = client.get("/registro/tile/0/000.p/6")
    entries = client.get("/registro/tile/entries/000.p/6")
    leaves = monitor._split(entries.data)
    assert hashes.data == b"".join(rules.leaf_hash(leaf) for leaf in leaves)
    assert hashes.headers["Access-Control-Allow-Origin"] == "*"


def test_a_proof_can_be_followed_by_hand(client, logged):
    """From the file and its code to the root that the log vouches for, with nothing but SHA-256."""
    first = logged[0]
    file = client.get(f"/certificados/{codes.grouped(first.code)}.pdf").data
    digest = hashlib.sha256(
        f"tinkuy certificate\n{first.code}\n{hashlib.sha256(file).hexdigest()}\n".encode()
    ).hexdigest()
    (entry,) = client.get(f"/registro/prueba/{codes.grouped(first.code)}.json").json["entries"]
    assert f'"digest":"{digest}"' in entry["entry"]
    proof = [base64.b64decode(step) for step in entry["proof"]]
    leaf = rules.leaf_hash(entry["entry"].encode())
    root = notes.opened(entry["note"], services.verifier()).root
    assert rules.is_included(leaf, entry["number"], entry["size"], proof, root)


def test_a_replaced_certificate_has_both_entries(client, logged):
    code = codes.grouped(logged[1].code)
    page = client.get(f"/registro/prueba/{code}")
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (200, "noindex")
    assert page.text.count("&#34;kind&#34;:&#34;") == 2
    assert "Berta" not in page.text


@pytest.mark.parametrize("code", ["2222-2222-2222", "nada", "x" * 300])
def test_an_unknown_code_is_not_in_the_log(client, logged, code):
    assert client.get(f"/registro/prueba/{code}").status_code == 404
    assert client.get(f"/registro/prueba/{code}.json").status_code == 404


def test_consistency_is_proven_on_request(client, logged):
    answer = client.get("/registro/coherencia.json?desde=3&hasta=6").json
    proof = [base64.b64decode(step) for step in answer["proof"]]
    roots = [rules.root(queries.read, size) for size in (3, 6)]
    assert rules.is_consistent(3, roots[0], 6, roots[1], proof)
    for question in ("", "?desde=4&hasta=3", "?desde=0&hasta=7", "?desde=a&hasta=6"):
        assert client.get(f"/registro/coherencia.json{question}").status_code == 404


def test_the_verdict_leads_to_the_proof(client, logged):
    code = codes.grouped(logged[0].code)
    assert f'href="/registro/prueba/{code}"' in client.get(f"/verificar/{code}").text
