import httpx
import pytest

from tests.sandbox.hands import LAN
from tests.sandbox.zalo_hands import ZaloHands


def fault(zalo: ZaloHands, kind: str, **more: object) -> None:
    zalo.control("POST", "/faults", {"kind": kind, "platform": "zalo"} | more)


STYLES: list[tuple[str, int, dict[str, object]]] = [
    ("body", 200, {"ok": False, "error_code": 404, "description": "Not Found"}),
    ("status", 404, {"ok": False, "error_code": 404, "description": "Not Found"}),
    ("camel", 404, {"ok": False, "errorCode": 404, "description": "Not Found"}),
]


@pytest.mark.parametrize(("style", "status", "body"), STYLES)
def test_refusals_come_in_the_style_that_is_chosen(
    zalo: ZaloHands, style: str, status: int, body: dict[str, object]
) -> None:
    zalo.control("PUT", "/zalo", {"error_style": style})

    answer = zalo.call("getme")

    assert (answer.status_code, answer.json()) == (status, body)


def test_an_ordered_failure_has_a_style_of_its_own(zalo: ZaloHands) -> None:
    zalo.meet()
    fault(zalo, "status", status=502, style="plain")
    fault(zalo, "status", status=500, style="camel")

    gateway = zalo.call("sendMessage", chat_id=zalo.lan, text="x")
    inside = zalo.call("sendMessage", chat_id=zalo.lan, text="x")

    assert gateway.status_code == 502
    assert gateway.headers["content-type"].startswith("text/html")
    assert "502 Bad Gateway" in gateway.text
    assert (inside.status_code, inside.json()["errorCode"]) == (500, 500)
    assert zalo.refused("getme") == (404, "Not Found")
    assert len(zalo.messages()) == 1


def test_an_ordered_429_does_not_say_when_to_come_again(zalo: ZaloHands) -> None:
    fault(zalo, "status", status=429)

    assert zalo.call("getMe").json() == {"ok": False, "error_code": 429, "description": "Quota exceeded"}


def test_a_flood_is_a_quota_that_comes_back_by_itself(zalo: ZaloHands) -> None:
    fault(zalo, "flood", retry_after=600)

    assert zalo.refused("getMe") == (429, "Quota exceeded")
    assert zalo.refused("getMe") == (429, "Quota exceeded")


def test_a_fault_of_one_platform_spares_the_other(zalo: ZaloHands) -> None:
    zalo.control("POST", "/faults", {"kind": "status", "platform": "telegram"})
    fault(zalo, "status", description="Only here")

    refused = zalo.refused("getMe")

    assert refused == (500, "Only here")
    assert zalo.hands.refused("getMe") == "Internal Server Error"
    assert zalo.ok("getMe")


def test_a_fault_without_a_platform_strikes_both(zalo: ZaloHands) -> None:
    zalo.control("POST", "/faults", {"kind": "status", "times": None})

    assert zalo.refused("getMe")[0] == 500
    assert zalo.hands.refused("getMe") == "Internal Server Error"


def test_a_fault_can_be_for_one_chat_by_its_number_in_the_sandbox(zalo: ZaloHands) -> None:
    zalo.meet()
    zalo.says("han", chat=zalo.group, mention=True)
    fault(zalo, "status", chat_id=zalo.group["id"])

    assert zalo.ok("sendMessage", chat_id=zalo.lan, text="x")
    assert zalo.refused("sendMessage", chat_id=zalo.group["address"], text="x")[0] == 500


@pytest.mark.parametrize(("kind", "sent"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_ends_without_a_byte_of_answer(zalo: ZaloHands, kind: str, sent: int) -> None:
    zalo.meet()
    fault(zalo, kind)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        zalo.call("sendMessage", chat_id=zalo.lan, text="x")

    assert sum(message["outgoing"] for message in zalo.messages()) == sent
    assert zalo.control("GET", "/log")["calls"][-1]["status"] == (200 if sent else 0)


@pytest.mark.parametrize(("kind", "sent"), [("hang_before", 0), ("hang_after", 1)])
def test_who_gives_up_on_a_call_that_hangs_does_not_know_whether_it_counted(
    zalo: ZaloHands, kind: str, sent: int
) -> None:
    zalo.meet()
    fault(zalo, kind, seconds=30)

    with pytest.raises(httpx.ReadTimeout), httpx.Client(timeout=0.2) as http:
        http.post(f"{zalo.url}/sendMessage", json={"chat_id": zalo.lan, "text": "x"})

    assert sum(message["outgoing"] for message in zalo.messages()) == sent


def test_an_answer_that_is_no_json_comes_after_the_message_was_sent(zalo: ZaloHands) -> None:
    zalo.meet()
    fault(zalo, "bad_json")

    answer = zalo.call("sendMessage", chat_id=zalo.lan, text="x")

    with pytest.raises(ValueError, match=r"\w"):
        answer.json()
    assert zalo.messages()[-1]["outgoing"]


def test_the_log_tells_the_platform_and_the_numbers_of_the_sandbox(zalo: ZaloHands) -> None:
    zalo.meet()
    zalo.nothing()
    zalo.ok("sendMessage", chat_id=zalo.lan, text="x")
    zalo.refused("sendMessage", chat_id=zalo.lan, text="")
    zalo.refused("sendMessage", chat_id="0" * 20, text="x")
    zalo.hands.ok("sendMessage", chat_id=LAN, text="x")

    calls = zalo.control("GET", "/log")["calls"]

    number = zalo.private["id"]
    assert [(one["platform"], one["method"], one["chat_id"], one["status"], one["ok"]) for one in calls] == [
        ("zalo", "getUpdates", None, 200, True),
        ("zalo", "sendMessage", number, 200, True),
        ("zalo", "sendMessage", number, 400, False),
        ("zalo", "sendMessage", None, 404, False),
        ("telegram", "sendMessage", LAN, 200, True),
    ]
    assert calls[1]["message_id"] == zalo.messages()[-1]["message_id"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"kind": "status", "platform": "icq"}),
        ("/faults", {"kind": "status", "style": "loud"}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(zalo: ZaloHands, path: str, body: dict[str, object]) -> None:
    assert zalo.hands.control_error("POST", path, body)[0] == 400
