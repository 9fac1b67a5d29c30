"""Files of rows that people bring: CSV in whatever encoding, and Excel workbooks; read as streams, trusted in nothing.

reading, sheets = examine(path, "lista.xlsx")
table = open_table(path, reading)
for row in table.rows(): ...

A web process does not open workbooks: `look` has another process say what a page shows of one.
"""

from app.registration.sheets.apart import SHOWN, Look, look
from app.registration.sheets.opening import examine, open_table
from app.registration.sheets.tables import (
    MAX_ROWS,
    WHOLE_ROW,
    Reading,
    Row,
    Table,
    UnreadableFile,
    column_letter,
)
from app.registration.sheets.texts import DELIMITERS, ENCODINGS

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "MAX_ROWS",
    "SHOWN",
    "WHOLE_ROW",
    "Look",
    "Reading",
    "Row",
    "Table",
    "UnreadableFile",
    "column_letter",
    "examine",
    "look",
    "open_table",
]
