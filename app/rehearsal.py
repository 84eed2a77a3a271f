"""The rehearsal behind `make run`: the sandbox beside the bot, all agencies bound, and a clock that can jump.

The sandbox is a program of its own and is spoken to over HTTP only: Telegram's and Zalo's methods for the bot, its control
API for what people and the clock do.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
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
from bot.telegram.channel import NAME as TELEGRAM
from bot.zalo.channel import NAME as ZALO
from plan.vietnam import day_of, instant_of
from store import notices
from store.invites import make_invite
from store.states import RequestKind, RequestState, Role
from store.tables import AgencyRow, BindingRow, ChatRow, PlanRow, RequestRow

# The sandbox's, known to everybody.
TOKEN = "2023:SANDBOX-TOKEN"  # noqa: S105
ZALO_TOKEN = "4120230001:ZALO-SANDBOX"  # noqa: S105
_START_SECONDS = 20
_PROBE_SECONDS = 1
_FOLLOW_SECONDS = 25
_BIND_SECONDS = 60
_STOPS_EVERY = 0.5
_STOP_SECONDS = 8
_NEXT_MORNING = time(7, 25)
_NAMES = {Role.OPERATOR: (4000, "Quản trị hệ thống"), Role.LEADER: (4001, "Lãnh đạo")}
_OFFICERS, _OFFICERS_ON_ZALO = 5000, 6000
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
        "--zalo-token", ZALO_TOKEN,
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


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A chat of the rehearsal and as what it is bound; `agency` is empty for leaders and operators."""

    channel: str
    role: Role
    agency: str = ""


async def bind_everybody(
    sandbox: Sandbox,
    service: Service,
    clock: Callable[[], datetime],
    *,
    overseers: bool = True,
    on_zalo: Callable[[AgencyRow], bool] = lambda _: False,
    on_both: Collection[str] = (),
) -> int:
    """Give each agency a chat and bind it as its officer would, by an invite: a group on Telegram, or `on_zalo` an officer's
    private chat there, or `on_both` (codes) one of each; the operator has a chat of their own. With `overseers` the
    standing offices' groups steer their plans as well, and a leader has a chat. What is bound stays. Returns how many
    agencies are new."""
    async with service.database.read() as session:
        agencies = list(await session.scalars(select(AgencyRow).order_by(AgencyRow.code)))
        steering = select(PlanRow.standing_office).where(PlanRow.retired.is_(False))
        offices = set(await session.scalars(steering)) if overseers else set()
    known = await _bound(service)
    guests = _Guests(sandbox, service, clock, {agency.code: agency for agency in agencies})
    # First those who may have to say yes to the others.
    seats = [Seat(channel=TELEGRAM, role=Role.STANDING_OFFICE, agency=code) for code in sorted(offices)]
    for agency in agencies:
        channels = [ZALO] if on_zalo(agency) else [TELEGRAM]
        if agency.code in on_both:
            channels = [TELEGRAM, ZALO]
        seats += [Seat(channel=channel, role=Role.OFFICER, agency=agency.code) for channel in channels]
    seats.append(Seat(channel=TELEGRAM, role=Role.OPERATOR))
    seats += [Seat(channel=TELEGRAM, role=Role.LEADER)] if overseers else []
    for seat in seats:
        if seat not in known:
            await guests.sit_down(seat)
    await _wait_until_bound(service, set(seats))
    return len({seat.agency for seat in seats if seat not in known and seat.role is Role.OFFICER})


@dataclass(frozen=True)
class _Guests:
    """Those who come into the rehearsal's chats with an invite in hand. People on Zalo are others than those on Telegram."""

    sandbox: Sandbox
    service: Service
    clock: Callable[[], datetime]
    agencies: Mapping[str, AgencyRow]

    async def sit_down(self, seat: Seat) -> None:
        chat, person = await self._place(seat)
        async with self.service.database.write() as session:
            code = await make_invite(session, role=seat.role, agency=seat.agency, now=self.clock())
        words = f"vào {code}" if seat.channel == ZALO else f"/start {code}"
        await _post(self.sandbox, f"/control/chats/{chat}/messages", {"from": person, "text": words})

    async def _place(self, seat: Seat) -> tuple[int, int]:
        """The chat and the person who writes there, made if need be."""
        if seat.role in _NAMES:
            person, name = _NAMES[seat.role]
            return await self._private(seat.channel, person, name), person
        number = list(self.agencies).index(seat.agency)
        if seat.channel == ZALO:
            person = _OFFICERS_ON_ZALO + number
            return await self._private(ZALO, person, f"{self.agencies[seat.agency].name} (cán bộ)"), person
        person, group = _OFFICERS + number, _GROUPS - number
        await self._user(person, f"Cán bộ {seat.agency}")
        members = {"members": [person], "admins": [person]}
        title = self.agencies[seat.agency].name
        await _post(self.sandbox, "/control/chats", {"id": group, "type": "group", "title": title} | members)
        return group, person

    async def _private(self, channel: str, person: int, name: str) -> int:
        await self._user(person, name)
        chat: dict[str, Any] = {"type": "private", "members": [person], "platform": channel}
        made = await _post(self.sandbox, "/control/chats", chat)
        return int(made["id"])

    async def _user(self, person: int, name: str) -> None:
        await _post(self.sandbox, "/control/users", {"id": person, "first_name": name})


async def _bound(service: Service) -> set[Seat]:
    """As what chats are bound; where the standing office confirms, also what waits for its yes."""
    async with service.database.read() as session:
        bound = await session.execute(
            select(ChatRow.channel, BindingRow.role, BindingRow.agency)
            .join(ChatRow, BindingRow.chat_id == ChatRow.id)
            .where(BindingRow.ended_at.is_(None))
        )
        asked = await session.execute(
            select(ChatRow.channel, RequestRow.details)
            .join(ChatRow, RequestRow.chat_id == ChatRow.id)
            .where(RequestRow.kind == RequestKind.BINDING, RequestRow.state == RequestState.WAITING)
        )
        requested = {
            Seat(channel=channel, role=Role(details["role"]), agency=str(details["agency"]))
            for channel, details in asked
        }
        return {
            Seat(channel=channel, role=role, agency=agency) for channel, role, agency in bound
        } | requested


async def _wait_until_bound(service: Service, wanted: set[Seat]) -> None:
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


async def _post(sandbox: Sandbox, path: str, body: dict[str, Any]) -> Any:
    return (await sandbox.control.post(path, json=body)).raise_for_status().json()


async def _put(sandbox: Sandbox, path: str, body: Any) -> None:
    (await sandbox.control.put(path, json=body)).raise_for_status()
