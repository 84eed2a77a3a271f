import pytest

from tests.sandbox.hands import LAN, MINH
from tests.sandbox.zalo_hands import ZaloHands


@pytest.fixture
def strict(zalo: ZaloHands) -> ZaloHands:
    """Limits hold, and Telegram's are out of the way."""
    zalo.control("PUT", "/limits", {"enabled": True, "per_second": 1000, "per_chat_per_second": 1000})
    return zalo


def send(zalo: ZaloHands) -> object:
    return zalo.call("sendMessage", chat_id=zalo.lan, text="x").json().get("error_code")


def test_a_plan_has_so_many_messages_in_a_month(strict: ZaloHands) -> None:
    strict.control("PUT", "/limits", {"zalo_per_month": 2})
    strict.meet()

    outcomes = [send(strict) for _ in range(3)]

    assert outcomes == [None, None, 429]
    assert strict.refused("sendSticker", chat_id=strict.lan, sticker="1") == (429, "Quota exceeded")
    assert strict.state()["sent_this_month"] == 2
    assert sum(message["outgoing"] for message in strict.messages()) == 2


def test_a_new_month_in_vietnam_begins_anew(strict: ZaloHands) -> None:
    strict.control("PUT", "/clock", {"now": "2030-03-31T23:30:00+07:00", "running": False})
    strict.control("PUT", "/limits", {"zalo_per_month": 1})
    strict.meet()

    before = [send(strict), send(strict)]
    strict.control("POST", "/clock/jump", {"to": "2030-04-01T00:00:00+07:00"})
    after = [send(strict), send(strict)]

    assert before == after == [None, 429]
    assert (strict.state()["month"], strict.state()["sent_this_month"]) == ("2030-04", 1)


def test_a_message_that_is_refused_costs_nothing(strict: ZaloHands) -> None:
    strict.control("PUT", "/limits", {"zalo_per_month": 1})
    strict.meet()
    strict.refused("sendMessage", chat_id=strict.lan, text="")
    strict.refused("sendMessage", chat_id=strict.group["address"], text="x")

    assert send(strict) is None


def test_a_plan_has_so_many_people(strict: ZaloHands) -> None:
    strict.control("PUT", "/limits", {"zalo_users": 1})
    strict.meet()
    other = strict.chat(type="private", members=[MINH])

    in_private = strict.says("chào", who=MINH, chat=other)
    in_group = strict.says("han", who=MINH, chat=strict.group, mention=True)

    assert (in_private["reached"], in_group["reached"]) == (False, False)
    assert strict.nothing()
    assert strict.refused("sendMessage", chat_id=other["address"], text="x")[0] == 403
    assert strict.says("han", who=LAN, chat=strict.group, mention=True)["reached"]


def test_a_person_who_found_no_place_may_come_when_there_is_one(strict: ZaloHands) -> None:
    strict.control("PUT", "/limits", {"zalo_users": 0})
    shut_out = strict.says("chào")["reached"]

    strict.control("PUT", "/limits", {"zalo_users": None})

    assert not shut_out
    assert strict.says("chào")["reached"]
    assert strict.state()["users"] == 1


def test_without_limits_nothing_is_counted_out(zalo: ZaloHands) -> None:
    zalo.control("PUT", "/limits", {"enabled": False, "zalo_per_month": 0, "zalo_users": 0})
    zalo.meet()

    assert send(zalo) is None
    assert zalo.state()["messages_allowed"] is None


def test_the_usual_plan_is_the_basic_one(strict: ZaloHands) -> None:
    state = strict.state()

    assert (state["messages_allowed"], state["users_allowed"]) == (3_000, 50)


@pytest.mark.parametrize("value", [-1, 1.5, "many", True])
@pytest.mark.parametrize("name", ["zalo_per_month", "zalo_users"])
def test_a_limit_that_makes_no_sense_is_refused(zalo: ZaloHands, name: str, value: object) -> None:
    assert zalo.hands.control_error("PUT", "/limits", {name: value}) == (
        400,
        f"{name} must be a whole number or null",
    )
