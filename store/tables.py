"""The tables. Words are the glossary's (docs/architecture.md).

Two kinds of time stand here. Days and `*_at` of assignments, notices and audit are *business* time: the time of the plan,
which a rehearsal may run at any speed. Leases, `ready_at` and pacing of the outbox are *wall* time: the time of the network.
"""

from datetime import date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import JSON, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from plan.assignments import DutyKind
from store.columns import EnumText, UtcDateTime
from store.states import ChatKind, InboxState, NoticeState, OutboxKind, OutboxState, Role, State


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows only that meet the condition, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def table_of(row: type[Base]) -> Table:
    """The table behind a row's class, for statements that are made once and run often: making one costs more than running
    it."""
    return cast(Table, row.__table__)


class PlanRow(Base):
    __tablename__ = "plans"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    standing_office: Mapped[str] = mapped_column(String(20))
    report_address: Mapped[str | None] = mapped_column(Text)
    loaded_at: Mapped[datetime]
    retired: Mapped[bool] = mapped_column(default=False)


class AgencyRow(Base):
    __tablename__ = "agencies"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    aliases: Mapped[list[Any]] = mapped_column(default=list)


class ItemRow(Base):
    """An output of the annex or a report: what assignments are about. Reports have no area and no schedule."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("plan_key", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_key: Mapped[str] = mapped_column(ForeignKey("plans.key"))
    code: Mapped[str] = mapped_column(String(20))
    task: Mapped[str] = mapped_column(String(20))
    area: Mapped[int | None]
    area_name: Mapped[str | None] = mapped_column(Text)
    heading: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    product: Mapped[str] = mapped_column(Text)
    schedule: Mapped[str] = mapped_column(Text)
    lead: Mapped[list[Any]] = mapped_column(default=list)
    support: Mapped[list[Any]] = mapped_column(default=list)
    position: Mapped[int]


class AssignmentRow(Base):
    """One agency's duty to hand in one item for one period.

    `next_milestone_on` is the business day on which the scan must look at the row again; null when it never must.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("item_id", "agency", "slot"),
        partial_index(
            "ix_assignments_next_milestone", "next_milestone_on", where="next_milestone_on IS NOT NULL"
        ),
        Index("ix_assignments_agency_due", "agency", "state", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    slot: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(Text)
    kind: Mapped[DutyKind] = mapped_column(EnumText(DutyKind))
    due: Mapped[date | None]
    remind_by: Mapped[date | None]
    late_after: Mapped[date | None]
    data_from: Mapped[date | None]
    cutoff: Mapped[date | None]
    state: Mapped[State] = mapped_column(EnumText(State), default=State.OPEN)
    done_at: Mapped[datetime | None]
    document: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(default=False)
    next_milestone_on: Mapped[date | None]


class ChatRow(Base):
    """A place the bot can write to. `suspended` says why it cannot for now. `next_send_at` is our own pace, `not_before`
    what the channel's service asked for (both wall time)."""

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


class PaceRow(Base):
    """Pacing of a whole channel, shared by all processes (wall time)."""

    __tablename__ = "pace"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_send_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]


class BindingRow(Base):
    """A chat speaks for an agency (officer) or hears of the machine's troubles (operator)."""

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
    """A one-time code, kept as its SHA-256 only."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(EnumText(Role))
    agency: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))


class InviteTryRow(Base):
    """A wrong code typed by a person, so that guessing can be limited."""

    __tablename__ = "invite_tries"
    __table_args__ = (Index("ix_invite_tries", "channel", "person", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime]


class NoticeRow(Base):
    """The fact that one milestone of one assignment is to reach one chat; unique for ever."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("assignment_id", "milestone", "due", "chat_id"),
        Index("ix_notices_outbox", "outbox_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    milestone: Mapped[str] = mapped_column(String(30))
    due: Mapped[date]
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    planned_on: Mapped[date]
    state: Mapped[NoticeState] = mapped_column(EnumText(NoticeState), default=NoticeState.PENDING)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    settled_at: Mapped[datetime | None]


class InboxRow(Base):
    """One update as it came. Unique on (channel, update_id), committed before the channel is told. Updates of one `lane`
    (a chat) are handled one after the other."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        partial_index("ix_inbox_new", "id", where="state = 'new'"),
        partial_index("ix_inbox_lane", "channel", "lane", "id", where="state = 'new'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    update_id: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(80), default="", server_default="")
    raw: Mapped[dict[str, Any]]
    state: Mapped[InboxState] = mapped_column(EnumText(InboxState), default=InboxState.NEW)
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class OutboxRow(Base):
    """One message to leave. See docs/architecture.md for the life of a row.

    `body` is a bot.message.Message; a NOTICE has none, its text is made when it is sent. `morning` is the business day
    a NOTICE speaks for. A message too long for the channel leaves piece by piece: `body` is what is still to be said.
    `lease_token` stays after a lease has ended, until somebody else claims the row: who comes late with an outcome can
    still record it. `listed_on` is the business day on which the standing office was told that a NOTICE had failed.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        partial_index("ix_outbox_waiting", "priority", "id", where="state = 'queued'"),
        partial_index("ix_outbox_claimed", "lease_until", where="state = 'claimed'"),
        partial_index("ix_outbox_chat_waiting", "chat_id", "priority", "id", where="state = 'queued'"),
        partial_index("ix_outbox_ready", "ready_at", where="state = 'queued'"),
        partial_index("ix_outbox_chat_in_flight", "chat_id", where="state = 'claimed'"),
        partial_index("ix_outbox_morning", "morning", "chat_id", where="morning IS NOT NULL"),
        partial_index(
            "ix_outbox_unlisted", "id", where="state = 'failed' AND kind = 'notice' AND listed_on IS NULL"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    kind: Mapped[OutboxKind] = mapped_column(EnumText(OutboxKind))
    priority: Mapped[int]
    key: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[dict[str, Any] | None]
    morning: Mapped[date | None]
    replaces: Mapped[str | None] = mapped_column(String(64))
    acknowledges: Mapped[str | None] = mapped_column(String(64))
    replies_to: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState), default=OutboxState.QUEUED)
    ready_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    repeat: Mapped[bool] = mapped_column(default=False)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    external_ids: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    listed_on: Mapped[date | None]


class ProposalRow(Base):
    """A change that waits for a person's yes. Buttons name it by id and carry no authority of their own.

    `assignment_ids` are what a yes would close. While a person still has to say which of several they mean, it is empty and
    `alternatives` has the lists of ids to pick from.
    """

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    assignment_ids: Mapped[list[Any]] = mapped_column(default=list)
    alternatives: Mapped[list[Any]] = mapped_column(default=list)
    document: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who did what, where, when, with the state before and after. Never deleted; only `undone` ever changes."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_assignment", "assignment_id"),)

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


class ScanRow(Base):
    """A scan that queued something, or the first of a working day: what it found."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_day", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    at: Mapped[datetime]
    notices: Mapped[int]
    messages: Mapped[int]
    unreachable: Mapped[int]


class TroubleRow(Base):
    """Something that the watch found amiss and that is not over (wall time). The operator hears of each once, and once
    more when it is over."""

    __tablename__ = "troubles"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    detail: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class RestoreRow(Base):
    """A backup was put back in force (wall time; `day` is the business day): what was sent since it was taken is not on
    record."""

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    day: Mapped[date]
