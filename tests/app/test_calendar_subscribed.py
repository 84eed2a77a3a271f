"""A group asks for its calendar, a calendar program subscribes to it, and what officers do is seen there: end to end."""

import json
from pathlib import Path

import httpx
import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import running
from config.settings import Tokens
from store.calendar_links import make_link
from store.tables import ChatRow
from tests.app.small_office import OPERATOR, STP, Office, move_in
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, open_town, settings_for
from tests.plan.small_plan import write_plan
from tests.worlds import at


async def subscribed(address: str) -> dict[str, Event]:
    """The events by the code with which they begin, marks aside."""
    async with httpx.AsyncClient(trust_env=False) as program:
        answer = await program.get(address)
    assert answer.status_code == 200
    events = IcsCalendarStream.calendar_from_ics(answer.text).events
    due = [event for event in events if str(event.summary).endswith(("– hạn", "– hạn nộp"))]
    return {str(event.summary).removeprefix("✅ ").split()[0]: event for event in due}


async def test_a_group_subscribes_and_sees_what_was_done(
    tmp_path: Path, free_port: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    here = f"http://127.0.0.1:{free_port}"
    async with open_town() as town:
        settings = settings_for(
            town.url,
            tmp_path,
            nhacviec_plans=str(write_plan(tmp_path)),
            nhacviec_listen=f"127.0.0.1:{free_port}",
            nhacviec_public_url=f"{here}/",
        )
        clock = RehearsalClock(at("2023-03-07", "08:00"), speed=0)
        await move_in(town)
        async with running(
            settings,
            read_rules(settings),
            tokens=Tokens(telegram=TOKEN),
            clock=clock,
            rhythm=BY_HAND,
            pace=AT_ONCE,
        ) as service:
            office = Office(town=town, folder=tmp_path, service=service, clock=clock)
            await office.bind(STP, "STP")

            await town.says(STP, "/calendar", who=OPERATOR)
            await office.settled()
            [address] = [line for line in (await town.texts(STP))[-1].splitlines() if line.startswith(here)]
            before = await subscribed(address)
            await town.says(STP, "/done 1.1 15/KH-STP", who=OPERATOR)
            await office.settled()
            await town.taps(STP, (await town.heard(STP))[-1], "Xác nhận", who=OPERATOR)
            await office.settled()
            after = await subscribed(address)

    assert str(before["1.1"].dtstart) == "2023-03-31"
    assert before["1.1"].uid == after["1.1"].uid
    assert (before["1.1"].sequence, after["1.1"].sequence) == (0, 1)
    assert str(after["1.1"].summary).startswith("✅ 1.1")
    # The address stays between the chat and the calendar. What the visitor itself writes down is another program's.
    token = address.removeprefix(f"{here}/calendar/").removesuffix(".ics")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert len(token) == 43
    assert token not in json.dumps([*ours, *capfd.readouterr()])


async def test_without_a_public_address_nobody_comes_in_not_even_by_an_address_of_before(
    tmp_path: Path, free_port: int
) -> None:
    async with open_town() as town:
        settings = settings_for(
            town.url,
            tmp_path,
            nhacviec_plans=str(write_plan(tmp_path)),
            nhacviec_listen=f"127.0.0.1:{free_port}",
        )
        clock = RehearsalClock(at("2023-03-07", "08:00"), speed=0)
        await move_in(town)
        async with (
            running(
                settings,
                read_rules(settings),
                tokens=Tokens(telegram=TOKEN),
                clock=clock,
                rhythm=BY_HAND,
                pace=AT_ONCE,
            ) as service,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}", trust_env=False) as visitor,
        ):
            office = Office(town=town, folder=tmp_path, service=service, clock=clock)
            await office.bind(STP, "STP")
            async with service.database.write() as session:
                chat = await session.get_one(ChatRow, 1)
                token = await make_link(session, chat, now=clock())

            found = [(await visitor.get(path)).status_code for path in ("/health", f"/calendar/{token}.ics")]

    assert found == [200, 404]
