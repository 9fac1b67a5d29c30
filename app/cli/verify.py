"""`python -m app.cli.verify FILE.pdf`: check a certificate without the server's database, and without Flask."""

import hashlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app.cli import evidence
from app.cli.evidence import Finding, Verdict

SECONDS = 20
LARGEST = 20_000_000  # bytes of the file, and of any answer
_MARKS = {Verdict.GOOD: "ok ", Verdict.BAD: "BAD", Verdict.UNKNOWN: "?  "}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Sources:
    """What the person who checks knows already. `roots` are certificates of authorities, PEM or DER."""

    is_offline: bool
    did_document: dict[str, Any] | None
    log_key: str | None
    roots: list[bytes]


@click.command()
@click.argument("file", type=_FILE)
@click.option("--offline", is_flag=True, help="Ask nobody: only what the file itself tells.")
@click.option("--did", type=_FILE, help="The issuer's did.json, instead of asking its site.")
@click.option(
    "--log-key", help="The log's public key, where it was learned in another way than from its site."
)
@click.option("--trust", type=_FILE, multiple=True, help="Certificate of an authority to trust (PEM).")
def verify(file: Path, offline: bool, did: Path | None, log_key: str | None, trust: tuple[Path, ...]) -> None:
    """Check a certificate as it was downloaded.

    Three independent witnesses are asked: the signature in the file, the verifiable credential inside it, and the
    public log. What cannot be asked is said, and never taken for a yes. Exits with 0 when nothing contradicts and at
    least one witness vouches for the file, with 1 when one contradicts, with 2 when none could be asked.
    """
    document = json.loads(did.read_text()) if did else None
    sources = Sources(offline, document, log_key, [path.read_bytes() for path in trust])
    findings = list(_findings(file.read_bytes(), sources))
    for finding in findings:
        click.echo(f"{_MARKS[finding.verdict]}  {finding.about}: {finding.text}")
    sys.exit(_concluded({finding.verdict for finding in findings}))


def _concluded(verdicts: set[Verdict]) -> int:
    if Verdict.BAD in verdicts:
        click.echo("Do not trust this file.")
        return 1
    if Verdict.GOOD in verdicts:
        click.echo("Nothing contradicts this certificate.")
        return 0
    click.echo("Nothing could be checked.")
    return 2


def _findings(data: bytes, sources: Sources) -> Iterator[Finding]:
    if len(data) > LARGEST:
        yield Finding("file", Verdict.BAD, "it is far too large for a certificate")
        return
    yield from evidence.signatures(data, sources.roots)
    token = evidence.credential_in(data)
    if token is None:
        yield Finding("credential", Verdict.UNKNOWN, "there is none in this file")
        return
    fetch = _refused if sources.is_offline else _fetched
    findings, claims = evidence.credential(token, sources.did_document, fetch)
    yield from findings
    if claims is not None:
        fingerprint = hashlib.sha256(data).hexdigest()
        yield from evidence.log(claims, fingerprint, fetch, verifier=sources.log_key)


def _fetched(address: str) -> bytes:
    """Return the body at an address that a credential or its issuer names. Raises OSError."""
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise OSError("only https is asked")
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - https, or this machine
        return bytes(answer.read(LARGEST))


def _refused(_address: str) -> bytes:
    raise OSError("nobody was asked")


if __name__ == "__main__":
    verify()
