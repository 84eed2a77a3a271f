"""What calendars need: private addresses to subscribe to, and how often what they show has changed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("assignments", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("assignments", sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assignments", sa.Column("former_due", sa.Date(), nullable=True))
    op.create_table(
        "calendar_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.UniqueConstraint("token_hash"),
    )
    live = sa.text("revoked_at IS NULL")
    op.create_index(
        "ux_calendar_links_live",
        "calendar_links",
        ["chat_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
