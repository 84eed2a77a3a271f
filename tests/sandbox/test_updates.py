import threading
from typing import Any

import httpx
import pytest

from sandbox.update_queue import KEPT_SECONDS, UpdateQueue
from tests.sandbox.hands import GROUP, LAN, MINH, Hands


def texts(updates: Any) -> list[str]:
    return [update["message"]["text"] for update in updates]


def test_updates_stay_until_a_higher_offset_confirms_them(sandbox: Hands) -> None:
    sandbox.says("một")
    sandbox.says("hai")

    first = sandbox.ok("getUpdates")
    again = sandbox.ok("getUpdates", offset=first[0]["update_id"])
    rest = sandbox.ok("getUpdates", offset=first[1]["update_id"])

    assert texts(first) == texts(again) == ["một", "hai"]
    assert texts(rest) == ["hai"]
    assert texts(sandbox.ok("getUpdates")) == ["hai"]


def test_a_negative_offset_forgets_all_but_the_last(sandbox: Hands) -> None:
    for text in ("một", "hai", "ba"):
        sandbox.says(text)

    assert texts(sandbox.ok("getUpdates", offset=-2)) == ["hai", "ba"]
    assert texts(sandbox.ok("getUpdates")) == ["hai", "ba"]


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (2, 2), (0, 3), (101, 3)])
def test_a_limit_outside_1_to_100_means_100(sandbox: Hands, limit: int, given: int) -> None:
    for text in ("một", "hai", "ba"):
        sandbox.says(text)

    assert len(sandbox.ok("getUpdates", limit=limit)) == given


def test_allowed_updates_hold_until_they_are_given_again(sandbox: Hands) -> None:
    sandbox.ok("getUpdates", allowed_updates=["callback_query"])
    sandbox.ok("getUpdates")
    sandbox.says("not wanted")
    sandbox.ok("getUpdates", allowed_updates=[])
    sandbox.says("wanted")

    assert texts(sandbox.ok("getUpdates")) == ["wanted"]


def test_by_default_some_kinds_of_updates_are_left_out() -> None:
    queue = UpdateQueue()

    assert queue.add("message", {}) is not None
    assert queue.add("chat_member", {}) is None
    assert queue.add("message_reaction", {}) is None


def test_updates_are_kept_for_a_day() -> None:
    now = 0.0
    queue = UpdateQueue(real_time=lambda: now)
    queue.add("message", {})

    now = KEPT_SECONDS + 1.0

    assert len(queue) == 0


def test_a_long_poll_ends_when_an_update_arrives(sandbox: Hands) -> None:
    answers: list[Any] = []

    def poll() -> None:
        with httpx.Client(timeout=30) as http:
            answers.append(Hands(sandbox.url, http).ok("getUpdates", timeout=25))

    thread = threading.Thread(target=poll)
    thread.start()
    sandbox.says("chào")
    thread.join()

    assert texts(answers[0]) == ["chào"]


async def test_a_newer_poll_makes_the_older_one_answer_409(sandbox: Hands) -> None:
    import asyncio

    address = f"{sandbox.url}/bot2023:SANDBOX-TOKEN/getUpdates"
    async with httpx.AsyncClient(timeout=30) as http:
        polls = [asyncio.create_task(http.post(address, json={"timeout": 25})) for _ in range(2)]
        done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        (older,) = (task.result() for task in done)
        await asyncio.to_thread(sandbox.says, "chào")
        (newer,) = [await task for task in waiting]

    assert older.status_code == 409
    assert older.json()["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert texts(newer.json()["result"]) == ["chào"]


PRIVACY: list[tuple[dict[str, object], bool]] = [
    ({"text": "chào mọi người"}, False),
    ({"text": "/due"}, True),
    ({"text": "/due@nhacviec_bot"}, True),
    ({"text": "/due@NhacViec_Bot"}, True),
    ({"text": "/due@other_bot"}, False),
    ({"text": "@nhacviec_bot ơi"}, True),
    ({"text": "@other_bot ơi"}, False),
    ({"text": "chào", "privacy": False}, True),
]


@pytest.mark.parametrize(("said", "seen"), PRIVACY)
def test_in_a_group_the_bot_sees_only_what_is_meant_for_it(
    sandbox: Hands, said: dict[str, object], seen: bool
) -> None:
    sandbox.control("POST", f"/chats/{GROUP}/messages", {"from": MINH} | said)

    assert bool(sandbox.ok("getUpdates")) is seen


def test_in_a_group_the_bot_sees_replies_to_itself_and_no_other_replies(sandbox: Hands) -> None:
    mine = sandbox.ok("sendMessage", chat_id=GROUP, text="x")["message_id"]
    other = sandbox.says("y", chat=GROUP)["message_id"]

    sandbox.says("to the bot", chat=GROUP, reply_to_message_id=mine)
    sandbox.says("to Lan", chat=GROUP, reply_to_message_id=other)

    assert texts(sandbox.ok("getUpdates")) == ["to the bot"]


def test_an_edit_by_a_person_is_an_edited_message(sandbox: Hands) -> None:
    said = sandbox.says("/due")["message_id"]

    sandbox.control("PATCH", f"/chats/{LAN}/messages/{said}", {"text": "/done 2.6a"})

    update = sandbox.ok("getUpdates")[1]
    assert update["edited_message"]["text"] == "/done 2.6a"
    assert update["edited_message"]["edit_date"]


def test_a_raw_update_is_handed_out_as_it_is(sandbox: Hands) -> None:
    number = sandbox.control("POST", "/updates", {"message": {"nonsense": [1, None]}})["update_id"]

    assert sandbox.ok("getUpdates") == [{"update_id": number, "message": {"nonsense": [1, None]}}]
