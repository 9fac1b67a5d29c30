"""One PDF of many, for the printer: written as it is read, so that memory does not grow with the number of pages.

What the pages have in common (a band, a logo, a font with the same letters) is written once. Everything that makes a
certificate more than paper is left behind: attachments, tags, metadata and signatures, which hold for a whole file and
never for a part of another. The library is slow to load: import this module late.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic, reader

_CATALOGUE, _TREE = 1, 2
_KEPT = ("/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group")


class _Sheaf:
    """The file that is being written: where each object begins, and which streams it has already."""

    def __init__(self) -> None:
        self._waiting = io.BytesIO()
        self._written = 0
        self._places: dict[int, int] = {}
        self._last = _TREE
        self._known: dict[bytes, int] = {}
        self.pages: list[int] = []
        self._waiting.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def take(self) -> bytes:
        """Return what was written since the last time, and forget it."""
        data = self._waiting.getvalue()
        self._written += len(data)
        self._waiting = io.BytesIO()
        return data

    def add(self, data: bytes) -> None:
        """Take in the pages of a file."""
        source = reader.PdfFileReader(io.BytesIO(data))
        found: dict[int, int] = {}
        for page in _pages(source.root["/Pages"], {}):
            kept = generic.DictionaryObject({key: self._moved(value, found) for key, value in page.items()})
            kept[generic.NameObject("/Type")] = generic.NameObject("/Page")
            kept[generic.NameObject("/Parent")] = generic.IndirectObject(_TREE, 0, None)
            self.pages.append(self._write(self._next(), kept))

    def close(self) -> None:
        """Write what holds the pages together."""
        kids = generic.ArrayObject(generic.IndirectObject(number, 0, None) for number in self.pages)
        name = generic.NameObject
        count = generic.NumberObject(len(self.pages))
        tree = {name("/Type"): name("/Pages"), name("/Kids"): kids, name("/Count"): count}
        self._write(_TREE, generic.DictionaryObject(tree))
        root = {name("/Type"): name("/Catalog"), name("/Pages"): generic.IndirectObject(_TREE, 0, None)}
        self._write(_CATALOGUE, generic.DictionaryObject(root))
        start = self._written + self._waiting.tell()
        lines = [f"xref\n0 {self._last + 1}\n0000000000 65535 f \n"]
        lines += [f"{self._places[number]:010d} 00000 n \n" for number in range(1, self._last + 1)]
        end = f"trailer\n<< /Size {self._last + 1} /Root {_CATALOGUE} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        self._waiting.write("".join([*lines, end]).encode())

    def _moved(self, value: Any, found: dict[int, int]) -> Any:
        """Return a value as it stands in this file, with whatever it leads to; `found` are the numbers it has here."""
        if isinstance(value, generic.IndirectObject):
            return self._led_to(value, found)
        if isinstance(value, generic.ArrayObject):
            return generic.ArrayObject(self._moved(one, found) for one in value)
        if isinstance(value, generic.StreamObject):
            entries = {key: self._moved(one, found) for key, one in value.items()}
            return generic.StreamObject(entries, encoded_data=value.encoded_data)
        if isinstance(value, generic.DictionaryObject):
            return generic.DictionaryObject({key: self._moved(one, found) for key, one in value.items()})
        return value

    def _led_to(self, reference: Any, found: dict[int, int]) -> Any:
        if reference.idnum not in found:
            found[reference.idnum] = self._placed(self._moved(reference.get_object(), found))
        return generic.IndirectObject(found[reference.idnum], 0, None)

    def _placed(self, value: Any) -> int:
        """Return the number of an object: of the same one, where the file has it."""
        text = io.BytesIO()
        value.write_to_stream(text)
        fingerprint = hashlib.sha256(text.getbuffer()).digest()
        if fingerprint not in self._known:
            self._known[fingerprint] = self._write(self._next(), value)
        return self._known[fingerprint]

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _write(self, number: int, value: Any) -> int:
        self._places[number] = self._written + self._waiting.tell()
        self._waiting.write(f"{number} 0 obj\n".encode())
        value.write_to_stream(self._waiting)
        self._waiting.write(b"\nendobj\n")
        return number


def _pages(node: Any, inherited: dict[str, Any]) -> Iterator[dict[Any, Any]]:
    """Yield what is kept of each page below a node of the tree, with what it inherits."""
    own = inherited | {key: node.raw_get(key) for key in _KEPT if key in node}
    if "/Kids" not in node:
        yield {generic.NameObject(key): value for key, value in own.items()}
        return
    for kid in node["/Kids"]:
        yield from _pages(kid.get_object() if isinstance(kid, generic.IndirectObject) else kid, own)


def merged(files: Iterable[bytes]) -> Iterator[bytes]:
    """Yield one PDF with the pages of all files, in their order, a file at a time in memory."""
    sheaf = _Sheaf()
    for data in files:
        sheaf.add(data)
        yield sheaf.take()
    sheaf.close()
    yield sheaf.take()
