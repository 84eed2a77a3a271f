"""The list of commands that Telegram shows beside the text box."""

from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats


async def publish_commands(
    bot: Bot, *, private: Sequence[tuple[str, str]], groups: Sequence[tuple[str, str]]
) -> None:
    """Publish (command, description) for private chats and for groups (Bot API, setMyCommands)."""
    await bot.set_my_commands([BotCommand(*item) for item in private], scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([BotCommand(*item) for item in groups], scope=BotCommandScopeAllGroupChats())
