"""Dates, times and durations as meeting programs write them, in the locale of whoever holds the account."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from app.text import folded, tidy

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
ORDERS = (DAY_FIRST, MONTH_FIRST)
_HALF = r"(?:\s*(?P<half>[ap])\.?\s?m\.?)?"
_CLOCK = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?" + _HALF
_NUMBERS = re.compile(r"(?P<one>\d{1,4})[/.\-](?P<two>\d{1,2})[/.\-](?P<three>\d{2,4})[t,]?\s*" + _CLOCK)
_DAY_AND_NAME = re.compile(
    r"(?:[a-z]+,? )?(?P<day>\d{1,2})\.?[ -](?:de )?(?P<name>[a-z]{3,12})\.?[ -](?:de )?(?P<year>\d{4}),? "
    + _CLOCK
)
_NAME_AND_DAY = re.compile(
    r"(?:[a-z]+,? )?(?P<name>[a-z]{3,12})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4}),? " + _CLOCK
)
# The first three letters of a month in English, Spanish and Portuguese.
_MONTHS = {
    letters: number
    for number, names in enumerate(
        (
            ("jan", "ene"),
            ("feb", "fev"),
            ("mar",),
            ("apr", "abr"),
            ("may", "mai"),
            ("jun",),
            ("jul",),
            ("aug", "ago"),
            ("sep", "set"),
            ("oct", "out"),
            ("nov",),
            ("dec", "dic", "dez"),
        ),
        1,
    )
    for letters in names
}
_PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|m|s)[a-z]*\.?")
_WHOLE_DURATION = re.compile(r"(?:\d+(?:[.,]\d+)?\s*[hms][a-z]*\.?[\s,]*(?:y |and )?)+")
_COLONS = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")


def instant(text: str, order: str) -> datetime | None:
    """Return a date and time by the file's own clock, None for anything else; `order` is DAY_FIRST or MONTH_FIRST."""
    plain = folded(tidy(text))
    if found := _NUMBERS.fullmatch(plain):
        one, two, three = found["one"], found["two"], found["three"]
        if len(one) == 4:
            year, month, day = one, two, three
        else:
            year, (day, month) = three, (one, two) if order == DAY_FIRST else (two, one)
        return _made(int(year), int(month), int(day), found)
    found = _DAY_AND_NAME.fullmatch(plain) or _NAME_AND_DAY.fullmatch(plain)
    if found is None:
        return None
    return _made(int(found["year"]), _MONTHS.get(found["name"][:3], 0), int(found["day"]), found)


def _made(year: int, month: int, day: int, clock: re.Match[str]) -> datetime | None:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (clock["half"] == "p")
    try:
        made = datetime(  # noqa: DTZ001 - the file's own clock, whose zone the office tells
            year + 2000 * (year < 100), month, day, hour, int(clock["minute"]), int(clock["second"] or 0)
        )
    except ValueError:
        return None
    return made if 2000 <= made.year < 2100 else None


def seconds(text: str) -> int | None:
    """Return a duration in seconds: "1h 27m 51s", "1:27:51", or a plain number of minutes; None for anything else."""
    plain = folded(tidy(text))
    if re.fullmatch(r"\d{1,6}(?:[.,]\d+)?", plain):
        return round(60 * float(plain.replace(",", ".")))
    if found := _COLONS.fullmatch(plain):
        hours, minutes, rest = found.groups()
        return 3600 * int(hours) + 60 * int(minutes) + int(rest or 0)
    if not plain or not _WHOLE_DURATION.fullmatch(plain):
        return None
    weights = {"h": 3600, "m": 60, "s": 1}
    return round(sum(weights[unit] * float(n.replace(",", ".")) for n, unit in _PARTS.findall(plain)))


def order_of(texts: Iterable[str], days: Collection[date]) -> tuple[str, bool]:
    """Return in which order a file writes day and month, and whether that is beyond doubt.

    It is the order in which every date can be read; where both can, the one in which more of them fall on `days`, those
    of the event. One date that is the same either way is no doubt.
    """
    written = [text for text in texts if text.strip()]
    read = {order: [instant(text, order) for text in written] for order in ORDERS}
    if read[DAY_FIRST] == read[MONTH_FIRST]:
        return DAY_FIRST, True
    whole = [order for order in ORDERS if None not in read[order]]
    if len(whole) == 1:
        return whole[0], True
    hits = {order: sum(_is_near(moment, days) for moment in read[order]) for order in ORDERS}
    best = max(ORDERS, key=lambda order: hits[order])
    return best, hits[DAY_FIRST] != hits[MONTH_FIRST]


def _is_near(moment: datetime | None, days: Collection[date]) -> bool:
    """Return whether a moment lies on a day or beside it: the file's zone may be another than the event's."""
    return moment is not None and any(abs(moment.date() - day) <= timedelta(days=1) for day in days)
