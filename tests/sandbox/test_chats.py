from tests.sandbox.hands import GROUP, LAN, MINH, Hands


def test_the_bot_hears_that_it_was_added_to_a_group_when_that_is_to_be_played(sandbox: Hands) -> None:
    group = {"type": "group", "title": "Sở Y tế", "members": [MINH], "announce": True}

    sandbox.control("POST", "/chats", group)

    (update,) = sandbox.ok("getUpdates")
    assert update["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert update["my_chat_member"]["new_chat_member"]["status"] == "member"


def test_who_is_in_a_chat_can_be_asked(sandbox: Hands) -> None:
    statuses = {
        user: sandbox.ok("getChatMember", chat_id=GROUP, user_id=user)["status"] for user in (LAN, MINH, 2023)
    }
    administrators = sandbox.ok("getChatAdministrators", chat_id=GROUP)

    assert statuses == {LAN: "creator", MINH: "member", 2023: "member"}
    assert [one["user"]["id"] for one in administrators] == [LAN]
    assert sandbox.ok("getChatMemberCount", chat_id=GROUP) == 3


def test_an_administrator_bot_hears_everything(sandbox: Hands) -> None:
    sandbox.control(
        "POST", "/chats", {"type": "group", "id": GROUP, "members": [LAN, MINH], "admins": [LAN, 2023]}
    )

    sandbox.says("chào", chat=GROUP)

    assert len(sandbox.ok("getUpdates")) == 1
    assert sandbox.ok("getChatMember", chat_id=GROUP, user_id=2023)["status"] == "administrator"


def test_a_pin_shows_in_the_chat_and_makes_a_service_message(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=GROUP, text="hạn")["message_id"]

    sandbox.ok("pinChatMessage", chat_id=GROUP, message_id=sent, disable_notification=True)

    assert sandbox.ok("getChat", chat_id=GROUP)["pinned_message"]["message_id"] == sent
    assert sandbox.ok("getUpdates")[0]["message"]["pinned_message"]["text"] == "hạn"
    sandbox.ok("unpinChatMessage", chat_id=GROUP, message_id=sent)
    assert "pinned_message" not in sandbox.ok("getChat", chat_id=GROUP)


def test_pins_that_are_not_there_are_refused(sandbox: Hands) -> None:
    assert (
        sandbox.refused("pinChatMessage", chat_id=LAN, message_id=9)
        == "Bad Request: message to pin not found"
    )
    assert sandbox.refused("unpinChatMessage", chat_id=LAN) == "Bad Request: message to unpin not found"
    assert sandbox.ok("unpinAllChatMessages", chat_id=LAN)


def test_a_bot_that_left_may_not_write(sandbox: Hands) -> None:
    sandbox.ok("leaveChat", chat_id=GROUP)

    words = sandbox.refused("sendMessage", chat_id=GROUP, text="x")

    assert words == "Forbidden: bot is not a member of the group chat"


def test_supergroups_number_their_own_messages_and_other_chats_share_one_count(sandbox: Hands) -> None:
    big = sandbox.control("POST", "/chats", {"type": "supergroup", "title": "Lớn", "members": [LAN]})["id"]

    numbers = [
        sandbox.ok("sendMessage", chat_id=chat, text="x")["message_id"]
        for chat in (LAN, GROUP, LAN, big, big)
    ]

    assert numbers == [1, 2, 3, 1, 2]


def test_who_the_administrators_are_can_be_changed_at_any_time(sandbox: Hands) -> None:
    group = {"type": "group", "id": GROUP, "title": "Sở Tư pháp"}

    sandbox.control("POST", "/chats", group | {"admins": [MINH]})

    administrators = sandbox.ok("getChatAdministrators", chat_id=GROUP)
    assert [(one["user"]["id"], one["status"]) for one in administrators] == [(MINH, "creator")]
    assert sandbox.ok("getChatMember", chat_id=GROUP, user_id=LAN)["status"] == "member"


def test_administrators_are_told_only_to_a_bot_in_a_group(sandbox: Hands) -> None:
    words = sandbox.refused("getChatAdministrators", chat_id=LAN)
    assert words == "Bad Request: there are no administrators in the private chat"

    sandbox.ok("leaveChat", chat_id=GROUP)

    assert sandbox.refused("getChatAdministrators", chat_id=GROUP).startswith("Forbidden: ")
