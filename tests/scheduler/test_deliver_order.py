"""What leaves when: answers first, notices in their hours, one process at a time, and a clean stop."""

import asyncio
from collections import Counter
from datetime import date, timedelta

from app.clock import wall_clock
from bot.conversation import Conversation
from bot.options import Options
from bot.reception import Reception
from scheduler.clockwork import Clockwork, Wakers
from scheduler.deliver import Deliverer
from scheduler.refresh import PlanKeeper
from scheduler.watch import Watch
from store.claims import LEASE, claim
from store.database import Database
from store.pacing import Pace
from store.states import NoticeState, OutboxState
from tests.app.town import AT_ONCE, Town, eventually, open_town, quiet
from tests.bot.office import ENTRANCES
from tests.scheduler.desk import GROUP, HOURS, LAN, MINH, READ_SECONDS, REPEAT, Desk, deliverer_to, settle_in
from tests.worlds import TIMETABLE, at, bring_in, dated, plan, task


async def test_answers_go_before_notices(desk: Desk) -> None:
    await desk.crowd(30)
    await desk.scan("2023-03-07")
    await desk.put(MINH, "trả lời")

    await desk.deliver()

    order = [chat for chat, _ in await desk.town.sends()]
    assert len(order) == 32
    # Eight leave at a time, in any order among themselves.
    assert MINH in order[:8]


