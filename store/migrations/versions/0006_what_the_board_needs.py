"""What the board needs: one-time links to it, and the browsers that have come in by one"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table("sign_ins", *_who_by_which_right(), _moment("used_at", nullable=True))
    op.create_table(
        "web_sessions", *_who_by_which_right(), _moment("last_used_at"), _moment("ended_at", nullable=True)
    )


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _who_by_which_right() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False, unique=True),
        sa.Column("chat_id", sa.Integer(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("binding_id", sa.Integer(), sa.ForeignKey("bindings.id"), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
    )
