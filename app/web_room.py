"""The web room put together: health, and whatever else has a page or a door there."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from starlette.routing import BaseRoute

from app.errors import SettingError
from config.settings import Settings
from store.database import Database
from web.application import application
from web.health import Health, Trouble, Troubles
from web.serving import CannotListen, serving

_log = structlog.get_logger("web")


@asynccontextmanager
async def web_room(
    settings: Settings,
    database: Database,
    rooms: Sequence[BaseRoute],
    troubles: Troubles,
    *,
    receiving: Callable[[], Sequence[Trouble]],
) -> AsyncIterator[None]:
    """Health and those rooms, open while the block runs, if the settings have an address for them. `receiving` are the
    troubles that keep updates from coming. Raises SettingError when the address cannot be used."""
    place = settings.listen()
    if place is None:
        yield
        return
    host, port = place
    async with AsyncExitStack() as stack:
        health = Health(database, troubles, receiving=receiving)
        stack.callback(health.close)
        everything = application([*health.routes(), *rooms])
        try:
            await stack.enter_async_context(serving(everything, host=host, port=port))
        except CannotListen as error:
            raise SettingError(
                f"NHACVIEC_LISTEN: {settings.nhacviec_listen}: {error}",
                "Does another program (or another Nhắc Việc) listen there? Stop it, or name an address of this machine"
                " with a free port.",
            ) from error
        _log.info("listening", host=host, port=port)
        yield
