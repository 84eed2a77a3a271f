"""The web room put together: health, and the doors for what comes in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from starlette.routing import BaseRoute

from app.errors import SettingError
from config.settings import Settings
from store.database import Database
from web.application import application
from web.health import Health, Troubles
from web.serving import CannotListen, serving

_log = structlog.get_logger("web")


@asynccontextmanager
async def web_room(
    settings: Settings, database: Database, doors: Sequence[BaseRoute], troubles: Troubles
) -> AsyncIterator[None]:
    """Open while the block runs, if the settings have an address for it. Raises SettingError when that cannot be used."""
    place = settings.listen()
    if place is None:
        yield
        return
    host, port = place
    async with AsyncExitStack() as stack:
        health = Health(database, troubles)
        stack.callback(health.close)
        rooms = application([*health.routes(), *doors])
        try:
            await stack.enter_async_context(serving(rooms, host=host, port=port))
        except CannotListen as error:
            raise SettingError(
                f"NHACVIEC_LISTEN: {settings.nhacviec_listen}: {error}",
                "Does another program (or another Nhắc Việc) listen there? Stop it, or name an address of this machine"
                " with a free port.",
            ) from error
        _log.info("listening", host=host, port=port)
        yield
