"""SIGKILL between every two steps of receiving, handling, scanning and delivering, on both databases.

A first morning without a death writes down the steps that a bot takes. Then, for each of them, a new morning is lived
through in which the bot dies at that very step, and another one follows it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from store.database import Database
from tests.app.town import open_town
from tests.crash.databases import Stores
from tests.crash.laws import broken_laws
from tests.crash.office import Morning, move_in

MORNINGS_AT_ONCE = 3
# Without these among its steps the bot would not have been watched.
RECEIVING = {"after the answer to getUpdates", "before the commit of insert inbox"}
HANDLING = {"before the commit of insert outbox + update inbox"}
DELIVERING = {"before the call of sendMessage", "after the answer to sendMessage"}
ANSWERING_A_TAP = {"before the call of editMessageText", "after the answer to answerCallbackQuery"}


@asynccontextmanager
async def morning_in(folder: Path, stores: Stores, plan_file: Path, name: str) -> AsyncIterator[Morning]:
    database = Database(await stores.copy(name))
    try:
        async with open_town() as town:
            await move_in(town)
            yield Morning(town=town, database=database, plan=plan_file, steps=folder / f"{name}.steps")
    finally:
        await database.close()
        await stores.forget(name)


async def test_wherever_the_bot_dies_nothing_is_lost_and_nothing_is_repeated_without_saying_so(
    tmp_path: Path, stores: Stores, plan_file: Path, subtests: pytest.Subtests
) -> None:
    async with morning_in(tmp_path, stores, plan_file, "undisturbed") as undisturbed:
        await undisturbed.live_through(None)
        assert await broken_laws(undisturbed) == []
        steps = undisturbed.steps.read_text(encoding="utf-8").splitlines()
    at_work = asyncio.Semaphore(MORNINGS_AT_ONCE)

    async def live_and_die(number: int, step: str) -> tuple[str | None, list[str]]:
        async with at_work, morning_in(tmp_path, stores, plan_file, f"step_{number}") as morning:
            await morning.live_through(step)
            return morning.died_at, await broken_laws(morning)

    lived = await asyncio.gather(
        *(live_and_die(number, step) for number, step in enumerate(steps)), return_exceptions=True
    )

    died_at = set()
    for step, came_of_it in zip(steps, lived, strict=True):
        with subtests.test(step):
            if isinstance(came_of_it, BaseException):
                raise came_of_it
            death, broken = came_of_it
            died_at.add(kind(death or ""))
            assert broken == []
    # One that is not reached every time (a poll more or less) was struck another time.
    kinds = {kind(step) for step in steps}
    assert kinds >= RECEIVING | HANDLING | DELIVERING | ANSWERING_A_TAP
    assert any("insert notices" in step for step in kinds)
    assert kinds <= died_at


def kind(step: str) -> str:
    """The step without its number."""
    return step.rpartition(", ")[0]
