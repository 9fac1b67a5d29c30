"""What import-linter cannot say: what one package may take from another, and where imports stand."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.console import PROJECT

# The pages of the back office and of the participant are composed of what the packages below offer.
DOMAIN = (
    "accounts",
    "events",
    "registration",
    "attendance",
    "live",
    "credentials",
    "certificates",
    "mailings",
    "publiclog",
    "reports",
)
ABOVE = (*DOMAIN, "organisers", "participants", "cli", "api")
# What puts the application together knows everything; the rest of the root is the kernel.
COMPOSITION = {"__init__", "factory", "blueprints", "models"}
# `events.calendar` is pure: an event as iCalendar, which letters carry along. `registration.ubigeo` is a table of
# places. `registration.emails` composes every letter to a participant, those of the packages above too, and labels say
# how a package calls its facts; `registration.sheets` reads files of rows, whatever is in them.
OPEN_TO_OTHERS = {
    "models",
    "rules",
    "queries",
    "services",
    "errors",
    "calendar",
    "passes",
    "ubigeo",
    "emails",
    "labels",
    "sheets",
}
# A slow library that few requests need may be imported where it is used, if a comment on the line says so.
SLOW = "noqa: PLC0415 - slow"


def modules() -> list[Path]:
    return sorted((PROJECT / "app").glob("**/*.py"))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of everything that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_a_package_takes_from_another_only_what_is_open() -> None:
    trespasses = []
    for path in modules():
        own = path.relative_to(PROJECT / "app").parts[0]
        if own not in DOMAIN:
            continue
        for line, name in imported(ast.parse(path.read_text())):
            match name.split("."):
                case ["app", package, part, *_] if (
                    package in DOMAIN and package != own and part not in OPEN_TO_OTHERS
                ):
                    trespasses.append(f"{path.relative_to(PROJECT)}:{line} imports {name}")
    assert trespasses == []


def test_the_kernel_knows_nothing_above_it() -> None:
    root = [path for path in (PROJECT / "app").glob("*.py") if path.stem not in COMPOSITION]
    kernel = [*root, *(PROJECT / "app").glob("mail/*.py"), *(PROJECT / "app").glob("jobs/*.py")]
    trespasses = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for path in kernel
        for line, name in imported(ast.parse(path.read_text()))
        if name.startswith("app.") and name.split(".")[1] in ABOVE
    ]
    assert trespasses == []


@pytest.mark.parametrize("folder", ["app", "scripts", "bench"])
def test_imports_stand_at_the_top(folder: str) -> None:
    hidden = []
    for path in (PROJECT / folder).glob("**/*.py"):
        text = path.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(text))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{path.relative_to(PROJECT)}:{line}"
                    for line, _name in imported(node)
                    if SLOW not in text[line - 1]
                ]
    assert hidden == []


def test_views_ask_the_services_and_never_the_database() -> None:
    views = [path for path in modules() if "views" in path.stem or "views" in path.parts]
    assert views
    for path in views:
        names = [name for _line, name in imported(ast.parse(path.read_text()))]
        assert "app.extensions.db" not in names, path
        assert [name for name in names if name.startswith("sqlalchemy")] == [], path


def test_services_never_commit() -> None:
    for path in (path for path in modules() if "services" in str(path)):
        assert ".commit(" not in path.read_text(), path
