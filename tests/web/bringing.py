"""Bringing updates to a door of the web room, and looking what is in the inbox."""

import json

import httpx
from sqlalchemy import select

from store.database import Database
from store.tables import InboxRow


async def bring_to(
    visitor: httpx.AsyncClient, path: str, content: object, *, header: str, secret: str | bytes | None
) -> int:
    """What the door answers, without a word: its status. `secret` None: the header is missing."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {} if secret is None else {header: secret}
    answer = await visitor.post(path, content=body, headers=headers)  # type: ignore[arg-type]
    assert answer.content == b""
    return answer.status_code


async def kept(database: Database) -> list[tuple[str, str]]:
    """Of all that is in the inbox the update's id and its lane, in order."""
    async with database.read() as session:
        rows = await session.scalars(select(InboxRow).order_by(InboxRow.id))
        return [(row.update_id, row.lane) for row in rows]
