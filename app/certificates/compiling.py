"""What runs in the process apart: sets one Typst source within limits. It is started as a program, see sandbox.

It reads one JSON object from its input and writes the file to its output; where Typst refuses, it writes
{"message", "diagnostic"} and ends with REFUSED. It imports nothing of the application.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys

MEMORY = 1024 * 1024 * 1024  # bytes of address space, of which typst itself takes a quarter
CPU_SECONDS = 6
OPEN_FILES = 64
LARGEST = 20 * 1024 * 1024  # bytes of a file
REFUSED, TOO_LARGE = 3, 4
_OTHER_NETWORK, _OTHER_USER = 0x40000000, 0x10000000  # CLONE_NEWNET, CLONE_NEWUSER (sched.h)


def _limit() -> None:
    """Leave the network where the system allows it, and take no more than this process may."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        if libc.unshare(_OTHER_NETWORK) != 0:
            libc.unshare(_OTHER_USER | _OTHER_NETWORK)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Set the source of the present folder, and return the exit code."""
    _limit()
    import typst  # noqa: PLC0415 - slow to load, and only once the limits stand

    asked = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=["fonts"])
    nowhere = os.path.join(os.getcwd(), "packages")
    compiler = typst.Compiler(
        "own_1.typ",
        root=os.getcwd(),
        ignore_system_fonts=True,
        font_paths=fonts,
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    try:
        result = compiler.compile(sys_inputs={"content": asked["content"]}, **asked["options"])
    except typst.TypstError as error:
        json.dump({"message": error.message, "diagnostic": error.diagnostic}, sys.stdout)
        return REFUSED
    data = result if isinstance(result, bytes) else (result or [b""])[0]
    if len(data) > LARGEST:
        return TOO_LARGE
    sys.stdout.buffer.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
