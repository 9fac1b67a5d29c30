"""What is imported late, or not at all: a start loads what every page needs, and nothing besides.

A module is named twice, once for whoever reads types and once for the process:

    if TYPE_CHECKING:
        import icalendar
    else:
        icalendar = lazily("icalendar")
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """Stands for a module until something of it is asked for. Python's own LazyLoader is not safe among threads."""

    def __init__(self, name: str, hidden: tuple[str, ...]) -> None:
        super().__init__(name)
        self._hidden = hidden

    def __getattr__(self, name: str) -> Any:
        if self.__name__ not in sys.modules and self._hidden:
            with without(*self._hidden):
                import_module(self.__name__)
        return getattr(import_module(self.__name__), name)


def lazily(name: str, *hidden: str) -> ModuleType:
    """Return what stands for the module `name`, which is imported when something of it is first used.

    `hidden` are libraries that it would load only because they are installed.
    """
    return _Late(name, hidden)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Hide libraries from an importer that would load them only because they are installed."""
    hidden = [name for name in names if name not in sys.modules]
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    modules.update(dict.fromkeys(hidden))  # None is how the import system is told so
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
