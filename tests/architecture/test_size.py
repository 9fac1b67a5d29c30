"""Small pieces: functions, files and templates stay short enough to be read at once."""

import ast
import statistics
from pathlib import Path

from scripts.console import PROJECT

FOLDERS = ("app", "bench", "scripts", "tests")
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
LONGEST_TEMPLATE = 200
MEDIAN_FUNCTION = 12


def python_files() -> list[Path]:
    return [PROJECT / "wsgi.py", *(path for folder in FOLDERS for path in PROJECT.glob(f"{folder}/**/*.py"))]


def functions(path: Path) -> list[tuple[str, int]]:
    """Return each function of a file as its place and its number of lines."""
    tree = ast.parse(path.read_text())
    return [
        (
            f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}",
            (node.end_lineno or node.lineno) - node.lineno + 1,
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def lines(path: Path) -> int:
    return path.read_text().count("\n")


def test_no_function_is_longer_than_60_lines() -> None:
    found = [function for path in python_files() for function in functions(path)]
    assert [place for place, length in found if length > LONGEST_FUNCTION] == []


def test_half_of_the_application_s_functions_are_shorter_than_12_lines() -> None:
    lengths = [length for path in PROJECT.glob("app/**/*.py") for _, length in functions(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_no_file_is_longer_than_500_lines() -> None:
    assert [str(path) for path in python_files() if lines(path) > LONGEST_FILE] == []


def test_no_template_is_longer_than_200_lines() -> None:
    templates = [path for path in (PROJECT / "templates").glob("**/*") if path.is_file()]
    assert templates
    assert [str(path) for path in templates if lines(path) > LONGEST_TEMPLATE] == []
