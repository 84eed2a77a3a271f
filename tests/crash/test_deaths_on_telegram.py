"""A bot on Telegram that dies at any of its steps, on both databases."""

import pytest

from tests.crash.customs import ON_TELEGRAM, Customs
from tests.crash.deaths import (
    DELIVERING,
    HANDLING_AND_SCANNING,
    RECEIVING,
    Place,
    die_everywhere,
    were_committed,
)

ANSWERING_A_TAP = {"before the call of editMessageText", "after the answer to answerCallbackQuery"}


@pytest.fixture
def customs() -> Customs:
    return ON_TELEGRAM


async def test_wherever_the_bot_dies_nothing_is_lost_and_nothing_is_repeated_without_saying_so(
    place: Place, subtests: pytest.Subtests
) -> None:
    died_at = await die_everywhere(place, subtests)

    assert died_at >= RECEIVING | DELIVERING | ANSWERING_A_TAP
    assert were_committed(died_at, *HANDLING_AND_SCANNING)
