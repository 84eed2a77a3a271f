import json
from pathlib import Path

import httpx

from tests.sandbox.hands import Hands
from tests.sandbox.test_persistence import program
from tests.sandbox.zalo_hands import ZaloHands, meet_on_zalo

WEBHOOK = {"url": "http://127.0.0.1:9/zalo", "secret_token": "Nhac_Viec-2023"}


def test_a_second_start_continues_on_zalo_too(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    with program(state, "--clock-from", "2023-03-01T07:00:00+07:00") as (sandbox, _):
        sandbox.office()
        sandbox.control("PUT", "/clock", {"running": False})
        first = meet_on_zalo(sandbox)
        first.meet()
        first.ok(
            "sendMessage", chat_id=first.lan, text="Hạn", text_styles=[{"start": 0, "len": 3, "st": ["b"]}]
        )
        first.says("còn chờ")
        before = sandbox.control("GET", "/state")

    with program(state) as (sandbox, _):
        after = sandbox.control("GET", "/state")
        again = ZaloHands(sandbox, private=first.private, group=first.group)

        assert after["zalo"] == before["zalo"]
        assert after["chats"] == before["chats"]
        assert again.event()["message"]["text"] == "còn chờ"
        assert again.ok("sendMessage", chat_id=first.lan, text="x")


def test_a_webhook_survives_a_second_start(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    with program(state) as (sandbox, _):
        sandbox.office()
        zalo = meet_on_zalo(sandbox)
        zalo.refused("setWebhook", **WEBHOOK)
        info = zalo.ok("getWebhookInfo")

    with program(state) as (sandbox, _):
        again = ZaloHands(sandbox, private=zalo.private, group=zalo.group)

        assert again.ok("getWebhookInfo") == info
        assert info["url"] == WEBHOOK["url"]


def test_a_state_file_from_before_zalo_still_loads(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    with program(state) as (sandbox, _):
        sandbox.office()
        sandbox.says("chào")
    content = json.loads(state.read_bytes())
    del content["world"]["zalo"]
    for chat in content["chats"]:
        del chat["platform"]
    state.write_text(json.dumps(content))

    with program(state) as (sandbox, _):
        assert {chat["platform"] for chat in sandbox.control("GET", "/state")["chats"]} == {"telegram"}
        assert sandbox.messages()[0]["text"] == "chào"
        meet_on_zalo(sandbox).meet()


def test_the_token_on_zalo_is_an_option_of_the_program(tmp_path: Path) -> None:
    with program(tmp_path / "sandbox.json", "--zalo-token", "77:other") as (sandbox, _):
        mine = httpx.get(f"{sandbox.url}/zalo/bot77:other/getMe").json()
        usual = ZaloHands(Hands(sandbox.url, sandbox.http), private={}, group={})

        assert mine["result"]["id"] == "77"
        assert usual.refused("getMe") == (401, "Unauthorized")
