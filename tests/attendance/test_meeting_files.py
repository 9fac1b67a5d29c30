"""Attendance files of Zoom and Teams: what is read in them, and in which words they are refused."""

from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.attendance.rules import meetings
from app.attendance.rules.meetings import DAY_FIRST, MONTH_FIRST, FaultyFile, MeetingFile, times
from app.attendance.rules.meetings.headings import Column, columns_of
from app.attendance.services.meeting_files import rows_of

FILES = Path(__file__).parent / "files"
DAYS = [date(2026, 5, 12), date(2026, 5, 28)]
NOON = datetime.fromisoformat("2026-05-12T12:00:00")
JOINS = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"


@pytest.fixture(autouse=True)
def english(app: Flask) -> None:
    """Messages in the words of the code."""


def read(path: Path, order: str = "") -> MeetingFile:
    return meetings.read(rows_of(path, path.name), path.name, DAYS, order=order)


def stays(file: MeetingFile) -> dict[str, list[str]]:
    return {
        one.name: [f"{stay.joined_at:%d.%m %H:%M:%S}-{stay.left_at:%H:%M:%S}" for stay in one.stays]
        for one in file.people
    }


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("05/12/2026 12:00:00 PM", MONTH_FIRST, NOON),
        ("12/05/2026 12:00", DAY_FIRST, NOON),
        ("12.05.26, 12:00:00", DAY_FIRST, NOON),
        ("5/12/26, 12:00:00\u202fPM", MONTH_FIRST, NOON),
        ("12/5/2026, 12:00:00 p.\u00a0m.", DAY_FIRST, NOON),
        ("2026-05-12 12:00:00", MONTH_FIRST, NOON),
        ("2026-05-12T12:00:00.000", DAY_FIRST, NOON),
        ("May 12, 2026 12:00 PM", DAY_FIRST, NOON),
        ("12 de mayo de 2026, 12:00", MONTH_FIRST, NOON),
        ("martes, 12 may. 2026 12:00:00", MONTH_FIRST, NOON),
        ("05/12/2026 12:00:00 AM", MONTH_FIRST, datetime.fromisoformat("2026-05-12T00:00:00")),
        ("13/05/2026 12:00", MONTH_FIRST, None),
        ("31/02/2026 12:00", DAY_FIRST, None),
        ("05/12/2026 14:00 PM", MONTH_FIRST, None),
        ("05/12/2026 25:00", MONTH_FIRST, None),
        ("05/12/2026", MONTH_FIRST, None),
        ("9:30 AM", MONTH_FIRST, None),
        ("05/12/2026 10:", MONTH_FIRST, None),
        ("12 foo 2026 12:00", DAY_FIRST, None),
        ("", DAY_FIRST, None),
    ],
)
def test_instants(text: str, order: str, expected: datetime | None) -> None:
    assert times.instant(text, order) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1h 27m 51s", 5271),
        ("1 h 27 min 51 s", 5271),
        ("1 hora 27 minutos", 5220),
        ("55m", 3300),
        ("12s", 12),
        ("87", 5220),
        ("87.5", 5250),
        ("1:27:51", 5271),
        ("0", 0),
        ("1h 27", None),
        ("mucho", None),
        ("-5", None),
        ("", None),
    ],
)
def test_durations(text: str, expected: int | None) -> None:
    assert times.seconds(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["13/05/2026 9:00"], (DAY_FIRST, True)),
        (["05/13/2026 9:00"], (MONTH_FIRST, True)),
        (["05/12/2026 9:00"], (MONTH_FIRST, True)),
        (["12/05/2026 9:00", ""], (DAY_FIRST, True)),
        (["06/07/2026 9:00"], (DAY_FIRST, False)),
        (["07/07/2026 9:00", "2026-05-12 9:00"], (DAY_FIRST, True)),
        ([], (DAY_FIRST, True)),
    ],
)
def test_order_of_day_and_month(texts: list[str], expected: tuple[str, bool]) -> None:
    assert times.order_of(texts, DAYS[:1]) == expected


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "Name (Original Name)|User Email|Join Time|Leave Time|Duration (Minutes)|Guest",
            "name email joined left duration",
        ),
        (
            "nombre de usuario|e-mail del usuario|hora para unirse|hora para salir|duración (minutos)",
            "name email joined left duration",
        ),
        (
            "FULL NAME|First Join|LAST LEAVE|In-meeting Duration|Email|Participant ID (UPN)|Role",
            "name joined left duration email person",
        ),
        ("Nome|Primeira entrada|Última saída|Duração|E-mail", "name joined left duration email"),
        ("Name|In Waiting Room", "name waiting"),
    ],
)
def test_headings(headings: str, expected: str) -> None:
    assert list(columns_of(headings.split("|"))) == [Column(one) for one in expected.split()]


def test_zoom_per_join(app: Flask) -> None:
    file = read(FILES / "zoom_joins.csv")
    assert (file.program, file.order, file.is_order_certain, file.has_times) == (
        "Zoom",
        MONTH_FIRST,
        True,
        True,
    )
    assert stays(file) == {
        "Rosa Quispe (Rosa)": ["12.05 08:55:10-09:40:00", "12.05 09:45:00-10:35:00"],
        "7XK2-M9QW Juan": ["12.05 09:00:00-10:30:00"],
        "iPhone de Ana": ["12.05 09:10:00-09:12:00"],
    }


