"""The states and kinds that rows can have, as words that any database client shows."""

from enum import StrEnum


class State(StrEnum):
    """Of an assignment. SUBMITTED waits for the standing office's approval; WAIVED: nothing arose ("không phát sinh")."""

    OPEN = "open"
    SUBMITTED = "submitted"
    DONE = "done"
    WAIVED = "waived"


class Role(StrEnum):
    """What a chat is bound as."""

    OFFICER = "officer"
    STANDING_OFFICE = "standing_office"
    LEADER = "leader"
    OPERATOR = "operator"


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"


class RequestKind(StrEnum):
    EXTENSION = "extension"
    DONE = "done"
    BINDING = "binding"


class RequestState(StrEnum):
    """WITHDRAWN: who asked took it back, asked anew, or it has lost its point."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class InboxState(StrEnum):
    NEW = "new"
    HANDLED = "handled"
    PARKED = "parked"


class OutboxKind(StrEnum):
    """REPLY answers a person at any hour; NOTICE is a chat's morning message; NOTE tells a chat that something happened;
    STATUS is the chat's pinned message, which is edited in place."""

    REPLY = "reply"
    NOTICE = "notice"
    NOTE = "note"
    STATUS = "status"


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
