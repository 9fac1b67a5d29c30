"""Files that people bring, the bad ones above all: read rightly, or refused with what to do."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from openpyxl import Workbook

from app.registration import sheets
from app.registration.sheets import UnreadableFile, people, tables, workbooks
from app.registration.sheets.people import GIVEN_FIRST, SURNAMES_FIRST, part_name, part_surnames

LIST = "DNI;Nombres;Apellidos\r\n00000001;María José;Ñahui Núñez\r\n00000002;Iñaki;Güell Solano\r\n"
ROWS = [["00000001", "María José", "Ñahui Núñez"], ["00000002", "Iñaki", "Güell Solano"]]


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        g.language = "en"
        yield


class Files:
    """A folder for files of one test."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "stored"

    def table(self, data: bytes, name: str = "list.csv") -> sheets.Table:
        self.path.write_bytes(data)
        reading, self.sheets = sheets.examine(self.path, name)
        self.reading = reading
        return sheets.open_table(self.path, reading)

    def refusal(self, data: bytes, name: str = "list.csv") -> str:
        with pytest.raises(UnreadableFile) as refused:
            list(self.table(data, name).rows())
        return str(refused.value)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def workbook(*rows: list[Any], prepare: Any = None, **more_sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for title, content in more_sheets.items():
        other = book.create_sheet(title)
        for row in content:
            other.append(row)
    if prepare is not None:
        prepare(sheet)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def cells(table: sheets.Table) -> list[list[str]]:
    return [row.cells for row in table.rows()]


def problems(table: sheets.Table) -> list[tuple[int, dict[int, str]]]:
    return [(row.number, row.problems) for row in table.rows() if row.problems]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
        ("cp850", "cp850"),
    ],
)
def test_every_encoding_is_found(files: Files, encoding: str, found: str) -> None:
    table = files.table(LIST.encode(encoding))
    assert (files.reading.encoding, table.headings, cells(table)) == (
        found,
        ["DNI", "Nombres", "Apellidos"],
        ROWS,
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_delimiter_is_found(files: Files, delimiter: str) -> None:
    quoted = LIST.replace("Ñahui Núñez", f'"Ñahui{delimiter} ""Núñez"""').replace(";", delimiter)
    table = files.table(quoted.encode())
    assert files.reading.delimiter == delimiter
    assert cells(table)[0] == ["00000001", "María José", f'Ñahui{delimiter} "Núñez"']


def test_titles_and_blank_rows_above_the_headings_are_passed_over(files: Files) -> None:
    table = files.table(f"LISTA DE PARTICIPANTES\r\n\r\n{LIST}\r\n;;\r\n".encode())
    assert (table.heading_row, cells(table)) == (3, ROWS)
    assert [row.number for row in table.rows(after=4)] == [5]


def test_a_row_cut_off_and_one_too_long_are_said(files: Files) -> None:
    table = files.table((LIST + "00000003;Rosa\r\n" + "1;2;3\r\n" * 20 + "1;2;3;4\r\n").encode())
    assert problems(table) == [
        (4, {sheets.WHOLE_ROW: "This row ends after 2 of 3 columns. The file may be cut off."}),
        (25, {sheets.WHOLE_ROW: "There is something in column D, which has no heading."}),
    ]


def test_headings_alike_or_missing_are_said(files: Files) -> None:
    table = files.table(b"Nombre,nombre,,Correo\r\na,b,c,d\r\n")
    assert table.headings == ["Nombre", "nombre", "Column C", "Correo"]
    assert table.notes == [
        "Row 1: the columns A, B have the same heading, “Nombre”.",
        "Row 1, column C: no heading.",
    ]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "a.csv is empty: it has no rows."),
        (b"\xef\xbb\xbf\r\n \r\n", "a.csv", "a.csv is empty: it has no rows."),
        (b",,,\r\n,,\r\n", "a.csv", "a.csv is empty: it has no rows."),
        (b"%PDF-1.7\n", "a.csv", "a.csv is neither CSV nor an Excel workbook (.xlsx)."),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            "a.xlsx",
            "a.xlsx is neither CSV nor an Excel workbook (.xlsx).",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "a.xls", "a.xls is an old or locked Excel file."),
        (b"PK\x03\x04 cut off", "a.xlsx", "a.xlsx is damaged or incomplete."),
        (b'DNI,Nombre\r\n1,"Rosa\r\n2,Nilo\r\n', "a.csv", "a.csv, row 2: a quotation mark is opened"),
    ],
)
def test_what_is_no_list_is_refused_by_name(files: Files, data: bytes, name: str, said: str) -> None:
    assert files.refusal(data, name).startswith(said)


def test_a_list_is_known_by_what_it_holds(files: Files) -> None:
    assert cells(files.table(LIST.encode(), "list.xlsx")) == ROWS
    assert cells(files.table(workbook(["DNI", "Nombre"], ["1", "Rosa"]), "list.csv")) == [["1", "Rosa"]]


