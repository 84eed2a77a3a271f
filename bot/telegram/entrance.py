"""How people find the bot on Telegram."""

from bot.entrances import Entrance, Links
from bot.telegram.channel import NAME


def telegram_entrance(username: str) -> Entrance:
    """`username` is the bot's, without the @."""
    # In a group a bot sees no more (https://core.telegram.org/bots/features#privacy-mode).
    return Entrance(
        channel=NAME,
        label="Telegram",
        bot_name=username,
        in_groups="tin bắt đầu bằng dấu /, nhắc tên bot hoặc trả lời bot",
        links=telegram_links(username),
    )


def telegram_links(username: str) -> Links:
    """https://core.telegram.org/api/links#bot-links."""
    link = f"https://t.me/{username}"
    return Links(private=link + "?start={code}", group=link + "?startgroup={code}")
