import httpx
import pytest

from tests.sandbox.hands import GROUP, LAN, TOKEN, Hands, eventually


def fault(sandbox: Hands, kind: str, **more: object) -> None:
    sandbox.control("POST", "/faults", {"kind": kind} | more)


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "Internal Server Error"), (502, "Bad Gateway"), (503, "Service Unavailable")],
)
def test_an_ordered_status_strikes_once_and_nothing_is_sent(sandbox: Hands, status: int, words: str) -> None:
    fault(sandbox, "status", status=status)

    answer = sandbox.call("sendMessage", chat_id=LAN, text="x")

    assert (answer.status_code, answer.json()["description"]) == (status, words)
    assert sandbox.messages() == []
    assert sandbox.ok("sendMessage", chat_id=LAN, text="x")


def test_an_ordered_429_carries_its_seconds(sandbox: Hands) -> None:
    fault(sandbox, "status", status=429, retry_after=17)

    answer = sandbox.call("sendMessage", chat_id=LAN, text="x").json()

    assert answer["description"] == "Too Many Requests: retry after 17"
    assert answer["parameters"] == {"retry_after": 17}


def test_a_fault_can_be_for_one_method_or_one_chat(sandbox: Hands) -> None:
    fault(sandbox, "status", method="SendMessage", chat_id=GROUP)

    assert sandbox.ok("getMe")
    assert sandbox.ok("sendMessage", chat_id=LAN, text="x")
    assert sandbox.refused("sendMessage", chat_id=GROUP, text="x") == "Internal Server Error"


@pytest.mark.parametrize("times", [0, None])
def test_a_fault_without_a_count_stays_until_deleted(sandbox: Hands, times: int | None) -> None:
    fault(sandbox, "status", times=times)

    struck = [sandbox.call("getMe").status_code for _ in range(3)]
    left = sandbox.control("GET", "/faults")["faults"]
    sandbox.control("DELETE", "/faults")

    assert struck == [500, 500, 500]
    assert [(one["kind"], one["status"]) for one in left] == [("status", 500)]
    assert sandbox.ok("getMe")


@pytest.mark.parametrize(("kind", "sent"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_ends_without_a_byte_of_answer(sandbox: Hands, kind: str, sent: int) -> None:
    fault(sandbox, kind)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        sandbox.call("sendMessage", chat_id=LAN, text="x")

    assert len(sandbox.messages()) == sent
    assert sandbox.control("GET", "/log")["calls"][-1]["status"] == (0 if sent == 0 else 200)


@pytest.mark.parametrize(("kind", "sent"), [("hang_before", 0), ("hang_after", 1)])
def test_who_gives_up_on_a_call_that_hangs_does_not_know_whether_it_counted(
    sandbox: Hands, kind: str, sent: int
) -> None:
    fault(sandbox, kind, seconds=30)

    with pytest.raises(httpx.ReadTimeout), httpx.Client(timeout=0.2) as http:
        Hands(sandbox.url, http).call("sendMessage", chat_id=LAN, text="x")

    calls = eventually(lambda: sandbox.control("GET", "/log")["calls"], bool)
    assert calls[0]["status"] == (200 if sent else 0)
    assert len(sandbox.messages()) == sent


@pytest.mark.parametrize("kind", ["hang_before", "hang_after"])
def test_who_waits_long_enough_gets_an_answer(sandbox: Hands, kind: str) -> None:
    fault(sandbox, kind, seconds=0.05)

    assert sandbox.ok("sendMessage", chat_id=LAN, text="x")


def test_an_answer_that_is_no_json_comes_after_the_message_was_sent(sandbox: Hands) -> None:
    fault(sandbox, "bad_json")

    answer = sandbox.call("sendMessage", chat_id=LAN, text="x")

    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"\w"):
        answer.json()
    assert len(sandbox.messages()) == 1


def test_a_fault_for_every_method_spares_the_polls_that_are_always_under_way(sandbox: Hands) -> None:
    fault(sandbox, "status")

    assert sandbox.ok("getUpdates") == []
    assert sandbox.refused("getMe") == "Internal Server Error"


def test_polls_can_fail_too(sandbox: Hands) -> None:
    fault(sandbox, "drop_after", method="getUpdates")
    sandbox.says("x")

    with pytest.raises(httpx.HTTPError):
        sandbox.http.get(f"{sandbox.url}/bot{TOKEN}/getUpdates")

    assert len(sandbox.ok("getUpdates")) == 1


def test_a_fault_of_an_unknown_kind_is_refused(sandbox: Hands) -> None:
    status, words = sandbox.control_error("POST", "/faults", {"kind": "gremlin"})

    assert status == 400
    assert words.startswith("kind must be one of status, flood,")


def test_the_log_tells_every_call_but_empty_polls(sandbox: Hands) -> None:
    sandbox.ok("getUpdates")
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x")["message_id"]
    sandbox.refused("sendMessage", chat_id=999, text="x")

    calls = sandbox.control("GET", "/log")["calls"]
    later = sandbox.control("GET", "/log?after=1")["calls"]

    assert [(c["n"], c["method"], c["chat_id"], c["status"], c["ok"]) for c in calls] == [
        (1, "sendMessage", LAN, 200, True),
        (2, "sendMessage", 999, 400, False),
    ]
    assert calls[0]["message_id"] == sent
    assert later == calls[1:]
