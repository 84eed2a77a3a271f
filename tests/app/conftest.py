import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests import ports

SETTINGS = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_BOT_TOKEN_FILE",
    "TELEGRAM_API_URL",
    "TELEGRAM_PROXY",
    "TELEGRAM_WEBHOOK_URL",
    "ZALO_BOT_TOKEN",
    "ZALO_BOT_TOKEN_FILE",
    "ZALO_API_URL",
    "ZALO_WEBHOOK_URL",
    "DATABASE_URL",
    "NHACVIEC_PLANS",
    "NHACVIEC_REMINDERS",
    "NHACVIEC_WORKING_DAYS",
    "NHACVIEC_LISTEN",
    "NHACVIEC_PUBLIC_URL",
    "NHACVIEC_HEARTBEAT_URL",
    "NHACVIEC_LOG_LEVEL",
)


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a .env to work in, and nothing set in the environment."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own_logs() -> Iterator[None]:
    """A command sets up the logs of its process: here it must leave those of the tests as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def free_port() -> int:
    return ports.free_port()