def test_too_many_rows_or_columns(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(cells(files.table(b"a,b\r\n" + b"1,2\r\n" * 3))) == 3
    assert files.refusal(b"a,b\r\n" + b"1,2\r\n" * 4) == "The file has more than 3 rows. Part it in two."
    wide = ",".join(["x"] * 201).encode()
    assert files.refusal(wide) == "list.csv has more than 200 columns. Leave those that matter."


def test_half_a_workbook_is_said_to_be_damaged(files: Files) -> None:
    data = workbook(["DNI", "Nombre"], *([str(number), "Rosa"] for number in range(500)))
    for end in (100, len(data) // 2, len(data) - 10):
        assert files.refusal(data[:end], "a.xlsx").startswith("a.xlsx is damaged or incomplete.")


def bomb(*, declared: int | None = None) -> bytes:
    """Return a workbook whose sheet unpacks to a thousand times its size; it may declare less."""
    small, data = workbook(["DNI"], ["1"]), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small)) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            if part.filename != "xl/worksheets/sheet1.xml":
                target.writestr(part, source.read(part))
        rows = (
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"A" * (30 * 1024 * 1024) + b"</t></is></c></row>"
        )
        sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        target.writestr("xl/worksheets/sheet1.xml", sheet + rows + b"</sheetData></worksheet>")
    found = data.getvalue()
    if declared is not None:
        real = struct.pack("<I", len(sheet + rows + b"</sheetData></worksheet>"))
        found = found.replace(real, struct.pack("<I", declared))
    return found


