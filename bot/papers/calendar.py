"""A calendar as a file (.ics, RFC 5545): all-day events that calendar programs import or subscribe to."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from plan.vietnam import TIME_ZONE

if TYPE_CHECKING:
    import icalendar

MEDIA_TYPE = "text/calendar"
# How often a subscriber should look again. The programs decide for themselves: Google every 12 to 24 hours or so.
_FETCH_AGAIN = timedelta(hours=4)
_PRODUCT = "-//Nhac Viec//VI"
# Whatever the names of two plans, agencies or outputs have in common, their events have different ids.
_EVENTS = UUID("5d1f0f0e-2f3b-4e7c-9d5a-8a6c1b7e4f21")
_BROKEN = frozenset({"Cc", "Cs"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One day of the calendar in Vietnam. `uid` names it for good (see `uid_of`), `sequence` grows with its revisions, the
    last of which was at `modified`. `alarms` are counted from the midnight with which the day begins, so that 07:30 of the
    day before is minus 16.5 hours. A cancelled event tells those who have a copy that it is off."""

    uid: str
    day: date
    summary: str
    description: str
    sequence: int = 0
    modified: datetime | None = None
    is_cancelled: bool = False
    alarms: tuple[timedelta, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A named calendar."""

    name: str
    events: Sequence[Event] = field(default=())


def uid_of(*identity: str) -> str:
    """The same id for the same identity, on every machine and for ever; it shows nothing of it."""
    return str(uuid5(_EVENTS, "\x1f".join(identity)))


def fingerprint(calendar: Calendar) -> str:
    """Different for calendars that differ in anything but the moment at which their files were made."""
    return hashlib.sha256(repr(calendar).encode("utf-8", "replace")).hexdigest()


def ics(calendar: Calendar, *, made_at: datetime) -> bytes:
    """The file. `made_at` is the instant of its making (DTSTAMP).

    There is a time zone in it although no event needs one: an object without any component is not valid (3.6), and a
    calendar of nothing is what empties the calendars of its subscribers.
    """
    import icalendar

    file = icalendar.Calendar()
    file.add("prodid", _PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    # Of an unknown property icalendar would not know that it is text, with line ends and commas to be escaped.
    file.add("x-wr-calname", icalendar.vText(_text(calendar.name)))
    file.add("x-wr-timezone", TIME_ZONE.key)
    file.add("refresh-interval", _FETCH_AGAIN, parameters={"value": "DURATION"})
    file.add("x-published-ttl", icalendar.vDuration(_FETCH_AGAIN))
    file.add_component(_zone())
    for event in calendar.events:
        file.add_component(_component(event, made_at))
    content: bytes = file.to_ical()
    return content


def _zone() -> "icalendar.Timezone":
    """Vietnam has been at +07 all the years that a plan can be of."""
    import icalendar

    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", TIME_ZONE.key)
    standard.add("dtstart", datetime(1975, 6, 13))  # noqa: DTZ001 - local by definition (3.6.5)
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone


def _component(event: Event, made_at: datetime) -> "icalendar.Event":
    import icalendar

    made = icalendar.Event()
    made.add("uid", event.uid)
    made.add("dtstamp", made_at)
    if event.modified is not None:
        made.add("last-modified", event.modified)
    made.add("sequence", event.sequence)
    made.add("dtstart", event.day)
    made.add("dtend", event.day + timedelta(days=1))
    made.add("summary", _text(event.summary))
    made.add("description", _text(event.description))
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    # A day on which something is due is no day on which nobody has time.
    made.add("transp", "TRANSPARENT")
    for before in () if event.is_cancelled else event.alarms:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", before)
        alarm.add("description", _text(event.summary))
        made.add_component(alarm)
    return made


def _text(words: str) -> str:
    """Without what TEXT may not hold (3.3.11): control characters but line breaks and tabs, and half characters."""
    return "".join(char for char in words if char in "\n\t" or unicodedata.category(char) not in _BROKEN)