def test_zoom_beneath_a_block_with_the_waiting_room(app: Flask) -> None:
    file = read(FILES / "zoom_block.csv")
    assert (file.title, file.started_at) == (
        "Panel: avances del plan",
        datetime.fromisoformat("2026-05-28T08:50:12"),
    )
    assert stays(file) == {"Íñigo Ñahui": ["28.05 09:00:00-10:30:00"]}


def test_zoom_aggregated(app: Flask) -> None:
    file = read(FILES / "zoom_people.csv")
    assert [(one.row, one.name, one.email, one.stays, one.seconds) for one in file.people] == [
        (2, "Rosa Quispe", "rosa@example.pe", [], 5280),
        (3, "Juan Huamán", "", [], 720),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("teams.csv", ["12.05 08:58:02-09:30:00", "12.05 09:35:51-10:31:44"]),
        # First coming and last leaving alone: no more than the duration beside them.
        ("teams_es.csv", ["12.05 08:58:02-10:25:53"]),
        ("teams_unknown.csv", ["12.05 08:58:02-10:25:53"]),
    ],
)
def test_teams(app: Flask, name: str, expected: list[str]) -> None:
    file = read(FILES / name)
    assert (file.program, file.people[0].email) == ("Teams", "rosa@example.pe")
    assert stays(file)["Rosa Quispe"] == expected


def test_teams_without_times(app: Flask) -> None:
    file = read(FILES / "teams_no_times.csv")
    assert [(one.stays, one.seconds) for one in file.people] == [([], 5271)]


def test_shuffled_columns_in_an_unknown_language(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "zoom.csv"
    path.write_text(
        "Czas,Adres,Wejście,Imię,Wyjście\n90,a@b.pe,2026-05-12 09:00:00,Rosa,2026-05-12 10:30:00\n"
    )
    file = read(path)
    assert [(one.name, one.email, one.stays[0].left_at.hour) for one in file.people] == [
        ("Rosa", "a@b.pe", 10)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            JOINS + "Rosa,a@b.pe,05/12/2026 10:00:00 AM,05/12/2026 09:00:00 AM,60\n",
            ["2 D “Leave Time”: It is before the time of joining."],
        ),
        (
            JOINS + "Rosa,a@b.pe,05/12/2026 09:00:00 AM,05/13/2026 11:00:00 AM,1560\n",
            ["2 E “Duration (Minutes)”: “1560” is longer than a day: it cannot be right."],
        ),
        (
            JOINS + "Rosa,a@b.pe,05/12/2026 09:00:00 AM,05/13/2026 11:00:00 AM,\n",
            ["2 D “Leave Time”: It is 26 hours after the time of joining: that cannot be right."],
        ),
        (
            JOINS + "Rosa,a@b.pe,05/12/2026 09:00:00 AM,05/12/2026 10:00:00 AM,60\nJuan,b@b.pe,05/12/20",
            ["3 : This row ends after 3 of 5 columns. The file may be cut off."],
        ),
        (
            JOINS
            + "Rosa,a@b.pe,ayer,05/12/2026 10:00:00 AM,60\n,,05/12/2026 09:00 AM,05/12/2026 10:00:00 AM,60\n",
            [
                "2 C “Join Time”: “ayer” is no date with a time.",
                "3 A “Name (Original Name)”: Nobody is named in this row.",
            ],
        ),
        (
            JOINS + "Rosa,a@b.pe,05/12/2026 09:00:00 AM,05/12/2026 10:00:00 AM,sesenta\n",
            ["2 E “Duration (Minutes)”: “sesenta” is no duration."],
        ),
    ],
)
def test_faulty_rows_are_named(app: Flask, tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "zoom.csv"
    path.write_text(text)
    with pytest.raises(FaultyFile) as refused:
        read(path)
    assert [f"{one.row} {one.column}: {one.text}" for one in refused.value.problems] == expected
    assert str(refused.value).startswith("zoom.csv: ")


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("Name,User Email,Guest\nRosa,a@b.pe,No\n", "utf-8", "zoom.csv, row 1: no column tells"),
        (JOINS, "utf-8", "zoom.csv, row 1: nobody is listed beneath the headings."),
        ("hola\nque tal\n", "utf-8", "zoom.csv, row 1: we find no headings of people"),
        (
            "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\nRosa\t5/12/26, 9:00 AM\t5/12/26, 9:00 AM\n",
            "utf-16",
            "zoom.csv, row 2: the section of participants is missing.",
        ),
    ],
)
def test_files_without_a_table_are_refused(
    app: Flask, tmp_path: Path, text: str, encoding: str, expected: str
) -> None:
    path = tmp_path / "zoom.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(FaultyFile) as refused:
        read(path)
    assert str(refused.value)[: len(expected)] == expected


def test_a_teams_file_cut_within_a_letter_names_the_place(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "teams.csv"
    path.write_bytes((FILES / "teams.csv").read_bytes()[:1201])
    with pytest.raises(Exception, match=r"teams\.csv, near row 16") as refused:
        read(path)
    assert refused.type.__name__ == "UnreadableFile"
