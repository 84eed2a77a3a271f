"""What is owed: plans, agencies, items, assignments, and what people attach to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plan.assignments import DutyKind
from store.columns import EnumText
from store.states import State
from store.tables.base import Base, partial_index


class PlanRow(Base):
    __tablename__ = "plans"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    standing_office: Mapped[str] = mapped_column(String(20))
    report_address: Mapped[str | None] = mapped_column(Text)
    loaded_at: Mapped[datetime]
    digest: Mapped[str | None] = mapped_column(String(64))
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

    `due` is the day in force: `set_due`, which people set or extended it to, else `plan_due`, which the plan's file gives.
    `next_milestone_on` is the business day on which the scan must look at the row again; null when it never must.
    `revision` counts the changes that a calendar shows, the last one at `revised_at` (business time); `former_due` is the
    due day before it last moved. `progress` is in percent. A supporting agency's part that a lead asked for (SUPPORT) has
    the lead's code in `asked_by` and the lead's own assignment in `parent_id`.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("item_id", "agency", "slot"),
        partial_index(
            "ix_assignments_next_milestone", "next_milestone_on", where="next_milestone_on IS NOT NULL"
        ),
        Index("ix_assignments_agency_due", "agency", "state", "due"),
        partial_index("ix_assignments_parent", "parent_id", where="parent_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    slot: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(Text)
    kind: Mapped[DutyKind] = mapped_column(EnumText(DutyKind))
    plan_due: Mapped[date | None]
    set_due: Mapped[date | None]
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    due: Mapped[date | None]
    remind_by: Mapped[date | None]
    late_after: Mapped[date | None]
    data_from: Mapped[date | None]
    cutoff: Mapped[date | None]
    state: Mapped[State] = mapped_column(EnumText(State), default=State.OPEN)
    done_at: Mapped[datetime | None]
    document: Mapped[str | None] = mapped_column(Text)
    document_date: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[int | None]
    progress_note: Mapped[str | None] = mapped_column(Text)
    snoozed_until: Mapped[date | None]
    asked_by: Mapped[str | None] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    retired: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    revised_at: Mapped[datetime | None]
    former_due: Mapped[date | None]
    next_milestone_on: Mapped[date | None]


class EvidenceRow(Base):
    """A photo or file that an officer sent for an assignment. The file stays with the channel: `file_id` is its id
    there, or its address."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_assignment", "assignment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    person: Mapped[str] = mapped_column(String(64))
    person_name: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int | None]
    at: Mapped[datetime]


class HoldRow(Base):
    """A standing office (its agency's code) keeps an agency's reminders of its plans back on one morning, until it releases
    them."""

    __tablename__ = "holds"
    __table_args__ = (
        partial_index("ux_holds_live", "day", "agency", "office", where="released_at IS NULL", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    office: Mapped[str] = mapped_column(String(20))
    held_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class PlanChangeRow(Base):
    """A plan's file that differs from the plan in force, with the difference, until the standing office has decided.
    `digest` is the file's fingerprint, `accepted` null while it waits."""

    __tablename__ = "plan_changes"
    __table_args__ = (UniqueConstraint("plan_key", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_key: Mapped[str] = mapped_column(ForeignKey("plans.key"))
    digest: Mapped[str] = mapped_column(String(64))
    difference: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
