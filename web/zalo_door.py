"""The door through which Zalo brings events. Whether it comes again with one that was not received is not documented."""

from typing import Any

from starlette.routing import Route

from bot.zalo.updates import arrival_of
from store.inbox import Arrival, Keep
from web.door import door

_SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


def zalo_door(path: str, *, secret: str, keep: Keep) -> Route:
    """See web.door."""
    return door(path, header=_SECRET_HEADER, secret=secret, arrival_of=_arrival, keep=keep)


def _arrival(event: dict[str, Any]) -> Arrival | None:
    """None for an empty object, which may try the address: with what the platform does that is not documented."""
    if not event:
        return None
    if not isinstance(event.get("event_name") or event.get("result"), str | dict):
        raise ValueError("no event")
    return arrival_of(event)
