"""An event as schema.org describes it, for search engines and for the lists of others."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.events.models import Event, EventStatus, Modality, Session

_SCHEMA = "https://schema.org"
_MODES = {
    Modality.VIRTUAL: "OnlineEventAttendanceMode",
    Modality.IN_PERSON: "OfflineEventAttendanceMode",
    Modality.HYBRID: "MixedEventAttendanceMode",
}


def describe(event: Event, *, link: str, picture: str) -> dict[str, Any]:
    """Return an event with its sessions as JSON-LD; `link` and `picture` are absolute addresses.

    Whoever writes it into HTML must escape `<` (localisation.to_json does).
    """
    sessions = [session for day in event.days for session in day.sessions]
    cancelled = event.status == EventStatus.CANCELLED
    return {
        "@context": _SCHEMA,
        "@type": "Event",
        "@id": link,
        "url": link,
        "name": event.title,
        "description": event.summary or event.title,
        "image": [picture],
        "inLanguage": "es",
        **_dates(event, sessions),
        "eventStatus": f"{_SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{_SCHEMA}/{_MODES[Modality(event.modality)]}",
        "location": _location(event, link),
        "organizer": {"@type": "GovernmentOrganization", "name": event.organisation.name},
        "isAccessibleForFree": True,
        "offers": _offer(event, link),
        "subEvent": [_session(event, session, link) for session in sessions if session.counts],
    }


def _dates(event: Event, sessions: list[Session]) -> dict[str, str]:
    if sessions:
        return {
            "startDate": _local(event, min(session.starts_at for session in sessions)),
            "endDate": _local(event, max(session.ends_at for session in sessions)),
        }
    days = (("startDate", event.starts_on), ("endDate", event.ends_on))
    return {name: day.isoformat() for name, day in days if day is not None}


def _local(event: Event, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(event.timezone)).isoformat()


def _location(event: Event, link: str) -> Any:
    online = {"@type": "VirtualLocation", "url": link}
    place: dict[str, Any] = {"@type": "Place", "name": event.venue_name or event.organisation.name}
    if event.venue_address:
        place["address"] = event.venue_address
    match Modality(event.modality):
        case Modality.VIRTUAL:
            return online
        case Modality.IN_PERSON:
            return place
        case Modality.HYBRID:
            return [place, online]


def _offer(event: Event, link: str) -> dict[str, Any]:
    offer = {"@type": "Offer", "price": "0", "priceCurrency": "PEN", "url": link}
    if event.registration_opens_at:
        offer["validFrom"] = _local(event, event.registration_opens_at)
    if event.registration_closes_at:
        offer["validThrough"] = _local(event, event.registration_closes_at)
    return offer


def _session(event: Event, session: Session, link: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "Event",
        "name": session.title,
        "url": f"{link}#sesion-{session.id}",
        "startDate": _local(event, session.starts_at),
        "endDate": _local(event, session.ends_at),
        "location": _location(event, link),
        "organizer": {"@type": "GovernmentOrganization", "name": event.organisation.name},
    }
    if session.appearances:
        described["performer"] = [
            {"@type": "Person", "name": appearance.speaker.name} for appearance in session.appearances
        ]
    return described
