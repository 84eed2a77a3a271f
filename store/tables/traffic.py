"""What comes in and what leaves, and what the machine notes about its own work."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.states import InboxState, NoticeState, OutboxKind, OutboxState
from store.tables.base import Base, partial_index


class PaceRow(Base):
    """Pacing of a whole channel, shared by all processes (wall time)."""

    __tablename__ = "pace"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_send_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]


class MonthlySendsRow(Base):
    """How many messages have left by a counted channel in a month (its first day, business time), of how many allowed."""

    __tablename__ = "monthly_sends"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    sent: Mapped[int]
    allowed: Mapped[int]


class NoticeRow(Base):
    """The fact that one milestone of one assignment is to reach one chat; unique for ever. `due` is the assignment's due day
    at that time; of one without, which only a nudge can speak of, the nudge's own day."""

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

    `body` is a bot.message.Message; NOTICE and STATUS have none, their text is made when they are sent; of a nudge, which is
    a NOTICE too, it is the lead-in (store.nudges). `morning` is the business day a NOTICE speaks for. A message too long for
    the channel leaves piece by piece: `body` is what is still to be said. `lease_token` stays after a lease has ended, until
    somebody else claims the row: who comes late with an outcome can still record it. `listed_on` is the business day on
    which the standing office was told that a NOTICE had failed.
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
        # With `state`, or SQLite would rather read all mornings there ever were.
        partial_index(
            "ix_outbox_morning_waiting", "state", "morning", where="state = 'queued' AND morning IS NOT NULL"
        ),
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
