"""The machine and the versions that figures hold for."""

import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

_LIBRARIES = ("SQLAlchemy", "uvloop", "psycopg", "python-telegram-bot", "httpx", "APScheduler", "uvicorn")
_SYNCS, _PAGE_BYTES = 100, 4096


def machine(folder: Path) -> str:
    """One paragraph of Markdown: day, processor, cores, memory, the disk under the folder, and versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB,"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}; {libraries}."
        f" A page written and synced to disk takes {_sync_seconds(folder) * 1000:.1f} ms (median)."
    )


def load() -> float:
    """Programs that wanted a core, averaged over the last minute."""
    return os.getloadavg()[0]


def _sync_seconds(folder: Path) -> float:
    took = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            begin = time.perf_counter()
            file.write(b"x" * _PAGE_BYTES)
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begin)
    return median(took)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
