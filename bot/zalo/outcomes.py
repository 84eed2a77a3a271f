"""What an error of the Zalo Bot Platform says about a send. It names no wait, not even with 429 ("Quota exceeded").

A 403 is not always about the chat: the documentation's table of codes (https://docs.zaloplatforms.com/docs/BOT, "Bảng mã
lỗi") knows it as "Internal server error" only. So words that speak of the chat suspend it, and the code alone does not.
"""

from bot.channel import Outcome, Refused, RetryLater, TokenRefused, Uncertain
from bot.zalo import api

QUOTA_EXCEEDED = "quota exceeded"
_CHAT_IS_OUT_OF_REACH = ("chat not found", "user not found", "blocked")
_FORBIDDEN = "forbidden"


def outcome_of(error: api.ZaloError) -> Outcome:
    """The typed outcome of a failed sendMessage."""
    match error:
        case api.TokenRefused():
            return TokenRefused()
        case api.QuotaExceeded():
            return RetryLater(reason=QUOTA_EXCEEDED, whole_channel=True)
        case api.Unavailable():
            return RetryLater(reason=error.description)
        case api.TimedOut():
            return Uncertain(reason=error.description)
        case api.Refused():
            return _refused(error)
        case api.Unreachable(left=False):
            return RetryLater(reason=str(error))
        case _:
            return Uncertain(reason=str(error))


def _refused(error: api.Refused) -> Outcome:
    words = error.description.lower()
    marks = (*_CHAT_IS_OUT_OF_REACH, _FORBIDDEN) if error.code == 403 else _CHAT_IS_OUT_OF_REACH
    if any(mark in words for mark in marks):
        return Refused(reason=error.description, suspends=True)
    if error.code == 400:
        return Refused(reason=error.description, suspends=False)
    # Also 404 in other words: whether it is about the chat they do not say, and one chat must not hold back the others.
    return RetryLater(reason=error.description)
