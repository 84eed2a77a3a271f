"""Databases made and thrown away on the tests' PostgreSQL."""

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine


async def at_the_server(url: str, *statements: str) -> None:
    """Carry out what cannot be in a transaction, on the database of the URL."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def new_database(url: str, name: str, *, like: str = "template1") -> str:
    """A database of that name on the same server, which nobody uses; returns its URL."""
    await at_the_server(
        url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {like}"
    )
    return make_url(url).set(database=name).render_as_string(hide_password=False)
