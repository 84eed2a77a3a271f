"""Answers that do not come: a call that hangs, and a client that gives up meanwhile."""

import asyncio

from starlette.requests import Request

from sandbox.connections import disconnection
from sandbox.world import World


class Dropped(Exception):
    """The connection is gone; nobody reads an answer."""


async def hang(world: World, request: Request, seconds: float) -> None:
    """Says nothing for so long; Dropped when the client (or the sandbox) gives up meanwhile."""
    gone = asyncio.ensure_future(disconnection(request))
    closing = world.closing.coming()
    try:
        await asyncio.wait({gone, closing}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        closing.cancel()
    if gone.done() or world.closed:
        raise Dropped
