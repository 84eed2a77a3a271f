"""SIGKILL between every two steps of receiving, handling, scanning and delivering, on both databases.

A first morning without a death writes down the steps that a bot takes. Then, for each of them, a new morning is lived
through in which the bot dies at that very step, and another one follows it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.database import Database
from tests.app.town import Town, open_town
from tests.crash.databases import Stores
from tests.crash.laws import broken_laws
from tests.crash.office import Morning, move_in

MORNINGS_AT_ONCE = 3
# Without these among its steps the bot would not have been watched.
RECEIVING = {"after the answer to getUpdates", "before the commit of insert inbox"}
DELIVERING = {"before the call of sendMessage", "after the answer to sendMessage"}
GREETINGS = ("getMe", "deleteWebhook", "setMyCommands")
ANSWERING_A_TAP = {"before the call of editMessageText", "after the answer to answerCallbackQuery"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where mornings are lived through."""

    folder: Path
    stores: Stores
    plan: Path


@asynccontextmanager
async def morning_in(place: Place, town: Town, name: str) -> AsyncIterator[Morning]:
    url = await place.stores.copy(name)
    database = Database(url)
    try:
        await move_in(town)
        yield Morning(
            town=town,
            database=database,
            database_url=url,
            plan=place.plan,
            steps=place.folder / f"{name}.steps",
        )
    finally:
        await database.close()
        await place.stores.forget(name)


@dataclass(frozen=True, kw_only=True)
class Death:
    """Where the bot died, if it came so far, and which laws were broken after it."""

    at: str | None
    broken: list[str]


async def live_and_die(place: Place, numbered: Iterator[tuple[int, str]]) -> dict[str, Death | Exception]:
    """One morning for each step, in a town of our own."""
    deaths: dict[str, Death | Exception] = {}
    async with open_town() as town:
        for number, step in numbered:
            try:
                async with morning_in(place, town, f"step_{number}") as morning:
                    await morning.live_through(step)
                    deaths[step] = Death(at=morning.died_at, broken=await broken_laws(morning))
            except Exception as error:
                deaths[step] = error
    return deaths


async def test_wherever_the_bot_dies_nothing_is_lost_and_nothing_is_repeated_without_saying_so(
    tmp_path: Path, stores: Stores, plan_file: Path, subtests: pytest.Subtests
) -> None:
    place = Place(folder=tmp_path, stores=stores, plan=plan_file)
    async with open_town() as town, morning_in(place, town, "undisturbed") as undisturbed:
        await undisturbed.live_through(None)
        assert await broken_laws(undisturbed) == []
        taken = undisturbed.steps.read_text(encoding="utf-8").splitlines()
    # Greeting the server changes nothing, neither here nor there.
    steps = [step for step in taken if not any(greeting in step for greeting in GREETINGS)]

    numbered = enumerate(steps)
    parts = await asyncio.gather(*(live_and_die(place, numbered) for _ in range(MORNINGS_AT_ONCE)))

    deaths = {step: death for part in parts for step, death in part.items()}
    for step in steps:
        with subtests.test(step):
            death = deaths[step]
            if isinstance(death, Exception):
                raise death
            assert death.broken == []
    # Updates that come close together are handled in one transaction or in several: a step may have another name, or not
    # come at all, in the morning that was to die there. But each kind of step must have been died at.
    died_at = {kind(death.at) for death in deaths.values() if isinstance(death, Death) and death.at}
    assert died_at >= RECEIVING | DELIVERING | ANSWERING_A_TAP
    for change in (
        {"insert notices"},
        {"insert outbox", "update inbox"},
        {"update outbox"},
    ):
        assert any(change <= written(step) for step in died_at), change


def written(step: str) -> set[str]:
    """What is committed there."""
    _, of, what = step.partition("commit of ")
    return set(what.split(" + ")) if of else set()


def kind(step: str) -> str:
    """The step without its number."""
    return step.rpartition(", ")[0]
