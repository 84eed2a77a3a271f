"""The door to chats' calendars: whoever knows a chat's private address may read its calendar, as it is at this moment."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.calendars import calendar_of
from bot.papers.calendar import MEDIA_TYPE, Calendar, fingerprint, ics
from plan.vietnam import day_of
from store.calendar_links import link_behind, note_use
from store.chats import bindings_of
from store.database import Database
from store.timetable import Timetable

PATH = "/calendar"
# Nobody on the way keeps it, and the subscriber asks each time whether it is still the same.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}
_log = structlog.get_logger("web")


def calendar_door(database: Database, timetable: Timetable, clock: Callable[[], datetime]) -> Route:
    """Answers 404 to a token that is unknown or revoked, 304 to who has the calendar as it is, 503 while the database is
    away. A chat that is bound to nothing any more has an empty calendar: that empties those of its subscribers. `clock`
    gives business time."""

    async def fetch(request: Request) -> Response:
        token, now = request.path_params["token"], clock()
        try:
            found = await _calendar_behind(database, timetable, token, now)
        except SQLAlchemyError as error:
            _log.warning("database not available, no calendar for now", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": "300"})
        if found is None:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        tag = f'"{fingerprint(found)}"'
        if _has_it(request, tag):
            return Response(status_code=304, headers={"ETag": tag, **_HEADERS})
        content = await asyncio.to_thread(ics, found, made_at=now)
        return Response(content, media_type=MEDIA_TYPE, headers={"ETag": tag, **_HEADERS})

    return Route(f"{PATH}/{{token}}.ics", fetch, methods=["GET"])


async def _calendar_behind(
    database: Database, timetable: Timetable, token: str, now: datetime
) -> Calendar | None:
    async with database.read() as session:
        link = await link_behind(session, token)
        if link is None:
            return None
        bindings = await bindings_of(session, link.chat_id)
        calendar = await calendar_of(session, bindings, timetable, now=now)
    today = day_of(now)
    if link.last_used != today:
        await _note_use(database, token, today)
    return calendar


async def _note_use(database: Database, token: str, today: date) -> None:
    """Not worth an error: the calendar is read all the same."""
    try:
        async with database.write() as session:
            await note_use(session, token, today)
    except SQLAlchemyError as error:
        _log.warning("the use of a calendar's address is not written down", error=type(error).__name__)


def _has_it(request: Request, tag: str) -> bool:
    """If-None-Match (RFC 9110, 13.1.2): weak comparison of any of the tags."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in known or "*" in known
