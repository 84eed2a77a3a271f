"""Processes that can be killed at any moment and started again in an instant: forked from a server that has everything
imported already. They are real processes, each with its own memory, connections and end."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.logs import set_up_logs

_PRELOADED = ["__main__", "app.drill.warmed_up"]
_PATIENCE_SECONDS = 30


def warmed_up() -> ForkServerContext:
    """The server that forks them; it starts with the first process and ends with this one."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


class Mortal:
    """One such process: `life(*what)` with its words in `log`. It ends at the latest when this process does."""

    def __init__(self, life: Callable[..., None], *what: object, log: Path) -> None:
        self._process: BaseProcess = warmed_up().Process(target=_live, args=(log, life, what), daemon=True)
        self._process.start()
        self.was_killed = False

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL, unless it has ended: nothing in it can be finished or put away. It is gone on return."""
        self.was_killed = self.was_killed or self.is_alive
        self._process.kill()
        self._process.join(_PATIENCE_SECONDS)


def _live(log: Path, life: Callable[..., None], what: tuple[object, ...]) -> None:
    with log.open("ab") as said:
        os.dup2(said.fileno(), sys.stdout.fileno())
        os.dup2(said.fileno(), sys.stderr.fileno())
    # A Ctrl-C is for who started us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logs("INFO", for_people=False)
    life(*what)


def end_with_parent() -> None:
    """Inside a running loop: nobody may go on when the process that started us is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        asyncio.get_running_loop().add_reader(parent.sentinel, os._exit, 1)