async def test_notices_wait_for_the_hours_and_answers_do_not(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await desk.put(LAN, "trả lời")

    counts = []
    for hour in ("06:59", "17:31", "07:00"):
        desk.now = at("2023-03-07", hour)
        await desk.deliver(after=1)
        counts.append((len(await desk.town.heard(LAN)), len(await desk.town.heard(GROUP))))

    assert counts == [(1, 0), (1, 0), (1, 1)]


async def test_yesterdays_morning_does_not_leave_today(desk: Desk) -> None:
    await desk.scan("2023-03-07")

    desk.now = at("2023-03-08", "07:10")
    await desk.deliver(after=86400)

    assert await desk.town.heard(GROUP) == []


async def test_a_morning_with_nothing_left_to_say_is_not_sent(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await bring_in(
        desk.database,
        plan(task("1.1", dated("2023-12-29")), task("2.1", dated("2023-12-29"))),
        on="2023-03-07",
    )

    await desk.deliver()

    assert await desk.town.heard(GROUP) == []
    assert await desk.states() == {OutboxState.DROPPED: 1}
    assert await desk.notice_states() == {NoticeState.DROPPED: 2}


async def test_two_processes_on_one_database_never_send_the_same_message(
    town: Town, database: Database
) -> None:
    other = Database(str(database.engine.url))
    async with (
        deliverer_to(town.url, database, clock=wall_clock, wall=wall_clock) as one,
        deliverer_to(town.url, other, clock=wall_clock, wall=wall_clock) as two,
    ):
        desk = Desk(database=database, deliverer=one, town=town, wall=wall_clock())
        await settle_in(desk)
        for chat in (LAN, MINH, GROUP):
            for number in range(15):
                await desk.put(chat, f"tin {number}")

        async def work(deliverer: Deliverer) -> None:
            while (await desk.states())[OutboxState.SENT] < 45:
                await deliverer.deliver_waiting()
                await asyncio.sleep(0.001)
            await deliverer.finish()

        async with asyncio.timeout(30):
            await asyncio.gather(work(one), work(two))
    await other.close()

    for chat in (LAN, MINH, GROUP):
        assert await town.texts(chat) == [f"tin {number}" for number in range(15)]


async def test_what_a_dead_process_had_claimed_is_sent_again_marked(desk: Desk) -> None:
    number = await desk.put(LAN, "một")
    await claim_and_die(desk)

    await desk.deliverer.take_back()
    await desk.deliver(after=LEASE.total_seconds() - 1)
    before_its_lease_ended = await desk.town.texts(LAN)
    desk.wall += timedelta(seconds=2)
    await desk.deliverer.take_back()
    await desk.deliver(after=5)

    assert before_its_lease_ended == []
    assert await desk.town.texts(LAN) == [f"{REPEAT}\n\nmột"]
    assert (await desk.row(number)).state is OutboxState.SENT


async def test_what_two_processes_died_over_has_failed(desk: Desk) -> None:
    await desk.scan("2023-03-07")

    for _ in range(2):
        await claim_and_die(desk)
        desk.wall += LEASE + timedelta(seconds=1)
        await desk.deliverer.take_back()
        desk.wall += timedelta(seconds=5)

    assert await desk.states() == {OutboxState.FAILED: 1}
    assert await desk.notice_states() == {NoticeState.FAILED: 2}


async def claim_and_die(desk: Desk) -> None:
    async with desk.database.write() as session:
        claims = await claim(
            session,
            channel="telegram",
            wall=desk.wall,
            pace=AT_ONCE,
            morning=date(2023, 3, 7),
            room=8,
        )
    assert len(claims) == 1


async def test_a_stop_finishes_what_is_under_way_and_begins_nothing_new(
    town: Town, database: Database
) -> None:
    wakers = Wakers()
    async with deliverer_to(
        town.url, database, clock=wall_clock, wall=wall_clock, wakers=wakers
    ) as deliverer:
        desk = Desk(database=database, deliverer=deliverer, town=town, wall=wall_clock())
        await settle_in(desk)
        clockwork = clockwork_around(database, deliverer, wakers)
        await town.fault("hang_before", seconds=READ_SECONDS / 2)
        first, second = await desk.put(LAN, "một"), await desk.put(LAN, "hai")
        running = asyncio.create_task(clockwork.deliver_for_ever())

        async def is_under_way() -> bool:
            return (await desk.row(first)).state is OutboxState.CLAIMED

        await eventually(is_under_way)
        await clockwork.stop()
        await asyncio.wait_for(running, 5)

        assert (await desk.row(first)).state is OutboxState.SENT
        assert (await desk.row(second)).state is OutboxState.QUEUED
        assert await town.texts(LAN) == ["một"]


def clockwork_around(database: Database, deliverer: Deliverer, wakers: Wakers) -> Clockwork:
    return Clockwork(
        database=database,
        timetable=TIMETABLE,
        reception=Reception(
            database, Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=Options()), {}
        ),
        deliverer=deliverer,
        keeper=PlanKeeper(database, (), TIMETABLE),
        watch=Watch(database, hours=HOURS, calendar=TIMETABLE.calendar, clock=wall_clock, wall=wall_clock),
        clock=wall_clock,
        wall=wall_clock,
        wakers=wakers,
    )


async def test_at_telegrams_own_limits_nothing_is_ever_refused(database: Database) -> None:
    wakers = Wakers()
    async with (
        open_town(limits=True) as town,
        deliverer_to(
            town.url, database, clock=wall_clock, wall=wall_clock, pace=Pace(), wakers=wakers
        ) as deliverer,
    ):
        desk = Desk(database=database, deliverer=deliverer, town=town, wall=wall_clock())
        await settle_in(desk)
        for number in await desk.crowd(45):
            await desk.put(number, "một")
        clockwork = clockwork_around(database, deliverer, wakers)
        running = asyncio.create_task(clockwork.deliver_for_ever())

        await quiet(database)
        await clockwork.stop()
        await asyncio.wait_for(running, 5)

        assert Counter(status for _, status in await town.sends()) == {200: 45}


async def test_what_found_no_free_hand_is_looked_at_when_one_is_free(town: Town, database: Database) -> None:
    wakers = Wakers()
    async with deliverer_to(
        town.url, database, clock=wall_clock, wall=wall_clock, wakers=wakers
    ) as deliverer:
        desk = Desk(database=database, deliverer=deliverer, town=town, wall=wall_clock())
        await settle_in(desk)
        people = await desk.crowd(30)
        await town.fault("hang_before", seconds=READ_SECONDS / 4, times=30)
        for number in people[:12]:
            await desk.put(number, "một")
        await deliverer.deliver_waiting()
        for number in people[12:]:
            await desk.put(number, "hai")

        started = await deliverer.deliver_waiting()
        wakers.outbox.clear()
        await deliverer.finish()

        assert started == 0
        assert wakers.outbox.is_set()


async def test_what_goes_back_in_line_is_looked_at_though_nothing_waited_before(
    town: Town, database: Database
) -> None:
    wakers = Wakers()
    async with deliverer_to(
        town.url, database, clock=wall_clock, wall=wall_clock, wakers=wakers
    ) as deliverer:
        desk = Desk(database=database, deliverer=deliverer, town=town, wall=wall_clock())
        await settle_in(desk)
        await town.fault("status", status=502)
        await desk.put(LAN, "một")
        await deliverer.deliver_waiting()
        wakers.outbox.clear()

        await deliverer.finish()

        assert wakers.outbox.is_set()
