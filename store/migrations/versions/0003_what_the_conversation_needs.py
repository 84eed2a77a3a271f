"""What the conversation needs: roles, requests, evidence, due days that people set, holds, pinned status messages"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _assignments()
    _chats()
    _proposals()
    _new_tables()
    op.add_column("plans", sa.Column("digest", sa.String(length=64), nullable=True))
    op.create_index("ix_audit_chat", "audit", ["chat_id", "id"])
    unsent = sa.text("state = 'queued' AND morning IS NOT NULL")
    op.create_index(
        "ix_outbox_morning_waiting",
        "outbox",
        ["state", "morning"],
        sqlite_where=unsent,
        postgresql_where=unsent,
    )
    _standing_offices()


def _assignments() -> None:
    for column in (
        sa.Column("plan_due", sa.Date(), nullable=True),
        sa.Column("set_due", sa.Date(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("progress_note", sa.Text(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.String(length=20), nullable=True),
    ):
        op.add_column("assignments", column)
    # Alembic would add the key in a statement of its own, which SQLite does not have.
    op.execute("ALTER TABLE assignments ADD COLUMN parent_id INTEGER REFERENCES assignments (id)")
    asked = sa.text("parent_id IS NOT NULL")
    op.create_index(
        "ix_assignments_parent", "assignments", ["parent_id"], sqlite_where=asked, postgresql_where=asked
    )
    # Until now the due day was always the plan's.
    op.execute("UPDATE assignments SET plan_due = due")


def _chats() -> None:
    op.add_column("chats", sa.Column("admins_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chats", sa.Column("admins", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("chats", _moment("admins_at"))
    op.add_column("chats", sa.Column("pinned", sa.String(length=64), nullable=True))
    op.add_column("chats", sa.Column("shown", sa.String(length=64), nullable=True))
    op.execute("ALTER TABLE invites ADD COLUMN replaces_chat_id INTEGER REFERENCES chats (id)")


def _proposals() -> None:
    op.add_column(
        "proposals", sa.Column("action", sa.String(length=20), nullable=False, server_default="done")
    )
    op.add_column("proposals", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("proposals", sa.Column("asked_in", sa.String(length=64), nullable=True))
    op.add_column("proposals", sa.Column("shown_in", sa.String(length=64), nullable=True))
    proposals = sa.table(
        "proposals",
        sa.column("id", sa.Integer()),
        sa.column("document", sa.Text()),
        sa.column("note", sa.Text()),
        sa.column("details", sa.JSON()),
    )
    connection = op.get_bind()
    for number, document, note in connection.execute(
        sa.select(proposals.c.id, proposals.c.document, proposals.c.note)
    ).all():
        details = {"document": document, "note": note}
        connection.execute(sa.update(proposals).where(proposals.c.id == number).values(details=details))
    op.drop_column("proposals", "document")
    op.drop_column("proposals", "note")
    op.create_index("ix_proposals_chat", "proposals", ["chat_id", "id"])


def _new_tables() -> None:
    op.create_table(
        "status_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        _moment("at", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
    )
    op.create_index("ix_evidence_assignment", "evidence", ["assignment_id"])
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(length=20), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        _moment("held_at", nullable=False),
        _moment("released_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["agency"], ["agencies.code"]),
    )
    live = sa.text("released_at IS NULL")
    op.create_index(
        "ux_holds_live",
        "holds",
        ["day", "agency", "office"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "plan_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_key", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("difference", sa.JSON(), nullable=False),
        _moment("proposed_at", nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        _moment("decided_at"),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["plan_key"], ["plans.key"]),
        sa.UniqueConstraint("plan_key", "digest"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        _moment("asked_at", nullable=False),
        _moment("decided_at"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_requests_waiting", "requests", ["office", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_requests_assignment", "requests", ["assignment_id"])


def _standing_offices() -> None:
    """Until now a chat of the standing office's agency was the standing office's chat: it stays so."""
    op.execute(
        "INSERT INTO bindings (chat_id, role, agency, bound_at)"
        " SELECT DISTINCT b.chat_id, 'standing_office', b.agency, b.bound_at FROM bindings b"
        " JOIN plans p ON p.standing_office = b.agency WHERE b.role = 'officer' AND b.ended_at IS NULL"
    )
