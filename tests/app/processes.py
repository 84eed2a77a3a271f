"""The bot as a process of its own."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_SECONDS = 30
_STOPS_WITHIN_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running command, whose words go into two files."""

    process: asyncio.subprocess.Process
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "stdout").read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    async def stop(self, number: signal.Signals) -> int:
        """Send the signal and wait for the end; returns the exit code."""
        self.process.send_signal(number)
        return await self.ended()

    async def stop_in_time(self) -> int:
        """SIGTERM; fails if it takes longer than the ten seconds that are promised."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), _STOPS_WITHIN_SECONDS)

    async def says(self, words: str) -> None:
        """Wait until its log has the words."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while words not in self.complained:
            assert self.process.returncode is None, self.complained
            assert time.monotonic() < end, self.complained
            await asyncio.sleep(0.01)

    async def ended(self, *, within: float = _PATIENCE_SECONDS) -> int:
        """Wait for the end; returns the exit code."""
        return await asyncio.wait_for(self.process.wait(), within)

    def children(self) -> set[int]:
        """Ids of the processes that it started."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return {int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()}


@asynccontextmanager
async def command(folder: Path, *args: str, **settings: str) -> AsyncIterator[Running]:
    """`nhacviec …` in a folder, with these settings and no others; it is gone when the block ends."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app", *args,
            cwd=folder, env=inherited | settings, stdout=stdout, stderr=stderr,
        )  # fmt: skip
    try:
        yield Running(process=process, folder=folder)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
