"""The documents keep up with the code."""

import re
from pathlib import Path

import pytest

from scripts.console import PROJECT

READ = re.compile(r"""(?:environ(?:\.get)?[\[(]\s*|environment\[|\bflag\(\s*)["']([A-Z][A-Z_]+)["']""")
# Read by the tests, the tools or the C library, and nobody's to set.
NOT_OURS = {"PATH", "ARGS"}
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def settings() -> set[str]:
    sources = [*PROJECT.glob("app/**/*.py"), *PROJECT.glob("scripts/*.py")]
    return {name for path in sources for name in READ.findall(path.read_text())} - NOT_OURS


def documents() -> list[Path]:
    return [*PROJECT.glob("docs/**/*.md"), *PROJECT.glob("*.md")]


def test_every_setting_is_described_once() -> None:
    described = re.findall(
        r"^\| `([A-Z_]+)` \|", (PROJECT / "docs" / "settings.md").read_text(), re.MULTILINE
    )
    assert sorted(described) == sorted(settings() - {"TEST_DATABASE_URL", "TEST_REDIS_URL"})


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_commands_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {target for path in documents() for target in re.findall(r"`make ([a-z]+)", path.read_text())}
    assert named <= targets
