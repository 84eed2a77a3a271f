"""A web server inside the bot's own loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette

_GRACE_SECONDS = 1
_MOST_CONNECTIONS = 500


class CannotListen(Exception):
    """The address cannot be listened on; the message says why."""


@contextlib.asynccontextmanager
async def serving(app: Starlette, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve inside the block; yields the port (a free one for 0). At its end requests under way have a second. Raises
    CannotListen."""
    with _listening(host, port) as listening:
        server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        serving.add_done_callback(lambda _: server.up.set())
        try:
            await server.up.wait()
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family)
    except OSError as error:
        raise CannotListen(error.strerror or str(error)) from error
    with listening:
        # What is accepted inherits it: a short answer must not wait for the visitor's word that its head has come (40 ms).
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listening


class _Server(uvicorn.Server):
    """Leaves the signals to the program that it runs in, and says when it is up (or will never be)."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()
