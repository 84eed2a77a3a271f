"""How the database goes about a statement: the plan of what was really asked."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import Database


async def query_plans(database: Database, ask: Callable[[AsyncSession], Awaitable[object]]) -> list[str]:
    """The plans of the statements that `ask` sends, in order. On PostgreSQL tables should be filled and are analyzed
    first: a small one is read whole, whatever indexes it has."""
    asked: list[tuple[str, Any]] = []

    def remember(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_more: object
    ) -> None:
        asked.append((statement, parameters))

    async with database.write() as session:
        if not database.is_sqlite:
            await session.execute(text("ANALYZE"))
        event.listen(database.engine.sync_engine, "before_cursor_execute", remember)
        try:
            await ask(session)
        finally:
            event.remove(database.engine.sync_engine, "before_cursor_execute", remember)
        connection = await session.connection()
        return await connection.run_sync(_explained, asked)


def _explained(connection: Connection, asked: list[tuple[str, Any]]) -> list[str]:
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    plans = []
    for statement, parameters in asked:
        rows = connection.exec_driver_sql(f"{word} {statement}", parameters)
        plans.append("\n".join(str(row[-1]) for row in rows))
    return plans
