"""SIGKILL between every two steps of receiving, handling, scanning and delivering.

A first morning without a death writes down the steps that a bot takes. Then, for each of them, a new morning is lived
through in which the bot dies at that very step, and another one follows it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.database import Database
from tests.app.town import Town, open_town
from tests.crash.customs import Customs
from tests.crash.databases import Stores
from tests.crash.laws import broken_laws
from tests.crash.office import Morning, move_in

MORNINGS_AT_ONCE = 3
# Updates that come close together are handled in one transaction or in several: a step may have another name, or not come at
# all, in the morning that was to die there. But each kind of step must have been died at, or the bot was not watched.
RECEIVING = {"after the answer to getUpdates", "before the commit of insert inbox"}
DELIVERING = {"before the call of sendMessage", "after the answer to sendMessage"}
HANDLING_AND_SCANNING = ({"insert notices"}, {"insert outbox", "update inbox"}, {"update outbox"})
GREETINGS = ("getMe", "deleteWebhook", "setMyCommands")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where mornings are lived through."""

    folder: Path
    stores: Stores
    plan: Path
    customs: Customs


@asynccontextmanager
async def morning_in(place: Place, town: Town, name: str) -> AsyncIterator[Morning]:
    url = await place.stores.copy(name)
    database = Database(url)
    try:
        await move_in(town, place.customs)
        yield Morning(
            customs=place.customs,
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


async def die_everywhere(
    place: Place, subtests: pytest.Subtests, *, only: Callable[[list[str]], list[str]] = list
) -> set[str]:
    """Live through a morning without a death, and then die once at each of its steps, or at some `only`; the laws hold after
    each death. Returns the kinds of steps at which a bot died."""
    async with open_town() as town, morning_in(place, town, "undisturbed") as undisturbed:
        await undisturbed.live_through(None)
        assert await broken_laws(undisturbed) == []
        taken = undisturbed.steps.read_text(encoding="utf-8").splitlines()
    # Greeting the server changes nothing, neither here nor there.
    steps = only([step for step in taken if not any(greeting in step for greeting in GREETINGS)])

    numbered = enumerate(steps)
    parts = await asyncio.gather(*(live_and_die(place, numbered) for _ in range(MORNINGS_AT_ONCE)))

    deaths = {step: death for part in parts for step, death in part.items()}
    for step in steps:
        with subtests.test(step):
            death = deaths[step]
            if isinstance(death, Exception):
                raise death
            assert death.broken == []
    return {kind(death.at) for death in deaths.values() if isinstance(death, Death) and death.at}


def first_of_each_kind(steps: list[str]) -> list[str]:
    return list({kind(step): step for step in reversed(steps)}.values())[::-1]


def were_committed(died_at: set[str], *changes: set[str]) -> bool:
    """Whether bots died over commits of all these changes, each perhaps with others."""
    return all(any(change <= written(step) for step in died_at) for change in changes)


def written(step: str) -> set[str]:
    """What is committed there."""
    _, of, what = step.partition("commit of ")
    return set(what.split(" + ")) if of else set()


def kind(step: str) -> str:
    """The step without its number."""
    return step.rpartition(", ")[0]
