"""The client of the Zalo Bot Platform: what it asks, and what it makes of whatever answers."""

import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from app.logs import redact
from bot.zalo import api as zalo
from bot.zalo.api import Me, SentMessage, TextStyle, ZaloApi, ZaloError
from tests.bot.zalo.lan import TOKEN as SANDBOX_TOKEN
from tests.bot.zalo.lan import Lan
from tests.bot.zalo.platform import TOKEN, Platform, open_api, open_platform, response

SECRET_PART = TOKEN.partition(":")[2]
Call = Callable[[ZaloApi], Awaitable[object]]
DONE = {"ok": True, "result": {"message_id": "m1", "date": 1749632637199}}
HOOK = {"ok": True, "result": {"url": "https://nhacviec.vn/zalo", "updated_at": 1749538250568}}
# Observed on a real bot on which none is set, with HTTP status 404.
NO_HOOK = {"ok": False, "description": "Not Found", "error_code": 404}
NOTHING_CAME = {"ok": False, "description": "Request timeout", "error_code": 408}
EVENT = {"event_name": "message.text.received", "message": {"text": "hạn"}}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as opened:
        yield opened


@pytest.fixture
async def api(platform: Platform) -> AsyncIterator[ZaloApi]:
    async with open_api(platform.url) as opened:
        yield opened


METHODS: dict[str, tuple[Call, object, object, object]] = {
    "getMe": (
        lambda api: api.get_me(),
        {},
        {"ok": True, "result": {"id": "1", "account_name": "Bot Nhắc Việc", "can_join_groups": True}},
        Me(id="1", name="Bot Nhắc Việc", can_join_groups=True),
    ),
    "getUpdates": (lambda api: api.get_updates(30), {"timeout": "30"}, {"ok": True, "result": EVENT}, EVENT),
    "sendMessage": (
        lambda api: api.send_message("c", "hai", [TextStyle(start=0, length=2, styles=("b", "i"))]),
        {"chat_id": "c", "text": "hai", "text_styles": [{"start": 0, "len": 2, "st": ["b", "i"]}]},
        DONE,
        SentMessage(id="m1", date=1749632637199),
    ),
    "sendPhoto": (
        lambda api: api.send_photo("c", "https://nhacviec.vn/a.png", "ảnh"),
        {"chat_id": "c", "photo": "https://nhacviec.vn/a.png", "caption": "ảnh"},
        DONE,
        SentMessage(id="m1", date=1749632637199),
    ),
    "sendSticker": (
        lambda api: api.send_sticker("c", "s"),
        {"chat_id": "c", "sticker": "s"},
        DONE,
        SentMessage(id="m1", date=1749632637199),
    ),
    "sendChatAction": (
        lambda api: api.send_typing("c"),
        {"chat_id": "c", "action": "typing"},
        {"ok": True},
        None,
    ),
    "setWebhook": (
        lambda api: api.set_webhook("https://nhacviec.vn/zalo", "s" * 8),
        {"url": "https://nhacviec.vn/zalo", "secret_token": "s" * 8},
        HOOK,
        None,
    ),
    "getWebhookInfo": (lambda api: api.webhook_url(), {}, HOOK, "https://nhacviec.vn/zalo"),
    "deleteWebhook": (
        lambda api: api.delete_webhook(),
        {},
        {"ok": True, "result": {"url": "", "updated_at": 1749538250568}},
        None,
    ),
}


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_asks_and_answers_as_documented(
    platform: Platform, api: ZaloApi, method: str
) -> None:
    call, asked, answer, found = METHODS[method]
    platform.says(answer)

    assert await call(api) == found
    assert platform.asked == [(f"/bot{TOKEN}/{method}", asked)]


async def test_what_is_not_said_is_left_out(platform: Platform, api: ZaloApi) -> None:
    platform.says(DONE)

    await api.send_message("c", "hai")
    await api.send_photo("c", "p")

    assert [said for _, said in platform.asked] == [
        {"chat_id": "c", "text": "hai"},
        {"chat_id": "c", "photo": "p"},
    ]


async def test_an_answer_that_says_what_more_it_knows_is_understood(platform: Platform, api: ZaloApi) -> None:
    platform.says({"ok": True, "result": {"message_id": "m1"}, "error_code": 0, "new": [1]})

    assert await api.send_message("c", "hai") == SentMessage(id="m1", date=0)


CODES = [
    (400, zalo.Refused),
    (401, zalo.TokenRefused),
    (403, zalo.Refused),
    (404, zalo.Refused),
    (408, zalo.TimedOut),
    (425, zalo.Refused),
    (429, zalo.QuotaExceeded),
    (500, zalo.Unavailable),
    (503, zalo.Unavailable),
    (-216, zalo.Refused),
]