def test_a_bomb_is_not_opened(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_opened", None)  # whoever gets past the guard fails
    path = files.path
    path.write_bytes(bomb())
    with pytest.raises(UnreadableFile, match="would unpack to far more"):
        workbooks.guard(path, "a.xlsx")


def test_a_bomb_that_declares_little_is_read_no_further_than_that(files: Files) -> None:
    assert files.refusal(bomb(declared=5000), "a.xlsx").startswith("a.xlsx is damaged or incomplete.")


def test_a_zip_that_is_no_workbook(files: Files) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert files.refusal(data.getvalue(), "a.docx").startswith("a.docx is no Excel workbook")


def test_merged_cells_are_said_and_never_guessed(files: Files) -> None:
    rows = [["DNI", "Entidad"], ["1", "UGEL"], ["2", None], ["3", "MINEDU"]]
    table = files.table(workbook(*rows, prepare=lambda sheet: sheet.merge_cells("B2:B3")), "a.xlsx")
    assert problems(table) == [
        (3, {1: "This cell is merged with B2. Part them and write the value in each."})
    ]


def test_a_formula_gives_its_value_or_says_that_it_has_none(files: Files) -> None:
    data = workbook(["DNI", "Nombre", "Cargo"], ["1", "=CONCAT(A1)", "Jefa"])
    table = files.table(data, "a.xlsx")
    assert problems(table) == [
        (2, {1: "The formula here has no value. Open the file in Excel, save it, and send it again."})
    ]
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(kept, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert b"<v></v>" in content or b"<v/>" in content or b"<v />" in content
                for empty in (b"<v></v>", b"<v/>", b"<v />"):
                    content = content.replace(empty, b"<v>42</v>")
            target.writestr(part, content)
    assert cells(files.table(kept.getvalue(), "a.xlsx")) == [["1", "42", "Jefa"]]


def test_values_of_a_workbook_become_text(files: Files) -> None:
    row = [
        1234567,
        3.5,
        date(2024, 5, 28),
        datetime(2024, 5, 28, 9, 30, tzinfo=UTC).replace(tzinfo=None),
        "28/05/2024",
        True,
        "#N/A",
        None,
    ]
    table = files.table(workbook([f"c{number}" for number in range(8)], row), "a.xlsx")
    (found,) = table.rows()
    assert found.cells == [
        "1234567",
        "3.5",
        "2024-05-28",
        "2024-05-28 09:30:00",
        "28/05/2024",
        "Yes",
        "#N/A",
        "",
    ]
    assert found.numeric == {0, 1}
    assert found.problems == {6: "Excel shows the error #N/A here."}


def test_the_first_sheet_that_holds_anything_is_read_and_another_may_be(files: Files) -> None:
    table = files.table(workbook(Lista=[["DNI"], ["1"]], Otra=[["DNI"], ["2"]]), "a.xlsx")
    assert (files.sheets, files.reading.sheet, cells(table)) == (["Sheet", "Lista", "Otra"], "Lista", [["1"]])


def test_a_cell_that_is_too_long_is_said(files: Files) -> None:
    table = files.table(b"a,b\r\n1," + b"x" * 2001 + b"\r\n")
    assert problems(table) == [(2, {1: "This is longer than 2000 characters."})]


# A row as a person


@pytest.mark.parametrize(
    ("text", "order", "parts"),
    [
        ("Quispe Mamani, Rosa", GIVEN_FIRST, ("Rosa", "Quispe", "Mamani")),
        ("Quispe Mamani Rosa María", SURNAMES_FIRST, ("Rosa María", "Quispe", "Mamani")),
        ("Rosa María Quispe Mamani", GIVEN_FIRST, ("Rosa María", "Quispe", "Mamani")),
        ("De la Cruz Quispe Juan Carlos", SURNAMES_FIRST, ("Juan Carlos", "De la Cruz", "Quispe")),
        ("María de los Ángeles del Águila Ríos", GIVEN_FIRST, ("María de los Ángeles", "del Águila", "Ríos")),
        ("Quispe Rosa", SURNAMES_FIRST, ("Rosa", "Quispe", "")),
        ("Rosa Quispe", GIVEN_FIRST, ("Rosa", "Quispe", "")),
        ("Rosa", GIVEN_FIRST, ("Rosa", "", "")),
        ("", SURNAMES_FIRST, ("", "", "")),
        ("Quispe,", SURNAMES_FIRST, ("", "Quispe", "")),
    ],
)
def test_full_names_are_parted(text: str, order: str, parts: tuple[str, str, str]) -> None:
    assert part_name(text, order=order) == parts


def test_surnames_are_parted() -> None:
    assert part_surnames("de la Torre y Ugarte Mamani") == ("de la Torre", "y Ugarte Mamani")
    assert part_surnames("Quispe") == ("Quispe", "")


NAMES = {"given_names": "Rosa", "first_surname": "Quispe"}


def read(numeric: tuple[str, ...] = (), **given: str) -> people.PersonRow:
    return people.read_person(NAMES | given, numeric=frozenset(numeric), order=SURNAMES_FIRST)


def test_a_number_gets_back_the_zeros_that_the_sheet_lost() -> None:
    row = read(("document_number",), document_number="1234567")
    assert (row.facts["document_number"], row.problems) == ("01234567", [])
    assert row.notes == [("document_number", "The file had lost the zeros before it: 01234567.")]
    typed = read(document_number="1234567")
    assert typed.problems == [("document_number", "A DNI has 8 digits, zeros included.")]


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("", "", ("none", "")),
        ("", "00000001", ("dni", "00000001")),
        ("D.N.I.", "0000-0001", ("dni", "00000001")),
        ("", "000123456", ("ce", "000123456")),
        ("Carné de Extranjería", "000123456", ("ce", "000123456")),
        ("PASAPORTE", "ab123456", ("passport", "AB123456")),
    ],
)
def test_documents_in_the_ways_of_offices(kind: str, number: str, expected: tuple[str, str]) -> None:
    row = read(document_type=kind, document_number=number)
    assert (row.facts["document_type"], row.facts["document_number"], row.problems) == (*expected, [])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"given_names": ""}, ("given_names", "The given names are missing.")),
        ({"first_surname": "Qu1spe"}, ("first_surname", "Write the name with letters;")),
        ({"given_names": "Rosa\u202eimam"}, ("given_names", "This holds invisible control characters.")),
        ({"given_names": "R" * 121}, ("given_names", "Write at most 120 characters.")),
        ({"email": "rosa@"}, ("email", "Write an e-mail address such as")),
        ({"phone": "call me"}, ("phone", "Write the number with digits only")),
        ({"document_type": "RUC"}, ("document_type", "Write the kind of document")),
        ({"document_type": "none", "document_number": "1"}, None),
        ({"ubigeo": "Atlantis"}, ("ubigeo", "We do not know this district.")),
        ({"ubigeo": "Miraflores"}, ("ubigeo", "Several districts have this name.")),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_column(
    given: dict[str, str], problem: tuple[str, str] | None
) -> None:
    found = [(target, text) for target, text in read(**given).problems]
    assert [target for target, _text in found] == ([problem[0]] if problem else [])
    assert all(problem is not None and text.startswith(problem[1]) for _target, text in found)


def test_a_district_is_found_by_code_name_or_name_and_province() -> None:
    assert read(ubigeo="10205").facts["ubigeo"] == "010205"
    assert read(ubigeo="Imaza").facts["ubigeo"] == "010205"
    assert read(ubigeo="Miraflores", province="Lima", department="Lima").facts["ubigeo"] == "150122"


def test_columns_are_guessed_in_both_languages() -> None:
    headings = [
        "N° DNI",
        "APELLIDO PATERNO",
        "Apellido Materno",
        "Nombres",
        "E-mail",
        "Job title",
        "Región",
        "Correo",
    ]
    assert people.guesses(headings) == {
        0: "document_number",
        1: "first_surname",
        2: "second_surname",
        3: "given_names",
        4: "email",
        5: "position",
        6: "department",
    }
