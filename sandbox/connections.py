"""The TCP connection under a request, for failures that must be real."""

import asyncio
import socket
from typing import Any, cast

from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_KEY = "sandbox.transport"


class OpenProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1 protocol that shows its transport to the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope[_KEY] = self.transport
            await inner(scope, receive, send)

        self.app = with_transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Sends small answers at once: asyncio does so only for sockets that it made itself."""
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


def is_connected(request: Request) -> bool:
    """Whether an answer can still reach the client, as far as this end knows."""
    transport = cast("asyncio.Transport | None", request.scope.get(_KEY))
    return transport is None or not transport.is_closing()


async def disconnection(request: Request) -> None:
    """Waits until the client has gone. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def drop_connection(request: Request) -> None:
    """Closes the connection without a byte of answer, and waits until it is closed."""
    transport = cast("asyncio.Transport | None", request.scope.get(_KEY))
    if transport is None:
        raise RuntimeError("the sandbox must be served by sandbox.server to drop connections")
    transport.abort()
    await disconnection(request)