@pytest.mark.parametrize("name", ["error_code", "errorCode"])
@pytest.mark.parametrize("with_status", [False, True], ids=["HTTP 200", "its status"])
@pytest.mark.parametrize(("code", "kind"), CODES)
async def test_a_refusal_is_told_by_its_code_however_it_comes(
    platform: Platform, api: ZaloApi, code: int, kind: type[zalo.Refused], with_status: bool, name: str
) -> None:
    status = code if with_status and code > 0 else 200
    platform.says({"ok": False, name: code, "description": "so it is"}, status=status)

    with pytest.raises(zalo.Refused) as caught:
        await api.send_message("c", "hai")

    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.description) == (code, "so it is")


@pytest.mark.parametrize("words", ["Internal server error", "INTERNAL ERROR", "Forbidden: internal error"])
async def test_a_403_that_speaks_of_an_internal_error_is_the_platforms_own_failure(
    platform: Platform, api: ZaloApi, words: str
) -> None:
    platform.says({"ok": False, "error_code": 403, "description": words})

    with pytest.raises(zalo.Unavailable, match=words):
        await api.send_message("c", "hai")


async def test_a_long_description_is_cut_and_a_missing_one_said(platform: Platform, api: ZaloApi) -> None:
    platform.says({"ok": False, "error_code": 400, "description": "x" * 9000})
    platform.says({"ok": False, "error_code": 400, "description": ["x"]})

    for words in ("x" * 200, "without a description"):
        with pytest.raises(zalo.Refused) as caught:
            await api.get_me()
        assert caught.value.description == words


@pytest.mark.parametrize("status", [200, 408])
async def test_a_poll_that_brings_nothing_is_no_error(platform: Platform, api: ZaloApi, status: int) -> None:
    platform.says(NOTHING_CAME, status=status)

    assert await api.get_updates(0) is None


@pytest.mark.parametrize("result", [{"result": {}}, {"result": []}, {"result": None}, {}])
async def test_a_poll_that_brings_an_empty_result_brings_nothing(
    platform: Platform, api: ZaloApi, result: dict[str, object]
) -> None:
    platform.says({"ok": True} | result)

    assert await api.get_updates(0) is None


async def test_a_poll_that_brings_what_is_no_event_is_unreadable(platform: Platform, api: ZaloApi) -> None:
    platform.says({"ok": True, "result": [EVENT]})

    with pytest.raises(zalo.Unreadable):
        await api.get_updates(0)


@pytest.mark.parametrize("status", [200, 404])
async def test_no_webhook_is_no_address_and_nothing_to_delete(
    platform: Platform, api: ZaloApi, status: int
) -> None:
    platform.says(NO_HOOK, status=status)

    assert await api.webhook_url() == ""
    await api.delete_webhook()


@pytest.mark.parametrize(
    ("code", "kind"), [(401, zalo.TokenRefused), (403, zalo.Refused), (429, zalo.QuotaExceeded)]
)
async def test_a_webhook_that_cannot_be_asked_about_is_not_taken_for_none(
    platform: Platform, api: ZaloApi, code: int, kind: type[ZaloError]
) -> None:
    platform.says({"ok": False, "error_code": code})

    with pytest.raises(kind):
        await api.webhook_url()
    with pytest.raises(kind):
        await api.delete_webhook()


