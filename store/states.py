"""The states and kinds that rows can have, as words that any database client shows."""

from enum import StrEnum


class State(StrEnum):
    """Of an assignment."""

    OPEN = "open"
    DONE = "done"


class Role(StrEnum):
    """What a chat is bound as."""

    OFFICER = "officer"
    OPERATOR = "operator"


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"


class InboxState(StrEnum):
    NEW = "new"
    HANDLED = "handled"
    PARKED = "parked"


class OutboxKind(StrEnum):
    """REPLY answers a person at any hour; NOTICE is a chat's morning message; NOTE tells the operator something."""

    REPLY = "reply"
    NOTICE = "notice"
    NOTE = "note"


class OutboxState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class NoticeState(StrEnum):
    """PENDING until its message is sent; DROPPED when there was nothing left to say; FAILED when it never arrived."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
