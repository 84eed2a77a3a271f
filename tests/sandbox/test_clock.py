import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.clock import ClockRefused, SandboxClock, Stop
from tests.sandbox.hands import LAN, FakeMonotonic, Hands

MARCH = datetime(2023, 3, 1, tzinfo=UTC)


def test_time_runs_at_its_speed_and_stands_still_when_told() -> None:
    time = FakeMonotonic()
    clock = SandboxClock(MARCH, speed=60, monotonic=time)

    time.seconds += 10
    after_ten = clock.now()
    clock.change(running=False)
    time.seconds += 10
    still = clock.now()
    clock.change(running=True, speed=1)
    time.seconds += 10

    assert after_ten == still == MARCH + timedelta(minutes=10)
    assert clock.now() == MARCH + timedelta(minutes=10, seconds=10)


def test_time_jumps_forward_only() -> None:
    clock = SandboxClock(MARCH, monotonic=FakeMonotonic())
    clock.set_stops((Stop(label="hạn", at=MARCH + timedelta(days=30)),))

    clock.jump_to_stop("hạn")

    assert clock.now() == MARCH + timedelta(days=30)
    with pytest.raises(ClockRefused, match="does not run backwards"):
        clock.jump(MARCH)
    with pytest.raises(ClockRefused, match="no stop is called 'kỳ'"):
        clock.jump_to_stop("kỳ")


def test_every_change_of_time_has_a_version_and_new_stops_have_none() -> None:
    clock = SandboxClock(MARCH, monotonic=FakeMonotonic())

    versions = [clock.version]
    clock.change(speed=2)
    versions.append(clock.version)
    clock.jump(MARCH + timedelta(days=1))
    versions.append(clock.version)
    clock.set_stops((Stop(label="x", at=MARCH),))
    versions.append(clock.version)

    assert versions == [1, 2, 3, 3]


def test_messages_are_dated_by_the_sandboxes_clock(sandbox: Hands) -> None:
    sandbox.control("PUT", "/clock", {"now": "2023-03-01T07:00:00+07:00", "running": False})

    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x")

    assert sent["date"] == int(MARCH.timestamp())


def test_the_clock_may_go_back_only_before_anything_was_said(sandbox: Hands) -> None:
    first = sandbox.control("PUT", "/clock", {"now": "2023-03-01T07:00:00+07:00"})
    sandbox.says("x")

    status, words = sandbox.control_error("PUT", "/clock", {"now": "2022-03-01T07:00:00+07:00"})

    assert first["now"].startswith("2023-03-01T07:00:0")
    assert first["now"].endswith("+07:00")
    assert (status, words) == (409, "the clock does not run backwards")


def test_a_long_poll_hears_of_a_jump_to_a_stop(sandbox: Hands) -> None:
    sandbox.control("PUT", "/clock", {"now": "2023-03-01T07:00:00+07:00", "running": False})
    sandbox.control("PUT", "/clock/stops", [{"label": "16/3", "at": "2023-03-16T07:00:00+07:00"}])
    seen = sandbox.control("GET", "/clock")
    answers: list[Any] = []

    def poll() -> None:
        with httpx.Client(timeout=30) as http:
            address = f"{sandbox.url}/control/clock?after={seen['version']}&timeout=25"
            answers.append(http.get(address).json())

    thread = threading.Thread(target=poll)
    thread.start()
    sandbox.control("POST", "/clock/jump", {"label": "16/3"})
    thread.join()

    assert answers[0]["now"] == "2023-03-16T07:00:00+07:00"
    assert answers[0]["version"] != seen["version"]
    assert answers[0]["stops"] == [{"label": "16/3", "at": "2023-03-16T07:00:00+07:00"}]


REFUSED: list[tuple[str, str, object, int]] = [
    ("PUT", "/clock", {"now": "yesterday"}, 400),
    ("PUT", "/clock", {"now": "2023-03-01T07:00:00"}, 400),
    ("PUT", "/clock", {"speed": 0}, 400),
    ("PUT", "/clock", {"running": "yes"}, 400),
    ("PUT", "/clock/stops", {"label": "x"}, 400),
    ("PUT", "/clock/stops", [{"label": "x", "at": "2023-03-01"}], 400),
    ("POST", "/clock/jump", {"to": "1999-01-01T00:00:00Z"}, 409),
    ("POST", "/clock/jump", {"label": "nowhere"}, 400),
    ("POST", "/clock/jump", {}, 400),
]


@pytest.mark.parametrize(("verb", "path", "body", "status"), REFUSED)
def test_what_the_clock_cannot_do_is_refused(
    sandbox: Hands, verb: str, path: str, body: object, status: int
) -> None:
    sandbox.says("x")

    assert sandbox.control_error(verb, path, body)[0] == status
