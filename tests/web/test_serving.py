"""A server in the program's own loop: it comes and goes with the block, and touches nothing else."""

import asyncio
import signal
import socket

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from web.application import application
from web.serving import CannotListen, _listening, serving


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("chào")


HELLO = Route("/", hello)


async def test_it_answers_inside_the_block_and_gives_the_port_back() -> None:
    async with (
        serving(application([HELLO]), host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(trust_env=False) as visitor,
    ):
        answer = await visitor.get(f"http://127.0.0.1:{port}/")

    assert answer.text == "chào"
    assert "server" not in answer.headers
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_signals_stay_with_the_program() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async with serving(application([HELLO]), host="127.0.0.1", port=0):
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    assert during == before


async def test_a_port_that_is_taken_is_said_to_be() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(CannotListen, match="already in use"),
    ):
        async with serving(application([HELLO]), host="127.0.0.1", port=taken.getsockname()[1]):
            pytest.fail("it listens where somebody else does")


async def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotListen):
        async with serving(application([HELLO]), host="192.0.2.1", port=8080):
            pytest.fail("it listens elsewhere")


async def test_a_request_that_does_not_end_holds_nobody_up() -> None:
    asked = asyncio.Event()

    async def never(_: Request) -> PlainTextResponse:
        asked.set()
        await asyncio.Event().wait()
        return PlainTextResponse("")

    async with httpx.AsyncClient(trust_env=False, timeout=30) as visitor:
        async with serving(application([Route("/", never)]), host="127.0.0.1", port=0) as port:
            asking = asyncio.create_task(visitor.get(f"http://127.0.0.1:{port}/"))
            await asked.wait()
        [end] = await asyncio.gather(asking, return_exceptions=True)

    assert isinstance(end, httpx.HTTPError) or end.status_code == 500  # type: ignore[union-attr]


def test_what_it_accepts_sends_a_short_answer_at_once() -> None:
    with _listening("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
