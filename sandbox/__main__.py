"""`python -m sandbox`: the sandbox on this machine."""

import contextlib
import re
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sandbox.clock import ClockRefused, read_instant
from sandbox.limits import LimitSettings
from sandbox.persistence import StateUnreadable
from sandbox.server import SandboxServer, create_app
from sandbox.world import DEFAULT_TOKEN, DEFAULT_ZALO_TOKEN, Settings


def _token(written: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*:[A-Za-z0-9_-]+", written):
        raise typer.BadParameter(
            "a token is a number, a colon, and letters, digits, - or _: 2023:SANDBOX-TOKEN"
        )
    return written


def _instant(written: str) -> datetime:
    try:
        return read_instant(written)
    except ClockRefused as error:
        raise typer.BadParameter(str(error)) from error


def start(
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.", min=1, max=65535)] = 8321,
    token: Annotated[
        str, typer.Option(help="The token that the bot must use.", callback=_token)
    ] = DEFAULT_TOKEN,
    bot_username: Annotated[str, typer.Option(help="The bot's @name, without the @.")] = "nhacviec_bot",
    zalo_token: Annotated[
        str, typer.Option(help="The token that the bot must use on Zalo.", callback=_token)
    ] = DEFAULT_ZALO_TOKEN,
    state: Annotated[
        Path | None,
        typer.Option(help="Keep everything in this file and continue from it.", dir_okay=False),
    ] = None,
    clock_from: Annotated[
        datetime | None,
        typer.Option(
            help="Where the clock starts, such as 2023-03-01T07:00:00+07:00. Without it: now.",
            parser=_instant,
            metavar="ISO",
        ),
    ] = None,
    clock_speed: Annotated[
        float, typer.Option(help="How many seconds pass inside in one real second.", min=0.001)
    ] = 1.0,
    limits: Annotated[
        bool, typer.Option(help="Answer 429 when the bot sends too much, on Zalo too many in a month.")
    ] = True,
) -> None:
    """A stand-in for Telegram and Zalo on this machine: their bot APIs, a page to chat in, and a clock that can jump.

    Nothing leaves the machine. Point a bot's base URL at http://127.0.0.1:PORT/bot (Telegram) or
    http://127.0.0.1:PORT/zalo (Zalo) and open the address that is printed in a browser. Ctrl-C stops the sandbox and
    saves its state.
    """
    settings = Settings(
        token=token,
        bot_username=bot_username,
        zalo_token=zalo_token,
        state_file=state,
        clock_from=clock_from,
        clock_speed=clock_speed,
        limits=LimitSettings(enabled=limits),
    )
    try:
        if state is not None:
            state.parent.mkdir(parents=True, exist_ok=True)
        app = create_app(settings)
        listening = socket.create_server(("127.0.0.1", port))
    except StateUnreadable as error:
        sys.stderr.write(f"{error}\nMove the file away to start anew, or name another one with --state.\n")
        raise typer.Exit(1) from error
    except OSError as error:
        sys.stderr.write(f"Port {port} cannot be used ({error.strerror}). Choose another one with --port.\n")
        raise typer.Exit(1) from error
    with listening, contextlib.suppress(KeyboardInterrupt):
        # The port answers from here on; calls that come before the loop runs wait for it.
        sys.stdout.write(f"Sandbox: http://127.0.0.1:{port}/\n")
        sys.stdout.flush()
        SandboxServer(app, port=port).run(sockets=[listening])


if __name__ == "__main__":
    typer.run(start)
