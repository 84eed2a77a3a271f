"""Who talks to the bot, as what, and what they did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.states import ChatKind, RequestKind, RequestState, Role
from store.tables.base import Base, partial_index


class ChatRow(Base):
    """A place the bot can write to. `suspended` says why it cannot for now. `next_send_at` is our own pace, `not_before`
    what the channel's service asked for (both wall time). In a group with `admins_only` only its admins may change
    anything: `admins` are their ids as of `admins_at` (wall time). `pinned` is the channel's id of the status message,
    `shown` the fingerprint of what it says. A `sparing` chat, whose service counts messages, hears from the bot of its own
    accord once a day at most, and has no status message."""

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ChatKind] = mapped_column(EnumText(ChatKind))
    suspended: Mapped[str | None] = mapped_column(Text)
    next_send_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    recent_sends: Mapped[list[Any]] = mapped_column(default=list)
    admins_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    admins: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    admins_at: Mapped[datetime | None]
    pinned: Mapped[str | None] = mapped_column(String(64))
    shown: Mapped[str | None] = mapped_column(String(64))
    sparing: Mapped[bool] = mapped_column(default=False, server_default=false())


class OfferRow(Base):
    """A choice that a chat can answer with `number`, where nothing can be tapped; it went out with the message `outbox_id`.
    `tone` is bot.message.Tone's word. Business time."""

    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("chat_id", "number"), Index("ix_offers_outbox", "outbox_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    number: Mapped[int]
    action: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    tone: Mapped[str] = mapped_column(String(10))
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    expires_at: Mapped[datetime]
    answered: Mapped[bool] = mapped_column(default=False)


class StatusWishRow(Base):
    """Something happened that a chat's status message may have to say. Wishes are only added, one for each change, and
    taken away together: who changes something waits for nobody over them, and none is lost between two processes."""

    __tablename__ = "status_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))


class BindingRow(Base):
    """A chat speaks for an agency (officer), steers the plans of its agency (standing office), reads all of them (leader),
    or hears of the machine's troubles (operator). Leaders and operators have no agency."""

    __tablename__ = "bindings"
    __table_args__ = (
        partial_index("ux_bindings_live", "chat_id", "role", "agency", where="ended_at IS NULL", unique=True),
        Index("ix_bindings_agency", "agency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    agency: Mapped[str] = mapped_column(String(20), default="")
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InviteRow(Base):
    """A one-time code, kept as its SHA-256 only. Of a handover `replaces_chat_id` is the chat whose binding ends."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(EnumText(Role))
    agency: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))
    replaces_chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))


class CalendarLinkRow(Base):
    """The private address under which a chat's calendar can be subscribed to. Its token is kept as its SHA-256 only;
    `last_used` is the business day on which somebody last fetched the calendar."""

    __tablename__ = "calendar_links"
    __table_args__ = (
        partial_index("ux_calendar_links_live", "chat_id", where="revoked_at IS NULL", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used: Mapped[date | None]


class SignInRow(Base):
    """A one-time link to the board that a person asked for in their chat, kept as the SHA-256 of its token only (wall time).
    `binding_id` is the binding with the right to it: its role and agency as of then."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    binding_id: Mapped[int] = mapped_column(ForeignKey("bindings.id"))
    person: Mapped[str] = mapped_column(String(64))
    person_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSessionRow(Base):
    """A browser in which a person has come in by a sign-in; of its token only the SHA-256 is kept (wall time). It ends with
    its binding."""

    __tablename__ = "web_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    binding_id: Mapped[int] = mapped_column(ForeignKey("bindings.id"))
    person: Mapped[str] = mapped_column(String(64))
    person_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InviteTryRow(Base):
    """A wrong code typed by a person, so that guessing can be limited."""

    __tablename__ = "invite_tries"
    __table_args__ = (Index("ix_invite_tries", "channel", "person", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime]


class ProposalRow(Base):
    """A change that waits for a person's yes. Choices name it by id and carry no authority of their own.

    `action` is the command that asks, `person` the channel's id of who did, `details` what it keeps for its yes,
    `assignment_ids` what a yes would change. While a person still has to say which of several they mean, these are empty and
    `alternatives` has the lists of ids to pick from. `asked_in` and `shown_in` are the channel's ids of the message that
    asked and of the one that shows the outcome.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_chat", "chat_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    person: Mapped[str] = mapped_column(String(64), default="", server_default="")
    assignment_ids: Mapped[list[Any]] = mapped_column(default=list)
    alternatives: Mapped[list[Any]] = mapped_column(default=list)
    action: Mapped[str] = mapped_column(String(20), default="done", server_default="done")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    asked_in: Mapped[str | None] = mapped_column(String(64))
    shown_in: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who did what, where, when, with the state before and after. Never deleted; only `undone` ever changes."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_assignment", "assignment_id"), Index("ix_audit_chat", "chat_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person: Mapped[str] = mapped_column(String(64))
    person_name: Mapped[str] = mapped_column(Text)
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))
    action: Mapped[str] = mapped_column(String(30))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    subject: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undone: Mapped[bool] = mapped_column(default=False)


class RequestRow(Base):
    """Something that the standing office `office` (its agency's code) has to decide: a later due day, a done that needs its
    approval, a new binding. `chat_id` and the person are who asked."""

    __tablename__ = "requests"
    __table_args__ = (
        partial_index("ix_requests_waiting", "office", "id", where="state = 'waiting'"),
        Index("ix_requests_assignment", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RequestKind] = mapped_column(EnumText(RequestKind))
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState), default=RequestState.WAITING)
    office: Mapped[str] = mapped_column(String(20))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    person: Mapped[str] = mapped_column(String(64))
    person_name: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
