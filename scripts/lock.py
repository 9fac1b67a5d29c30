"""`make lock`: pin the newest libraries that the .in files and package.json allow, with their hashes."""

from scripts import steps
from scripts.console import run_quietly, say

FILES = ("requirements", "requirements-pkcs11", "requirements-dev", "requirements-node")
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
)


def main() -> None:
    """Write requirements*.txt, one file for every supported Python, and package-lock.json."""
    steps.ensure(steps.TOOLS)
    uv = steps.python_of(".venv-dev").with_name("uv")
    for name in FILES:
        say(f"Pinning {name}.txt ...")
        files = (f"{name}.in", f"--output-file={name}.txt")
        run_quietly([uv, "pip", "compile", *OPTIONS, *files], failing=f"could not pin {name}.in.")
    say("Pinning package-lock.json ...")
    steps.npm(
        "update",
        "--package-lock-only",
        "--omit-lockfile-registry-resolved",
        failing="could not pin package.json.",
    )


if __name__ == "__main__":
    main()
