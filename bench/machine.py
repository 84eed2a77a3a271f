"""The machine and the versions that figures hold for."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("SQLAlchemy", "aiosqlite", "psycopg", "python-telegram-bot", "httpx", "APScheduler", "uvicorn")


def machine() -> str:
    """One paragraph of Markdown: processor, cores, memory, versions, day and load."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB,"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}; {libraries}."
    )


def load() -> float:
    """Programs that wanted a core, averaged over the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
