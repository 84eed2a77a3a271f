"""The rehearsal behind `make run`: the sandbox beside the bot, all agencies bound, and a clock that can jump.

The sandbox is a program of its own and is spoken to over HTTP only: the Bot API for the bot, its control API for what
people and the clock do.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy import select

from app.clock import RehearsalClock
from app.errors import SettingError
from app.service import Service
from plan.vietnam import day_of, instant_of
from store import notices
from store.invites import make_invite
from store.states import RequestKind, RequestState, Role
from store.tables import AgencyRow, BindingRow, PlanRow, RequestRow

TOKEN = "2023:SANDBOX-TOKEN"  # noqa: S105 (the sandbox's, known to everybody)
_START_SECONDS = 20
_PROBE_SECONDS = 1
_FOLLOW_SECONDS = 25
_BIND_SECONDS = 60
_STOPS_EVERY = 0.5
_STOP_SECONDS = 8
_NEXT_MORNING = time(7, 25)
_OPERATOR, _LEADER = 4000, 4001
_OFFICERS = 5000
_GROUPS = -1_000_000
_log = structlog.get_logger("service")


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """A running sandbox. `control` speaks its control API."""

    url: str
    control: httpx.AsyncClient


@asynccontextmanager
async def sandbox_process(
    *, port: int, state: Path, clock_from: datetime, clock_speed: float
) -> AsyncIterator[Sandbox]:
    """Start the sandbox, wait until it answers, and end it when the block ends. Raises SettingError if it cannot start."""
    url = f"http://127.0.0.1:{port}"
    _see_that_it_is_free(port)
    command = [
        sys.executable, "-m", "sandbox",
        "--port", str(port),
        "--token", TOKEN,
        "--state", str(state),
        "--clock-from", clock_from.isoformat(),
        "--clock-speed", str(clock_speed),
    ]  # fmt: skip
    process = await _started(command)
    try:
        async with httpx.AsyncClient(base_url=url, timeout=_FOLLOW_SECONDS + 10, trust_env=False) as control:
            await _wait_until_it_answers(control, process, port)
            yield Sandbox(url=url, control=control)
    finally:
        await _end(process)


async def _started(command: list[str]) -> asyncio.subprocess.Process:
    """A process that is never left behind, also when we are told to stop while it starts."""
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            cwd=Path(__file__).parent.parent,
            stdout=asyncio.subprocess.DEVNULL,
            # A Ctrl-C is for us: the bot stops first, then the sandbox.
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise


def _see_that_it_is_free(port: int) -> None:
    """Whoever else listens there must not be taken for our sandbox."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise SettingError(
            f"Port {port} cannot be used: {os.strerror(error.errno or 0)}.",
            "Does another rehearsal run? To take another port: make run PORT=8400, or nhacviec rehearse --port 8400",
        ) from error


async def _wait_until_it_answers(
    control: httpx.AsyncClient, process: asyncio.subprocess.Process, port: int
) -> None:
    for _ in range(_START_SECONDS * 20):
        if process.returncode is not None:
            raise SettingError(
                "The sandbox could not start.",
                f"Its words are above. If port {port} is taken: make run PORT=8400, or nhacviec rehearse --port 8400",
            )
        with suppress(httpx.TransportError):
            await control.get("/control/clock", timeout=_PROBE_SECONDS)
            return
        await asyncio.sleep(0.05)
    raise SettingError("The sandbox does not answer.", "Try again, or look at its words above.")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


class SandboxClock:
    """Business time taken from the sandbox's clock; `on_jump` is called whenever it was set anew."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._version = -1
        self._clock = RehearsalClock(datetime.now(UTC))
        self.on_jump: Callable[[], None] = lambda: None

    def __call__(self) -> datetime:
        return self._clock()

    async def follow_once(self, wait_seconds: float = 0) -> None:
        """Ask for the clock's state, waiting until it changes or the time is over."""
        answer = await self._sandbox.control.get(
            "/control/clock", params={"after": self._version, "timeout": wait_seconds}
        )
        state = answer.raise_for_status().json()
        if state["version"] == self._version:
            return
        self._version = state["version"]
        self._clock.set(
            datetime.fromisoformat(state["now"]), speed=state["speed"] if state["running"] else 0.0
        )
        self.on_jump()

    async def follow_for_ever(self) -> None:
        while True:
            try:
                await self.follow_once(_FOLLOW_SECONDS)
            except httpx.HTTPError:
                await asyncio.sleep(1)

    async def set_running(self, running: bool) -> None:
        await _put(self._sandbox, "/control/clock", {"running": running})
        await self.follow_once()


_As = tuple[Role, str]


