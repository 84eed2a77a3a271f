"""Failures on demand: what goes wrong, for which calls, how many times."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.chats import Platform
from sandbox.json_types import JsonObject


class FaultKind(StrEnum):
    """`before`: the call is not yet taken into account when the fault strikes; `after`: it is."""

    STATUS = "status"
    FLOOD = "flood"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    BAD_JSON = "bad_json"


class ErrorStyle(StrEnum):
    """How a refusal of the Zalo Bot Platform looks on the wire; the real one has been seen in all four."""

    BODY = "body"
    """HTTP 200, the code in `error_code`: the usual way."""
    STATUS = "status"
    """The matching HTTP status, the code in `error_code`."""
    CAMEL = "camel"
    """The matching HTTP status, the code in `errorCode`."""
    PLAIN = "plain"
    """The matching HTTP status and a page of HTML, as from a gateway in front."""


@dataclass(kw_only=True)
class Fault:
    """One ordered failure.

    `platform` None: of both. `style`: how Zalo tells it, None for its usual way. `times_left` None: until
    deleted. A flood ends by itself at `ends_at` (monotonic).
    """

    id: int
    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    platform: Platform | None = None
    style: ErrorStyle | None = None
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    seconds: float = 30.0
    times_left: int | None = 1
    ends_at: float = field(default=math.inf)

    def strikes(self, method: str, chat_id: int | None, platform: Platform) -> bool:
        """Whether a call is one of those that this fault is for.

        Without a method it is for all but getUpdates, which is always under way and would use up every fault.
        """
        if self.platform not in {None, platform}:
            return False
        called = method.lower()
        meant = called != "getupdates" if self.method is None else called == self.method.lower()
        return meant and (self.chat_id is None or self.chat_id == chat_id)

    def as_json(self) -> JsonObject:
        """The fault as the control API gives it."""
        shown: JsonObject = {"id": self.id, "kind": self.kind.value, "times": self.times_left}
        for name in ("method", "chat_id", "description", "retry_after"):
            if getattr(self, name) is not None:
                shown[name] = getattr(self, name)
        shown |= {} if self.platform is None else {"platform": self.platform.value}
        shown |= {} if self.style is None else {"style": self.style.value}
        if self.kind is FaultKind.STATUS:
            shown["status"] = self.status
        if self.kind in {FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER}:
            shown["seconds"] = self.seconds
        return shown


class Faults:
    """The failures that are ordered at the moment, oldest first."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ordered: list[Fault] = []
        self._next_id = 1

    def order(
        self,
        kind: FaultKind,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        platform: Platform | None = None,
        style: ErrorStyle | None = None,
        status: int = 500,
        description: str | None = None,
        retry_after: int | None = None,
        seconds: float = 30.0,
        times: int | None = 1,
    ) -> Fault:
        """Adds a failure; `times` None means until it is deleted."""
        fault = Fault(
            id=self._next_id,
            kind=kind,
            method=method,
            chat_id=chat_id,
            platform=platform,
            style=style,
            status=status,
            description=description,
            retry_after=retry_after,
            seconds=seconds,
            times_left=times,
        )
        if kind is FaultKind.FLOOD:
            fault.times_left = None
            fault.ends_at = self._monotonic() + (retry_after or 1)
        self._next_id += 1
        self._ordered.append(fault)
        return fault

    def next_for(
        self, method: str, chat_id: int | None, platform: Platform = Platform.TELEGRAM
    ) -> Fault | None:
        """The oldest failure meant for this call; it is used up once."""
        for fault in self.ordered():
            if not fault.strikes(method, chat_id, platform):
                continue
            if fault.times_left is not None:
                fault.times_left -= 1
                if fault.times_left <= 0:
                    self._ordered.remove(fault)
            return fault
        return None

    def flood_seconds(self, fault: Fault) -> int:
        """How long a flood still lasts, in whole seconds, at least 1."""
        return max(1, math.ceil(fault.ends_at - self._monotonic()))

    def ordered(self) -> list[Fault]:
        """What is still to come, without floods that are over."""
        now = self._monotonic()
        self._ordered = [fault for fault in self._ordered if fault.ends_at > now]
        return list(self._ordered)

    def clear(self) -> None:
        """Nothing fails any more."""
        self._ordered.clear()
