"""Close what leads asked of others and nobody needs any more, whatever made it so: an approval, a plan's file."""

from datetime import datetime

from bot.asks import close_needless
from store.asks import any_needless
from store.database import Database


async def close_needless_asks(database: Database, *, now: datetime, wall: datetime) -> bool:
    """True when there were any; their agencies are told."""
    async with database.read() as session:
        if not await any_needless(session):
            return False
    async with database.write() as session:
        return await close_needless(session, now=now, wall=wall) > 0
