"""Laws of calendars, whatever people and the plan's file do: no event changes without a higher number, and none that
somebody may have a copy of goes without a word. (An output that recurs and then does not any more is another event:
docs/calendar.md.)"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.papers.calendar import Event
from plan.deadlines import DeadlineKind
from plan.model import Plan
from plan.vietnam import day_of
from store.states import Role
from store.sync import sync_plan
from tests.bot.office import PLAN, TIMETABLE, Office, labels, once, open_office, undated
from tests.bot.test_calendars import calendar_in, with_output

Step = Callable[[Office], Awaitable[None]]


def by_words(chat: str, text: str) -> Step:
    """Somebody in that chat says so, and confirms it where there is something to confirm."""

    async def step(office: Office) -> None:
        office.chat = chat
        question = await office.say(text)
        if "Xác nhận" in labels(question):
            await office.tap(question, "Xác nhận")

    return step


def by_file(code: str, day: date | None) -> Step:
    """The plan's file gives another day, or none any more."""

    async def step(office: Office) -> None:
        deadline = once(day) if day else undated(DeadlineKind.EXTERNAL)
        await take_over(office, with_output(code, deadline))

    return step


async def take_over(office: Office, plan: Plan) -> None:
    async with office.database.write() as session:
        await sync_plan(session, plan, TIMETABLE, now=office.now, today=day_of(office.now))


async def the_plan_as_it_was(office: Office) -> None:
    await take_over(office, PLAN)


async def a_task_leaves_the_plan(office: Office) -> None:
    without = tuple(task for task in PLAN.tasks if task.code != "2.6")
    await take_over(office, replace(PLAN, tasks=without))


STEPS = st.sampled_from([
    by_words("200", "/setdue 2.6a STP 30/6/2023"),
    by_words("200", "/setdue 2.6a VPUB 30/6/2023"),
    by_words("200", "/setdue 2.6a 15/5/2023"),
    by_words("200", "/setdue 2.6a STP bỏ"),
    by_words("200", "/setdue 2.6a bỏ"),
    by_words("200", "/setdue 1.1a 30/6/2023"),
    by_words("200", "/setdue 1.1a bỏ"),
    by_words("200", "/undo"),
    by_words("100", "/done 2.6a 1/QĐ"),
    by_words("100", "/done BC quý I 2/BC"),
    by_words("100", "/progress 2.6a 60%"),
    by_words("100", "/ask 2.6b STTTT 20/3 gửi danh mục"),
    by_words("100", "/undo"),
    by_words("300", "/done 2.6b 3/CV"),
    by_words("300", "/waive 6.5 tháng 5 không có"),
    by_words("300", "/undo"),
    by_file("2.6a", date(2023, 4, 28)),
    by_file("2.6a", None),
    by_file("2.6b", date(2023, 11, 30)),
    the_plan_as_it_was,
    a_task_leaves_the_plan,
])  # fmt: skip


async def seen(office: Office) -> dict[tuple[str, str], Event]:
    """Every event by chat and id; none is in a calendar twice."""
    found: dict[tuple[str, str], Event] = {}
    for chat in ("100", "200", "300"):
        events = (await calendar_in(office, chat)).events
        assert len({event.uid for event in events}) == len(events)
        found |= {(chat, event.uid): event for event in events}
    return found


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=7))
def test_whatever_happens_copies_can_be_kept_right_by_their_numbers(steps: list[Step]) -> None:
    async def run() -> None:
        async with open_office() as office:
            await office.bind("STP")
            office.chat = "200"
            await office.bind("SNV", role=Role.STANDING_OFFICE)
            office.chat = "300"
            await office.bind("STTTT")
            before = await seen(office)
            for step in steps:
                office.now += timedelta(hours=1)
                await step(office)
                after = await seen(office)
                assert before.keys() <= after.keys(), "it went without a word"
                for key, event in before.items():
                    compare(event, after[key])
                before = after

    asyncio.run(run())


def compare(old: Event, new: Event) -> None:
    assert new.sequence >= old.sequence
    if (new.day, new.is_cancelled, new.summary) != (old.day, old.is_cancelled, old.summary):
        assert new.sequence > old.sequence
        assert new.modified is not None
        assert old.modified is None or new.modified > old.modified
