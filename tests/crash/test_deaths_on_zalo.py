"""A bot on Zalo that dies at any of its steps: what is not yet in the inbox is lost with it, and nothing else."""

import pytest

from tests.crash.customs import ON_ZALO, Customs
from tests.crash.databases import SqliteStores
from tests.crash.deaths import (
    DELIVERING,
    HANDLING_AND_SCANNING,
    RECEIVING,
    Place,
    die_everywhere,
    first_of_each_kind,
    were_committed,
)

# What a bot there does otherwise than on Telegram: it takes in one event after the other, gives numbers to choices before a
# message leaves, notes what rides in it, and counts what left.
ITS_OWN = ("getUpdates", "insert inbox", "offers", "monthly_sends", "sendMessage")
NUMBERING, COUNTING = {"insert offers"}, {"insert monthly_sends", "update outbox"}


@pytest.fixture
def customs() -> Customs:
    return ON_ZALO


def its_own(steps: list[str]) -> list[str]:
    return first_of_each_kind([step for step in steps if any(word in step for word in ITS_OWN)])


async def test_wherever_the_bot_dies_nothing_is_lost_but_the_word_that_it_had_just_been_handed(
    place: Place, subtests: pytest.Subtests
) -> None:
    everywhere = isinstance(place.stores, SqliteStores)

    died_at = await die_everywhere(place, subtests, only=list if everywhere else its_own)

    assert died_at >= RECEIVING | DELIVERING
    assert were_committed(died_at, NUMBERING, COUNTING, *(HANDLING_AND_SCANNING if everywhere else ()))
