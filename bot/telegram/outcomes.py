"""What an exception of python-telegram-bot says about a send.

`BadRequest` and `TimedOut` are both `NetworkError` there, so the order of questions matters; whether a request left at all
is told by the exception of httpx behind it.
"""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channel import Migrated, Outcome, Refused, RetryLater, TokenRefused, Uncertain
from bot.network import NEVER_LEFT

_CHAT_IS_OUT_OF_REACH = (
    "chat not found",
    "group chat was deactivated",
    "user is deactivated",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights",
    "peer_id_invalid",
)


def outcome_of(error: TelegramError) -> Outcome:
    """The typed outcome of a failed call."""
    match error:
        case ChatMigrated():
            return Migrated(address=str(error.new_chat_id))
        case RetryAfter():
            return RetryLater(reason="flood control", after=wait_of(error))
        case Forbidden():
            return Refused(reason=error.message, suspends=True)
        case InvalidToken():
            return TokenRefused()
        case BadRequest():
            text = error.message.lower()
            return Refused(reason=error.message, suspends=any(mark in text for mark in _CHAT_IS_OUT_OF_REACH))
        case _:
            return _network_outcome(error)


def _network_outcome(error: TelegramError) -> Outcome:
    cause = error.__cause__
    reason = f"{type(error).__name__}: {type(cause).__name__}" if cause else type(error).__name__
    if isinstance(cause, NEVER_LEFT):
        return RetryLater(reason=reason)
    if isinstance(cause, httpx.HTTPError):
        return Uncertain(reason=reason)
    if cause is not None:
        # An answer came that could not be read: a success may hide in it.
        return Uncertain(reason=f"unreadable answer ({type(error).__name__})")
    # The server answered that it failed (5xx).
    return RetryLater(reason=error.message[:200])


def wait_of(error: RetryAfter) -> timedelta:
    """The wait that a flood answer names, whichever way the library gives it."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
