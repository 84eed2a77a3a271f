from collections.abc import Iterator

import httpx
import pytest

from sandbox.limits import FloodLimits, LimitSettings
from sandbox.server import create_app, serve
from sandbox.world import Settings
from tests.sandbox.hands import GROUP, LAN, FakeMonotonic, Hands


def test_a_chat_bears_a_short_burst_and_then_one_message_a_second() -> None:
    time = FakeMonotonic()
    limits = FloodLimits(LimitSettings(burst=3), monotonic=time)

    burst = [limits.seconds_to_wait(LAN, is_group=False) for _ in range(4)]
    time.seconds += 1
    second = [limits.seconds_to_wait(LAN, is_group=False) for _ in range(2)]

    assert burst == [0, 0, 0, 1]
    assert second == [0, 1]


def test_a_group_gets_twenty_messages_a_minute() -> None:
    time = FakeMonotonic()
    limits = FloodLimits(monotonic=time)

    sent = 0
    for _ in range(30):
        sent += limits.seconds_to_wait(GROUP, is_group=True) == 0
        time.seconds += 1
    wait = limits.seconds_to_wait(GROUP, is_group=True)
    time.seconds += wait

    assert sent == 20
    assert wait == 30
    assert limits.seconds_to_wait(GROUP, is_group=True) == 0


def test_all_chats_together_get_thirty_messages_a_second() -> None:
    time = FakeMonotonic()
    limits = FloodLimits(monotonic=time)

    waits = [limits.seconds_to_wait(number, is_group=False) for number in range(40)]
    time.seconds += 1
    later = [limits.seconds_to_wait(number, is_group=False) for number in range(100, 140)]

    assert waits == [0] * 30 + [1] * 10
    assert later == [0] * 30 + [1] * 10


@pytest.fixture
def strict() -> Iterator[tuple[Hands, FakeMonotonic]]:
    """A sandbox with flood limits whose seconds pass only when the test says so."""
    time = FakeMonotonic()
    settings = Settings(limits=LimitSettings(burst=2), monotonic=time)
    with serve(create_app(settings)) as url, httpx.Client(timeout=10) as http:
        hands = Hands(url, http)
        hands.office()
        yield hands, time


def test_a_refused_message_says_how_long_to_wait_and_is_not_sent(
    strict: tuple[Hands, FakeMonotonic],
) -> None:
    sandbox, time = strict
    for _ in range(2):
        sandbox.ok("sendMessage", chat_id=LAN, text="x")

    answer = sandbox.call("sendMessage", chat_id=LAN, text="y")

    assert answer.status_code == 429
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert len(sandbox.messages()) == 2
    time.seconds += 1
    assert sandbox.ok("sendMessage", chat_id=LAN, text="y")


def test_edits_in_a_group_count_too(strict: tuple[Hands, FakeMonotonic]) -> None:
    sandbox, _ = strict
    sent = sandbox.ok("sendMessage", chat_id=GROUP, text="0")["message_id"]
    sandbox.ok("editMessageText", chat_id=GROUP, message_id=sent, text="1")

    words = sandbox.refused("editMessageText", chat_id=GROUP, message_id=sent, text="2")

    assert words == "Too Many Requests: retry after 1"


def test_a_message_that_is_refused_for_its_content_costs_nothing(
    strict: tuple[Hands, FakeMonotonic],
) -> None:
    sandbox, _ = strict
    for _ in range(5):
        sandbox.refused("sendMessage", chat_id=LAN, text="<b", parse_mode="HTML")

    assert sandbox.ok("sendMessage", chat_id=LAN, text="x")


def test_limits_can_be_changed_and_switched_off(strict: tuple[Hands, FakeMonotonic]) -> None:
    sandbox, _ = strict

    changed = sandbox.control("PUT", "/limits", {"burst": 1, "per_second": 5})
    sandbox.ok("sendMessage", chat_id=LAN, text="x")
    refused = sandbox.refused("sendMessage", chat_id=LAN, text="x")
    sandbox.control("PUT", "/limits", {"enabled": False})

    assert changed["burst"] == 1
    assert refused == "Too Many Requests: retry after 1"
    assert all(sandbox.ok("sendMessage", chat_id=LAN, text="x") for _ in range(50))


def test_a_limit_that_makes_no_sense_is_refused(strict: tuple[Hands, FakeMonotonic]) -> None:
    sandbox, _ = strict

    assert sandbox.control_error("PUT", "/limits", {"per_second": 0})[0] == 400
    assert sandbox.control_error("PUT", "/limits", {"per_year": 1}) == (
        400,
        "there is no limit called 'per_year'",
    )


def test_a_flood_of_the_whole_bot_lasts_as_long_as_it_says(strict: tuple[Hands, FakeMonotonic]) -> None:
    sandbox, time = strict
    sandbox.control("POST", "/faults", {"kind": "flood", "retry_after": 7})

    first = sandbox.call("sendMessage", chat_id=LAN, text="x").json()
    time.seconds += 5
    second = sandbox.call("getMe").json()
    time.seconds += 2

    assert first["parameters"] == {"retry_after": 7}
    assert second["parameters"] == {"retry_after": 2}
    assert sandbox.ok("sendMessage", chat_id=LAN, text="x")
