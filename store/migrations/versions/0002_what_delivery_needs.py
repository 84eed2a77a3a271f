"""What delivery by several processes needs: lanes, waits that a service asked for, troubles, restores"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEXES = (
    ("ix_inbox_lane", "inbox", ["channel", "lane", "id"], "state = 'new'"),
    ("ix_outbox_chat_waiting", "outbox", ["chat_id", "priority", "id"], "state = 'queued'"),
    ("ix_outbox_chat_in_flight", "outbox", ["chat_id"], "state = 'claimed'"),
    ("ix_outbox_morning", "outbox", ["morning", "chat_id"], "morning IS NOT NULL"),
    ("ix_outbox_unlisted", "outbox", ["id"], "state = 'failed' AND kind = 'notice' AND listed_on IS NULL"),
)


def upgrade() -> None:
    op.add_column("inbox", sa.Column("lane", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("chats", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pace", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("listed_on", sa.Date(), nullable=True))
    op.create_table(
        "troubles",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, table, columns, where in _INDEXES:
        op.create_index(
            name,
            table,
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
