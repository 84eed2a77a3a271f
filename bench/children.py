"""Programs that a measurement starts beside itself, and how they end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_STOP_SECONDS = 15
_LAST_WORDS = 2_000


@dataclass(frozen=True, kw_only=True)
class Child:
    """A running program and its log."""

    process: asyncio.subprocess.Process
    log: Path

    def must_be_alive(self) -> None:
        """Raises RuntimeError with its last words when it has ended."""
        if self.process.returncode is not None:
            words = self.log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"a program of the benchmark ended early:\n{words[-_LAST_WORDS:]}")

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """Memory that it holds now (Linux)."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def child(folder: Path, *args: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[Child]:
    """`python …` at work in `folder`, with these settings and no others; what it says goes to the file `log` there. It is
    told to stop, and gone, when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 (nothing else runs meanwhile)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    log = folder / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *args,
            cwd=folder, env=inherited | {"PYTHONPATH": str(ROOT)} | dict(settings or {}), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield Child(process=process, log=log)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
