"""The sandbox as an application, and ways to run it."""

import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.bot_api.endpoint import BotApi
from sandbox.connections import OpenProtocol
from sandbox.control.routes import control_routes
from sandbox.persistence import StateFile
from sandbox.world import Settings, World
from sandbox.zalo_api.endpoint import ZaloApi

STATIC = Path(__file__).parent / "static"
START_SECONDS = 10.0


class _Signed(Convertor[int]):
    """Chat ids in paths: groups have negative ones."""

    regex = "-?[0-9]+"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("signed", _Signed())


def create_app(settings: Settings | None = None) -> Starlette:
    """The whole sandbox: Bot API, Zalo Bot Platform, control API and page. Loads the state file, if there is one."""
    settings = settings or Settings()
    world = World(settings)
    saved = None if settings.state_file is None else StateFile(settings.state_file)
    if saved is not None:
        saved.load(world)
    bot_api, zalo_api = BotApi(world), ZaloApi(world)

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        bot_api.post.start()
        zalo_api.post.start()
        async with contextlib.AsyncExitStack() as stack:
            if saved is not None:
                await stack.enter_async_context(saved.keeping(world))
            stack.push_async_callback(bot_api.post.stop)
            stack.push_async_callback(zalo_api.post.stop)
            yield

    routes: list[BaseRoute] = [
        Route("/bot{token}/{method}", bot_api.method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", bot_api.file, methods=["GET"]),
        Route("/zalo/bot{token}/{method}", zalo_api.method, methods=["GET", "POST"]),
        *control_routes(world, bot_api.post, zalo_api.post),
        Route("/", _page, methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
    ]
    app = Starlette(routes=routes, lifespan=life)
    app.state.world = world
    return app


class SandboxServer(uvicorn.Server):
    """Uvicorn that ends long polls and event streams before it waits for connections to close."""

    def __init__(self, app: Starlette, *, port: int) -> None:
        self._world: World = app.state.world
        super().__init__(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=port,
                http=OpenProtocol,
                ws="none",
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=1,
                # Longer than clients keep an idle connection: at the same moment both would use it and close it.
                timeout_keep_alive=75,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops taking connections and lets everybody go."""
        self._world.close()
        await super().shutdown(sockets)


@contextlib.contextmanager
def serve(app: Starlette, port: int = 0) -> Iterator[str]:
    """Runs the application in a thread on 127.0.0.1 and yields its base URL; port 0 takes a free one."""
    server = SandboxServer(app, port=port)
    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            _await_start(server, thread)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)


async def _page(_: Request) -> Response:
    page = STATIC / "index.html"
    if not page.is_file():
        return PlainTextResponse("The sandbox runs, but its page is missing.", 404)
    return FileResponse(page)
