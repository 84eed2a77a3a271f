"""python-telegram-bot itself against the sandbox: it must understand every answer."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from tests.sandbox.hands import GROUP, LAN, MINH, TOKEN, Hands
from tests.sandbox.test_files import png


@pytest.fixture
async def bot(sandbox: Hands) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{sandbox.url}/bot", base_file_url=f"{sandbox.url}/file/bot") as bot:
        yield bot


async def test_the_bot_knows_itself(bot: Bot) -> None:
    assert bot.username == "nhacviec_bot"
    assert bot.first_name == "Nhắc Việc"


async def test_messages_and_their_buttons(bot: Bot) -> None:
    keys = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("Xong", callback_data="done"),
                InlineKeyboardButton("Web", url="https://a.vn/"),
            ],
            [InlineKeyboardButton("Chép", copy_text=CopyTextButton("2.6a"))],
        ]
    )

    sent = await bot.send_message(
        LAN,
        "📌 <b>Hạn</b> <a href='https://a.vn'>xem</a> <tg-time unix='1680000000' format='D'>28/3</tg-time>",
        parse_mode="HTML",
        reply_markup=keys,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
        protect_content=True,
    )

    assert sent.reply_markup == keys
    assert [(one.type, sent.parse_entity(one)) for one in sent.entities] == [
        ("bold", "Hạn"),
        ("text_link", "xem"),
        ("date_time", "28/3"),
    ]
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.is_disabled
    assert sent.has_protected_content
    assert sent.date.tzinfo is not None


async def test_replies_keyboards_and_entities(bot: Bot) -> None:
    first = await bot.send_message(LAN, "x", reply_markup=ReplyKeyboardMarkup([["Hạn", "Xong"]]))
    await bot.send_message(LAN, "y", reply_markup=ReplyKeyboardRemove())
    await bot.send_message(LAN, "z", reply_markup=ForceReply())

    reply = await bot.send_message(
        LAN,
        "đậm",
        entities=[MessageEntity(MessageEntity.BOLD, 0, 3)],
        reply_parameters=ReplyParameters(first.message_id),
    )

    assert reply.reply_to_message == first
    assert reply.entities[0].type == "bold"


async def test_edits_deletions_and_pins(bot: Bot) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Xong", callback_data="done")]])
    sent = await bot.send_message(LAN, "một", reply_markup=keys)

    edited = await bot.edit_message_text("*hai*", LAN, sent.message_id, parse_mode="MarkdownV2")
    buttons = await bot.edit_message_reply_markup(LAN, sent.message_id, reply_markup=keys)
    pinned = await bot.pin_chat_message(LAN, sent.message_id, disable_notification=True)
    unpinned = await bot.unpin_chat_message(LAN, sent.message_id)
    all_unpinned = await bot.unpin_all_chat_messages(LAN)

    assert not isinstance(edited, bool)
    assert not isinstance(buttons, bool)
    assert (edited.text, edited.entities[0].type) == ("hai", "bold")
    assert buttons.reply_markup == keys
    assert pinned and unpinned and all_unpinned  # noqa: PT018
    assert await bot.delete_messages(LAN, [sent.message_id])
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(LAN, sent.message_id)


async def test_files(bot: Bot) -> None:
    document = await bot.send_document(
        LAN, b"%PDF", filename="báo cáo.pdf", caption="<i>x</i>", parse_mode="HTML"
    )
    photo = await bot.send_photo(LAN, png(20, 10), caption="y")
    captioned = await bot.edit_message_caption(LAN, photo.message_id, caption="z")

    assert document.document is not None
    assert document.document.file_name == "báo cáo.pdf"
    assert (photo.photo[0].width, photo.photo[0].height) == (20, 10)
    assert not isinstance(captioned, bool)
    assert captioned.caption == "z"
    file = await bot.get_file(document.document.file_id)
    assert await file.download_as_bytearray() == b"%PDF"


async def test_commands_and_their_scopes(bot: Bot) -> None:
    due = BotCommand("due", "Hạn sắp tới")

    for scope in (None, BotCommandScopeChat(GROUP), BotCommandScopeChatMember(GROUP, MINH)):
        assert await bot.set_my_commands([due], scope=scope, language_code="vi")
        assert await bot.get_my_commands(scope=scope, language_code="vi") == (due,)
        assert await bot.delete_my_commands(scope=scope, language_code="vi")


async def test_chats_and_members(bot: Bot) -> None:
    group = await bot.get_chat(GROUP)
    private = await bot.get_chat(LAN)
    own = await bot.get_chat_member(GROUP, bot.id)
    administrators = await bot.get_chat_administrators(GROUP)

    assert (group.title, private.username) == ("Sở Tư pháp", "lan_stp")
    assert own.status == "member"
    assert [one.user.id for one in administrators] == [LAN]
    assert await bot.get_chat_member_count(GROUP) == 3
    assert await bot.send_chat_action(GROUP, "typing")
    assert await bot.leave_chat(GROUP)


async def test_updates_of_every_kind(bot: Bot, sandbox: Hands) -> None:
    sent = await bot.send_message(
        LAN, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Xong", callback_data="done")]])
    )
    said = sandbox.says("/due @nhacviec_bot", reply_to_message_id=sent.message_id)["message_id"]
    sandbox.control("PATCH", f"/chats/{LAN}/messages/{said}", {"text": "/done"})
    sandbox.control(
        "POST", f"/chats/{LAN}/taps", {"from": LAN, "message_id": sent.message_id, "data": "done"}
    )
    sandbox.control("POST", f"/chats/{LAN}/block")
    sandbox.control("POST", f"/chats/{GROUP}/migrate")

    message, edited, tapped, blocked, moved, arrived = await bot.get_updates(timeout=1)

    assert message.message is not None
    assert message.message.reply_to_message == sent
    assert [entity.type for entity in message.message.entities] == ["bot_command", "mention"]
    assert edited.edited_message is not None
    assert tapped.callback_query is not None
    assert tapped.callback_query.message == sent
    assert await tapped.callback_query.answer("Đã ghi", show_alert=True)
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert moved.message is not None
    assert arrived.message is not None
    assert moved.message.migrate_to_chat_id == arrived.message.chat.id
    assert arrived.message.migrate_from_chat_id == GROUP


async def test_webhooks(bot: Bot) -> None:
    assert await bot.set_webhook("http://127.0.0.1:9/x", secret_token="s", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    with pytest.raises(Conflict):
        await bot.get_updates()

    assert (info.url, info.allowed_updates) == ("http://127.0.0.1:9/x", ("message",))
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_errors_become_the_librarys_own(
    bot: Bot, sandbox: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    new = sandbox.control("POST", f"/chats/{GROUP}/migrate")["id"]
    sandbox.control("POST", f"/chats/{LAN}/block")
    sandbox.control("POST", "/faults", {"kind": "status", "status": 429, "retry_after": 9, "method": "getMe"})
    sandbox.control("POST", "/faults", {"kind": "bad_json", "method": "getChat"})
    sandbox.control("POST", "/faults", {"kind": "drop_before", "method": "getFile"})

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(GROUP, "x")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(LAN, "x")
    with pytest.raises(RetryAfter) as flood:
        await bot.get_me()
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.get_chat(new)
    with pytest.raises(NetworkError):
        await bot.get_file("x")

    assert moved.value.new_chat_id == new
    assert flood.value.retry_after == timedelta(seconds=9)


async def test_a_wrong_token_is_no_bot(sandbox: Hands) -> None:
    wrong = Bot("2023:WRONG", base_url=f"{sandbox.url}/bot")

    with pytest.raises(InvalidToken):
        await wrong.initialize()

    await wrong.shutdown()
