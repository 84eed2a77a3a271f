"""What people see beside the text box: the usual menu, and the ones of chats that oversee a plan."""

from collections.abc import AsyncIterator

import pytest
from telegram import BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.commands.purposes import menu_of
from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.menu import ChatMenus, publish_commands
from store.states import Role
from tests.app.town import TOKEN, Town, open_town

LAN, MINH = 1001, 1002


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await opened.person(LAN, "Lan")
        await opened.person(MINH, "Minh")
        yield opened


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[PollingBot]:
    async with make_bot(token=TOKEN, api_url=town.url, proxy=None) as made:
        yield made


async def of_chat(bot: PollingBot, chat: int) -> list[str]:
    return [one.command for one in await bot.get_my_commands(scope=BotCommandScopeChat(chat))]


async def test_everybody_sees_what_an_officer_may_do(bot: PollingBot) -> None:
    await publish_commands(bot, menu_of([Role.OFFICER]))

    for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()):
        names = [one.command for one in await bot.get_my_commands(scope=scope)]
        assert names[0] == "due"
        assert {"done", "start", "help"} < set(names)
        assert not {"status", "approve", "invite"} & set(names)


async def test_a_chat_that_oversees_has_its_own_menu_until_it_does_no_more(bot: PollingBot) -> None:
    menus = ChatMenus(bot)
    office, leader = menu_of([Role.STANDING_OFFICE]), menu_of([Role.LEADER])

    await menus.show({str(LAN): office, str(MINH): leader})
    assert await of_chat(bot, LAN) == [name for name, _ in office]
    assert await of_chat(bot, MINH) == [name for name, _ in leader]

    await menus.show({str(LAN): leader})
    assert await of_chat(bot, LAN) == [name for name, _ in leader]
    assert await of_chat(bot, MINH) == []
