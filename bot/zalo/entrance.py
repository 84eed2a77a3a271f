"""How people find the bot on Zalo."""

from bot.entrances import Entrance
from bot.zalo.channel import NAME


def zalo_entrance(account_name: str) -> Entrance:
    """`account_name` is the bot's, as the platform's getMe says. It has no links that carry a code."""
    return Entrance(
        channel=NAME,
        label="Zalo",
        bot_name=account_name,
        in_groups="tin nhắc tên bot hoặc trả lời bot",
        takes_files=False,
    )
