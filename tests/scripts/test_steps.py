"""Each step of an installation is done once, and again only when its inputs change."""

from pathlib import Path

import pytest

from scripts import steps


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "PROJECT", tmp_path)
    monkeypatch.setattr(steps, "STAMPS", tmp_path / ".stamps")
    (tmp_path / "in").write_text("one")
    return tmp_path


def copying(project: Path, done: list[str]) -> steps.Step:
    def work() -> None:
        done.append((project / "in").read_text())
        (project / "out").write_text(done[-1])

    return steps.Step(name="copy", says="Copying", inputs=("in",), results=("out",), work=work)


def test_a_step_is_done_once(project: Path) -> None:
    done: list[str] = []
    steps.ensure(copying(project, done))
    steps.ensure(copying(project, done))
    assert done == ["one"]


def test_a_changed_input_does_it_again(project: Path) -> None:
    done: list[str] = []
    steps.ensure(copying(project, done))
    (project / "in").write_text("two")
    steps.ensure(copying(project, done))
    assert done == ["one", "two"]


def test_a_missing_result_does_it_again(project: Path) -> None:
    done: list[str] = []
    steps.ensure(copying(project, done))
    (project / "out").unlink()
    steps.ensure(copying(project, done))
    assert done == ["one", "one"]


def test_a_step_that_failed_is_not_taken_for_done(project: Path) -> None:
    def fail() -> None:
        (project / "out").touch()
        raise RuntimeError

    done: list[str] = []
    step = steps.Step(name="copy", says="Copying", inputs=("in",), results=("out",), work=fail)
    with pytest.raises(RuntimeError):
        steps.ensure(step)
    steps.ensure(copying(project, done))
    assert done == ["one"]
