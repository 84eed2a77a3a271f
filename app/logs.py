"""Logs: one line an event on standard error, without secrets and without the texts of messages."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A bot token: "<bot id>:<secret>", as BotFather and Zalo Bot Manager give it. It stands in every address of both services'
# methods; a library may write such an address with its colon encoded.
_TOKEN = re.compile(r"\d{4,}(?::|%3a)[a-z0-9_-]{8,}", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@\s]+):[^@\s]+@")


def redact(text: str) -> str:
    """`text` without bot tokens and without passwords in URLs."""
    return _PASSWORD_IN_URL.sub(r"\1:***@", _TOKEN.sub("<token>", text))


def set_up_logs(level: str, *, for_people: bool) -> None:
    """`for_people` writes coloured lines, otherwise JSON. Libraries speak from WARNING up; httpx logs every URL at INFO."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not for_people:
        last.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler()
    handler.setFormatter(
        _RedactingFormatter(foreign_pre_chain=shared, processors=[*last, _redacted_values, renderer])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # It warns of every wake-up that falls into one under way; those are meant to become one (see scheduler.clockwork).
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It writes out answers that it cannot read, with what people wrote in them; who asked says that it failed.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
    for name in (
        "receive",
        "reception",
        "deliver",
        "clockwork",
        "plan",
        "service",
        "watch",
        "leadership",
        "web",
        "database",
    ):
        logging.getLogger(name).setLevel(level)


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """The last look at every line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _redacted_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}