async def bind_everybody(
    sandbox: Sandbox, service: Service, clock: Callable[[], datetime], *, overseers: bool = True
) -> int:
    """Give each agency a group and bind it as its officer would, by an invite; the operator has a chat of their own. With
    `overseers` the standing offices' groups steer their plans as well, and a leader has a chat. What is bound stays. Returns
    how many agencies are new."""
    async with service.database.read() as session:
        agencies = list(await session.scalars(select(AgencyRow).order_by(AgencyRow.code)))
        steering = select(PlanRow.standing_office).where(PlanRow.retired.is_(False))
        offices = set(await session.scalars(steering)) if overseers else set()
    known = await _bound(service)
    guests = _Guests(sandbox, service, clock)
    # First those who may have to say yes to the others.
    for number, agency in enumerate(agencies):
        if agency.code in offices and (Role.STANDING_OFFICE, agency.code) not in known:
            await guests.group(number, agency)
            await guests.enter(_GROUPS - number, _OFFICERS + number, Role.STANDING_OFFICE, agency.code)
    new = [
        (number, agency) for number, agency in enumerate(agencies) if (Role.OFFICER, agency.code) not in known
    ]
    for number, agency in new:
        await guests.group(number, agency)
        await guests.enter(_GROUPS - number, _OFFICERS + number, Role.OFFICER, agency.code)
    people = [(_OPERATOR, "Quản trị hệ thống", Role.OPERATOR)]
    people += [(_LEADER, "Lãnh đạo", Role.LEADER)] if overseers else []
    for person, name, role in people:
        if (role, "") not in known:
            await guests.person(person, name)
            await guests.enter(person, person, role, "")
    wanted = {(Role.OFFICER, agency.code) for agency in agencies}
    wanted |= {(Role.STANDING_OFFICE, office) for office in offices}
    await _wait_until_bound(service, wanted | {(role, "") for _, _, role in people})
    return len(new)


@dataclass(frozen=True)
class _Guests:
    """Those who come into the rehearsal's chats with an invite in hand."""

    sandbox: Sandbox
    service: Service
    clock: Callable[[], datetime]

    async def group(self, number: int, agency: AgencyRow) -> None:
        officer = _OFFICERS + number
        await _post(self.sandbox, "/control/users", {"id": officer, "first_name": f"Cán bộ {agency.code}"})
        members = {"members": [officer], "admins": [officer]}
        group = {"id": _GROUPS - number, "type": "group", "title": agency.name} | members
        await _post(self.sandbox, "/control/chats", group)

    async def person(self, number: int, name: str) -> None:
        await _post(self.sandbox, "/control/users", {"id": number, "first_name": name})
        await _post(self.sandbox, "/control/chats", {"id": number, "type": "private", "members": [number]})

    async def enter(self, chat: int, person: int, role: Role, agency: str) -> None:
        async with self.service.database.write() as session:
            code = await make_invite(session, role=role, agency=agency, now=self.clock())
        said = {"from": person, "text": f"/start {code}"}
        await _post(self.sandbox, f"/control/chats/{chat}/messages", said)


async def _bound(service: Service) -> set[_As]:
    """As what chats are bound; where the standing office confirms, also what waits for its yes."""
    async with service.database.read() as session:
        bound = await session.execute(
            select(BindingRow.role, BindingRow.agency).where(BindingRow.ended_at.is_(None))
        )
        asked = await session.scalars(
            select(RequestRow.details).where(
                RequestRow.kind == RequestKind.BINDING, RequestRow.state == RequestState.WAITING
            )
        )
        requested = {(Role(details["role"]), str(details["agency"])) for details in asked}
        return {(role, agency) for role, agency in bound} | requested


async def _wait_until_bound(service: Service, wanted: set[_As]) -> None:
    for _ in range(_BIND_SECONDS * 10):
        if wanted <= await _bound(service):
            return
        await asyncio.sleep(0.1)
    raise SettingError("The agencies' chats could not be bound.", "Look at the log lines above.")


async def show_stops_for_ever(sandbox: Sandbox, service: Service, clock: Callable[[], datetime]) -> None:
    """Tell the sandbox's page where its clock may usefully jump."""
    shown: list[dict[str, str]] | None = None
    while True:
        with suppress(httpx.HTTPError):
            stops = await _stops(service, clock())
            if stops != shown:
                await _put(sandbox, "/control/clock/stops", stops)
                shown = stops
        await asyncio.sleep(_STOPS_EVERY)


async def _stops(service: Service, now: datetime) -> list[dict[str, str]]:
    calendar, today = service.timetable.calendar, day_of(now)
    stops = [("Tới ngày làm việc kế tiếp", instant_of(calendar.after(today), _NEXT_MORNING))]
    async with service.database.read() as session:
        milestone = await notices.earliest_milestone(session)
    if milestone is not None:
        scan_at = service.timetable.hours.scan_at
        next_reminder = instant_of(calendar.on_or_after(max(milestone, today)), scan_at)
        if next_reminder <= now:
            next_reminder = instant_of(calendar.after(today), scan_at)
        stops.append(("Tới lời nhắc kế tiếp", next_reminder))
    return [{"label": label, "at": moment.isoformat()} for label, moment in stops]


async def _post(sandbox: Sandbox, path: str, body: dict[str, Any]) -> None:
    (await sandbox.control.post(path, json=body)).raise_for_status()


async def _put(sandbox: Sandbox, path: str, body: Any) -> None:
    (await sandbox.control.put(path, json=body)).raise_for_status()