UNREADABLE = {
    "a page": response(b"<html>502 Bad Gateway</html>", status=502),
    "nothing": response(b""),
    "cut": response(b'{"ok":true,"result":{"message_'),
    "no object": response(b'["ok"]'),
    "other words": response(b'{"success":true}'),
    "no code": response(b'{"ok":false,"description":"x"}'),
    "a code in words": response(b'{"ok":false,"error_code":"403"}', status=403),
    "ok in words": response(b'{"ok":"true","result":{"message_id":"m"}}'),
    "no result": response(b'{"ok":true}'),
    "a list as result": response(b'{"ok":true,"result":[]}'),
    "no id": response(b'{"ok":true,"result":{}}'),
    "a number as id": response(b'{"ok":true,"result":{"message_id":7}}'),
    "too deep": response(b"[" * 100_000),
    "not a number": response(b'{"ok":true,"result":{"message_id":"m","date":NaN}}'),
    "no number that JSON has": response(b'{"ok":true,"result":{"message_id":"m","date":1e999}}'),
    "no text": response(b"\xff\xfe\x00"),
    "moved": response(b"", status=302),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_is_not_the_platforms_answer_is_said_to_be_unreadable(
    platform: Platform, api: ZaloApi, case: str
) -> None:
    platform.answers.append(UNREADABLE[case])

    with pytest.raises(zalo.Unreadable):
        await api.send_message("c", "hai")


async def test_too_many_calls_are_refused_even_by_who_speaks_no_json(
    platform: Platform, api: ZaloApi
) -> None:
    platform.answers.append(response(b"slow down", status=429))

    with pytest.raises(zalo.QuotaExceeded):
        await api.send_message("c", "hai")


async def test_silence_leaves_it_open_whether_the_request_arrived(platform: Platform, api: ZaloApi) -> None:
    platform.answers.append(None)

    with pytest.raises(zalo.Unreachable, match="ReadTimeout") as caught:
        await api.send_message("c", "hai")

    assert caught.value.left


async def test_an_answer_that_breaks_off_leaves_it_open(platform: Platform, api: ZaloApi) -> None:
    platform.answers.append(response(b'{"ok":true', announced=90))

    with pytest.raises(zalo.Unreachable) as caught:
        await api.send_message("c", "hai")

    assert caught.value.left


async def test_a_refused_connection_carried_nothing() -> None:
    async with open_api("http://127.0.0.1:1") as api:
        with pytest.raises(zalo.Unreachable, match="ConnectError") as caught:
            await api.send_message("c", "hai")

    assert not caught.value.left


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it keeps."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


FAILURES: dict[str, bytes | None] = {
    **UNREADABLE,
    "silence": None,
    "broken off": response(b'{"ok":true', announced=90),
    "no such token": response(json.dumps({"ok": False, "error_code": 401}).encode(), status=401),
    "the address": response(
        json.dumps({"ok": False, "error_code": 404, "description": f"no /bot{TOKEN}/sendMessage"}).encode()
    ),
    "the address, encoded": response(
        json.dumps(
            {"ok": False, "error_code": 404, "description": f"no /bot{TOKEN.replace(':', '%3A')}/sendMessage"}
        ).encode()
    ),
}


@pytest.mark.parametrize("case", [*FAILURES, "not there"])
async def test_no_error_keeps_the_token(platform: Platform, case: str) -> None:
    platform.answers.append(FAILURES.get(case))
    url = "http://127.0.0.1:1" if case == "not there" else platform.url

    async with open_api(url) as api:
        with pytest.raises(ZaloError) as caught:
            await api.send_message("c", "hai")
        said = repr(api)

    for one in chain(caught.value):
        assert isinstance(one, ZaloError)
        assert SECRET_PART not in f"{one} {one!r} {one.args} {vars(one)}"
    assert SECRET_PART not in "".join(traceback.format_exception(caught.value))
    assert said == "ZaloApi(bot 4120230001)"


async def test_of_a_token_where_the_words_are_cut_nothing_stays(platform: Platform, api: ZaloApi) -> None:
    platform.says({"ok": False, "error_code": 404, "description": "x" * 180 + TOKEN})

    with pytest.raises(zalo.Refused) as caught:
        await api.get_me()

    assert caught.value.description == "x" * 180 + "4120230001:<token>"


async def test_no_log_line_shows_the_token(
    platform: Platform, api: ZaloApi, caplog: pytest.LogCaptureFixture
) -> None:
    platform.says(DONE)

    with caplog.at_level(logging.DEBUG):
        await api.send_message("c", "hai")

    lines = [record.getMessage() for record in caplog.records]
    assert any(SECRET_PART in line for line in lines)
    assert not any(SECRET_PART in redact(line) for line in lines)


async def test_a_poll_has_more_patience_than_other_calls(lan: Lan) -> None:
    async with open_api(f"{lan.town.url}/zalo", token=SANDBOX_TOKEN) as api:
        assert await api.get_updates(1) is None


async def test_the_sandbox_plays_every_method(lan: Lan) -> None:
    async with open_api(f"{lan.town.url}/zalo", token=SANDBOX_TOKEN) as api:
        me = await api.get_me()
        await lan.town.says(lan.number, "hạn", who=1001)
        event, nothing = await api.get_updates(0), await api.get_updates(0)
        sent = [
            await api.send_message(lan.address, "một", [TextStyle(start=0, length=3, styles=("b",))]),
            await api.send_photo(lan.address, "https://nhacviec.vn/a.png", "hai"),
            await api.send_sticker(lan.address, "bfe458bf64fa8da4d4eb"),
        ]
        await api.send_typing(lan.address)
        before = await api.webhook_url()
        await api.delete_webhook()
        with pytest.raises(zalo.Refused, match="verification failed"):
            await api.set_webhook("http://127.0.0.1:9/zalo", "s" * 8)
        kept = await api.webhook_url()
        with pytest.raises(zalo.Refused, match="webhook is set"):
            await api.get_updates(0)
        await api.delete_webhook()

    assert me.name == "Bot Nhắc Việc"
    assert event is not None
    assert (event["message"]["text"], nothing) == ("hạn", None)
    assert len({one.id for one in sent}) == 3
    assert all(one.date > 1_600_000_000_000 for one in sent)
    assert (before, kept) == ("", "http://127.0.0.1:9/zalo")
