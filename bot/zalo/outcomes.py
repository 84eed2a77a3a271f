"""What an error of the Zalo Bot Platform says about a send. It names no wait, not even with 429 ("Quota exceeded")."""

from datetime import timedelta

from bot.channel import Outcome, Refused, RetryLater, Uncertain
from bot.network import NEVER_LEFT
from bot.zalo.api import ZaloError, ZaloRefused, ZaloUnreadable

QUOTA_EXCEEDED = "quota exceeded"
_CHAT_IS_OUT_OF_REACH = ("chat not found", "user not found", "blocked")
_BAD_TOKEN_PAUSE = timedelta(minutes=1)
_MOST_WORDS = 200


def outcome_of(error: ZaloError) -> Outcome:
    """The typed outcome of a failed sendMessage."""
    match error:
        case ZaloRefused():
            return _refused(error.code, error.description[:_MOST_WORDS])
        case ZaloUnreadable():
            return _unreadable(error.status)
        case _:
            never_left = isinstance(error.__cause__, NEVER_LEFT)
            return RetryLater(reason=str(error)) if never_left else Uncertain(reason=str(error))


def _refused(code: int, words: str) -> Outcome:
    reason = words or f"error {code}"
    is_out_of_reach = any(mark in words.lower() for mark in _CHAT_IS_OUT_OF_REACH)
    match code:
        case 401:
            return RetryLater(reason="token refused", after=_BAD_TOKEN_PAUSE, whole_channel=True)
        case 403:
            return Refused(reason=reason, suspends=True)
        case 404 if not is_out_of_reach:
            # The method or the bot, not the chat: so it would be for every chat.
            return RetryLater(reason=reason, after=_BAD_TOKEN_PAUSE, whole_channel=True)
        case 400 | 404:
            return Refused(reason=reason, suspends=is_out_of_reach)
        case 429:
            return RetryLater(reason=QUOTA_EXCEEDED, whole_channel=True)
        case _:
            # The platform says that it failed (5xx).
            return RetryLater(reason=reason)


def _unreadable(status: int) -> Outcome:
    reason = f"unreadable answer ({status})"
    if 400 <= status < 500:
        # Whatever stands before the platform did not let it through; it knows nothing of the chat.
        return RetryLater(reason=reason)
    return Uncertain(reason=reason)
