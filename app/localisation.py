"""Languages, dates and numbers: Spanish of Peru first, English complete."""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, has_request_context, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.extensions import babel

COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def language() -> str:
    """Return the language of the present answer: the one asked for, else the one chosen before, else Spanish.

    A letter to somebody who prefers a language without texts is in Spanish as well.
    """
    if forced := g.get("language"):
        return str(forced) if forced in current_app.config["LANGUAGES"] else "es"
    if has_request_context():
        for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
            if choice in current_app.config["LANGUAGES"]:
                return str(choice)
    return "es"


def format_locale() -> Locale:
    """Return the locale of dates and numbers: es_PE for Spanish, en for English."""
    return _locale("es_PE" if str(get_locale()) == "es" else str(get_locale()))


@lru_cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def local(moment: datetime, zone: str) -> datetime:
    """Return an instant in the time of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone))


def day(value: date, *, year: bool = True, weekday: bool = False) -> str:
    """Return a date in words: "martes 28 de mayo de 2024"."""
    locale = format_locale()
    if locale.language == "es":
        pattern = ("EEEE " if weekday else "") + "d 'de' MMMM" + (" 'de' y" if year else "")
    else:
        pattern = ("EEEE " if weekday else "") + "d MMMM" + (" y" if year else "")
    return babel_date(value, pattern, locale=locale)


def day_short(value: date) -> str:
    """Return a short date for tabs: "Mar 28"."""
    text = babel_date(value, "EEE d", locale=format_locale()).replace(".", "")
    return text[:1].upper() + text[1:]


def days(first: date, last: date, *, year: bool = True) -> str:
    """Return a range of dates in words: "28 al 30 de mayo de 2024"."""
    if first == last:
        return day(first, year=year)
    if first.year != last.year:
        return _("%(first)s to %(last)s", first=day(first), last=day(last, year=year))
    same_month = first.month == last.month
    start = str(first.day) if same_month else day(first, year=False)
    return _("%(first)s to %(last)s", first=start, last=day(last, year=year))


def clock_time(moment: datetime, zone: str) -> str:
    """Return the time of day of an instant in a zone: "9:00 a. m."."""
    text = babel_time(local(moment, zone), "short", locale=format_locale())
    # The narrow space that CLDR sets is a seventh of an em in Inter: too little to part the words.
    return text.replace("\u202f", "\u00a0")


def moment(value: datetime, zone: str) -> str:
    """Return day and time of an instant in a zone."""
    where = local(value, zone)
    return _("%(day)s, %(time)s", day=day(where.date()), time=clock_time(value, zone))


def zone_name(zone: str) -> str:
    """Return how people call a zone: "hora de Lima"."""
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return _("%(city)s time", city=city)


def number(value: float) -> str:
    """Return a number with a thin space between thousands, as the ISO 80000 standard has it."""
    text = format_decimal(value, locale=_locale("en"))
    return text.replace(",", "\u202f")


def minutes(value: int) -> str:
    """Return a duration in hours and minutes."""
    hours, rest = divmod(max(0, value), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    return " ".join(parts)


def alternate_url(code: str) -> str:
    """Return the address of the present page in another language."""
    if request.endpoint is None or request.method != "GET":
        return url_for("events.index", lang=code)
    asked: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), "lang": code}
    # What url_for itself is asked by, such as `endpoint` and `_scheme`, is nobody's to set in an address.
    values = {key: value for key, value in asked.items() if not key.startswith("_") and key != "endpoint"}
    return url_for(request.endpoint, **values)


def _remember_language(response: Response) -> Response:
    chosen = request.args.get("lang")
    if chosen in current_app.config["LANGUAGES"] and request.cookies.get(COOKIE) != chosen:
        response.set_cookie(
            COOKIE,
            str(chosen),
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def to_json(value: Any) -> str:
    """Return compact JSON that may stand in an HTML data block: `<`, `>` and `&` are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def init_app(app: Flask) -> None:
    """Bind languages to `app` and give the templates their date and number words."""
    babel.init_app(app, locale_selector=language)
    app.after_request(_remember_language)
    app.jinja_env.globals.update(
        alternate_url=alternate_url,
        format_day=day,
        format_day_short=day_short,
        format_days=days,
        format_time=clock_time,
        format_moment=moment,
        format_number=number,
        format_minutes=minutes,
        zone_name=zone_name,
        local=local,
        current_locale=get_locale,
        utc=UTC,
    )
