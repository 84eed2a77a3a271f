"""How a one-time code is shown and used, the same for an invite and a handover."""

from bot.commands.asked import Asked
from bot.entrances import Entrance, Links
from bot.message import Block, block, code, line
from bot.wording import full_day
from plan.vietnam import day_of
from store.invites import INVITE_LIFETIME


def how_to_use(asked: Asked, letters: str) -> list[Block]:
    """The code, and how to use it on each channel that is on. The code is shown this once."""
    ways = asked.entrances.values()
    until = full_day(day_of(asked.now + INVITE_LIFETIME))
    return [
        *(part for way in ways for part in _use_on(way, letters, named=len(ways) > 1)),
        block(f"Mã dùng một lần, đến ngày {until}, và không hiện lại. Chỉ gửi cho đúng người."),
    ]


def _use_on(way: Entrance, letters: str, *, named: bool) -> list[Block]:
    """`named`: there are other channels too."""
    if way.links is None:
        return [
            block(
                line(f"Trên {way.label}: mở bot “{way.bot_name}”, nhắn: ", code(f"vào {letters}")),
                f"Trong nhóm: nhắc tên bot (@{way.bot_name}) ở đầu tin đó.",
            )
        ]
    who = f"Trên {way.label}, người nhận mã" if named else "Người nhận mã"
    return [
        block(f"{who} gửi vào cuộc trò chuyện cần kết nối:", line(code(f"/start {letters}"))),
        _by_link(way.links.carrying(letters)),
    ]


def _by_link(links: Links) -> Block:
    return block("Hoặc mở liên kết", f"• cho chat riêng: {links.private}", f"• cho nhóm: {links.group}")
