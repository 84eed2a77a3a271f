"""The door through which Telegram brings updates. It comes again with what it was not told to be received."""

from typing import Any

from starlette.routing import Route

from bot.telegram.updates import arrival_of
from store.inbox import Arrival, Keep
from web.door import door

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_ID_LIMIT = 2**63


def telegram_door(path: str, *, secret: str, keep: Keep) -> Route:
    """See web.door."""
    return door(path, header=_SECRET_HEADER, secret=secret, arrival_of=_arrival, keep=keep)


def _arrival(update: dict[str, Any]) -> Arrival:
    number = update.get("update_id")
    if type(number) is not int or abs(number) >= _ID_LIMIT:
        raise ValueError("no update_id")
    return arrival_of(update)
