import pytest

from tests.sandbox.hands import GROUP, LAN, MINH, Hands

DUE = [{"command": "due", "description": "Hạn sắp tới"}]


REFUSED: list[tuple[object, str]] = [
    ([{"command": "Due", "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
    ([{"command": "hạn", "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
    ([{"command": "", "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
    ([{"command": "x" * 33, "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
    ([{"command": "due", "description": ""}], "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
    ([{"command": "due", "description": "x" * 257}], "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
    (DUE * 101, "Bad Request: BOT_COMMANDS_TOO_MUCH"),
    ("due", "Bad Request: can't parse commands JSON object"),
    (None, "Bad Request: expected an Array of BotCommand"),
]


@pytest.mark.parametrize(("commands", "words"), REFUSED)
def test_a_list_that_telegram_would_not_take_is_refused(sandbox: Hands, commands: object, words: str) -> None:
    assert sandbox.refused("setMyCommands", commands=commands) == words


def shown(sandbox: Hands, chat: int, user: int) -> list[str]:
    found = sandbox.control("GET", f"/chats/{chat}/commands?user={user}")["commands"]
    return [one["command"] for one in found]


def test_each_person_sees_the_list_of_the_narrowest_scope(sandbox: Hands) -> None:
    scopes: list[tuple[str, dict[str, object]]] = [
        ("anywhere", {"type": "default"}),
        ("private", {"type": "all_private_chats"}),
        ("group", {"type": "all_group_chats"}),
        ("admin", {"type": "all_chat_administrators"}),
        ("here", {"type": "chat", "chat_id": GROUP}),
        ("minh", {"type": "chat_member", "chat_id": GROUP, "user_id": MINH}),
    ]

    seen: list[tuple[list[str], list[str], list[str]]] = []
    for name, scope in scopes:
        sandbox.ok("setMyCommands", commands=[{"command": name, "description": "x"}], scope=scope)
        seen.append(tuple(shown(sandbox, c, u) for c, u in ((LAN, LAN), (GROUP, LAN), (GROUP, MINH))))  # type: ignore[arg-type]

    assert seen == [
        (["anywhere"], ["anywhere"], ["anywhere"]),
        (["private"], ["anywhere"], ["anywhere"]),
        (["private"], ["group"], ["group"]),
        (["private"], ["admin"], ["group"]),
        (["private"], ["here"], ["here"]),
        (["private"], ["here"], ["minh"]),
    ]


def test_a_list_in_the_persons_language_goes_first(sandbox: Hands) -> None:
    sandbox.ok("setMyCommands", commands=[{"command": "due", "description": "Due"}])
    sandbox.ok("setMyCommands", commands=DUE, language_code="vi")

    minh = sandbox.control("GET", f"/chats/{GROUP}/commands?user={MINH}")["commands"]
    lan = sandbox.control("GET", f"/chats/{GROUP}/commands?user={LAN}")["commands"]

    assert (minh[0]["description"], lan[0]["description"]) == ("Hạn sắp tới", "Due")


def test_lists_are_read_and_deleted_by_their_exact_scope(sandbox: Hands) -> None:
    scope = {"type": "chat", "chat_id": GROUP}
    sandbox.ok("setMyCommands", commands=DUE, scope=scope)

    assert sandbox.ok("getMyCommands", scope=scope) == DUE
    assert sandbox.ok("getMyCommands") == []
    assert sandbox.ok("deleteMyCommands", scope=scope)
    assert sandbox.ok("getMyCommands", scope=scope) == []


def test_a_scope_of_administrators_is_not_for_private_chats(sandbox: Hands) -> None:
    words = sandbox.refused(
        "setMyCommands", commands=DUE, scope={"type": "chat_administrators", "chat_id": LAN}
    )

    assert words == "Bad Request: can't use specified scope in the private chat"
