"""The lists of commands that Telegram shows beside the text box."""

from collections.abc import Mapping, Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

Menu = Sequence[tuple[str, str]]


async def publish_commands(bot: Bot, menu: Menu) -> None:
    """Publish (command, description) for all chats that have no menu of their own (Bot API, setMyCommands)."""
    commands = [BotCommand(*item) for item in menu]
    await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(commands, scope=BotCommandScopeAllGroupChats())


class ChatMenus:
    """The menus of single chats. Remembers what it published, so that Telegram hears of changes only."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._published: dict[str, Menu] = {}

    async def show(self, wanted: Mapping[str, Menu]) -> None:
        """Each chat (by its address) has the menu that is wanted for it, those that had one and are not named have the
        usual one again. Raises TelegramError; what was done until then stays done."""
        for address, menu in wanted.items():
            if self._published.get(address) != menu:
                commands = [BotCommand(*item) for item in menu]
                await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(int(address)))
                self._published[address] = menu
        for address in self._published.keys() - wanted.keys():
            await self._bot.delete_my_commands(scope=BotCommandScopeChat(int(address)))
            del self._published[address]
