"""A certificate is checked from outside by what it carries, what its site publishes, and nothing else."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.certificates import issuing, keys, services
from app.certificates.models import Certificate
from app.cli import evidence
from app.cli.evidence import Verdict
from app.cli.verify import verify
from app.credentials import rules as badges
from app.credentials import services as credentials
from app.publiclog import services as publiclog
from scripts.console import PROJECT
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_signatures import PASSWORD, issued, p12
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def certificates(session: Session) -> list[Certificate]:
    """Two certificates, issued, signed and entered into the log."""
    event = scenes.event(factories.organisation())
    for given in ("Rosa", "Andrés"):
        scenes.earner(event, given_names=given)
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    publiclog.append_pending(at=NOON)
    return issued(session)


@pytest.fixture
def fetch(client: FlaskClient) -> Any:
    """Ask the site of these tests, as the command does over the network."""

    def ask(address: str) -> bytes:
        answer = client.get(address)
        if answer.status_code != 200:
            raise OSError(f"HTTP {answer.status_code}")
        return answer.get_data()

    return ask


def told(data: bytes, fetch: Any) -> dict[str, Verdict]:
    """Return what each witness says of a file."""
    token = evidence.credential_in(data)
    assert token is not None
    findings, claims = evidence.credential(token, None, fetch)
    assert claims is not None
    findings += evidence.signatures(data, [])
    findings += evidence.log(claims, hashlib.sha256(data).hexdigest(), fetch, verifier=None)
    return {finding.about: finding.verdict for finding in findings}


def test_every_witness_vouches_for_what_was_issued(certificates: list[Certificate], fetch: Any) -> None:
    good = dict.fromkeys(["credential", "status", "signature", "log"], Verdict.GOOD)
    assert [told(services.file_of(one), fetch) for one in certificates] == [good, good]


def test_the_credential_says_what_the_page_says(certificates: list[Certificate], fetch: Any) -> None:
    first = certificates[0]
    claims = badges.opened(first.credential, credentials.did_document())
    assert evidence._told(claims) == (first.printed_name, "Foro de Prueba")
    assert claims["id"].endswith(f"/{first.code[:4]}-{first.code[4:8]}-{first.code[8:]}")
    assert first.document_number not in json.dumps(claims)
    assert fetch(f"/verificar/{first.code}.jwt").decode() == first.credential


def test_what_was_annulled_or_replaced_is_told(certificates: list[Certificate], fetch: Any) -> None:
    first, second = certificates
    files = [services.file_of(first), services.file_of(second)]
    services.annul(first, reason="Error", by=None, at=NOON)
    services.replace(second, name="Andrés Corregido", reason="Nombre", by=None, at=NOON)
    publiclog.append_pending(at=NOON)
    for file in files:
        said = told(file, fetch)
        assert (said["credential"], said["signature"]) == (Verdict.GOOD, Verdict.GOOD)
        assert (said["status"], said["log"]) == (Verdict.BAD, Verdict.BAD)


def test_a_file_to_which_something_was_added_is_not_the_issued_one(
    certificates: list[Certificate], fetch: Any
) -> None:
    file = services.file_of(certificates[0])
    assert told(file + b"\n", fetch)["log"] == Verdict.BAD
    unsigned = services.drawn_again(certificates[0])
    assert told(unsigned, fetch) == {
        "credential": Verdict.GOOD,
        "status": Verdict.GOOD,
        "signature": Verdict.UNKNOWN,
        "log": Verdict.BAD,
    }


def test_a_site_that_lies_is_caught(certificates: list[Certificate], fetch: Any) -> None:
    data = services.file_of(certificates[0])
    findings, claims = evidence.credential(certificates[0].credential, None, fetch)
    assert claims is not None
    other_key = "bitacora.example/registro/+00000000+AQ" + "A" * 43 + "="
    fingerprint = hashlib.sha256(data).hexdigest()
    (said,) = evidence.log(claims, fingerprint, fetch, verifier=other_key)
    assert said.verdict == Verdict.BAD

    def another_list(address: str) -> bytes:
        return certificates[1].credential.encode() if "estado" in address else fetch(address)

    findings, _claims = evidence.credential(certificates[0].credential, None, another_list)
    assert [one.verdict for one in findings] == [Verdict.GOOD, Verdict.BAD]


def test_what_cannot_be_asked_is_no_yes(certificates: list[Certificate]) -> None:
    def nobody(_address: str) -> bytes:
        raise OSError("no network")

    findings, claims = evidence.credential(certificates[0].credential, None, nobody)
    assert ([one.verdict for one in findings], claims) == ([Verdict.UNKNOWN], None)
    findings, claims = evidence.credential(certificates[0].credential, credentials.did_document(), nobody)
    assert [one.verdict for one in findings] == [Verdict.GOOD, Verdict.UNKNOWN]
    assert claims is not None
    assert [one.verdict for one in evidence.log(claims, "", nobody, verifier=None)] == [Verdict.UNKNOWN]


def test_a_key_that_was_changed_still_opens_what_it_signed(
    certificates: list[Certificate], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = credentials.did_document()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key of the server, long enough")
    after = credentials.did_document()
    assert len(after["verificationMethod"]) == 2
    assert after["verificationMethod"][1:] == before["verificationMethod"]
    assert badges.opened(certificates[0].credential, after)["jti"]


def test_places_are_never_given_twice(session: Session) -> None:
    assert [credentials.reserve_places(count) for count in (3, 1, 2)] == [0, 3, 4]
    assert credentials.newest_list() == 0
    credentials.reserve_places(badges.LIST_LENGTH)
    assert credentials.newest_list() == 1


@pytest.mark.parametrize(
    "address", ["/credenciales/estado/7", "/verificar/2222-2222-2222.jwt", "/verificar/x.jwt"]
)
def test_what_is_not_there_is_404(client: FlaskClient, session: Session, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_command_checks_a_file(certificates: list[Certificate], tmp_path: Path) -> None:
    file, did = tmp_path / "constancia.pdf", tmp_path / "did.json"
    file.write_bytes(services.file_of(certificates[0]))
    did.write_text(json.dumps(credentials.did_document()))
    result = CliRunner().invoke(verify, [str(file), "--offline", "--did", str(did)])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Nothing contradicts this certificate.")
    changed = bytearray(file.read_bytes())
    changed[changed.index(b"/CreationDate") + 20] ^= 1
    file.write_bytes(changed)
    assert CliRunner().invoke(verify, [str(file), "--offline"]).exit_code == 1
    file.write_bytes(b"no pdf")
    assert CliRunner().invoke(verify, [str(file), "--offline"]).exit_code == 1


def test_the_command_needs_no_web_framework() -> None:
    program = "import sys, app.cli.verify; sys.exit('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=False).returncode == 0
