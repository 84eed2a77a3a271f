"""How a one-time code is shown and used, the same for an invite and a handover."""

from bot.commands.asked import Asked
from bot.message import Block, block, code, line
from bot.wording import full_day
from plan.vietnam import day_of
from store.invites import INVITE_LIFETIME


def how_to_use(asked: Asked, letters: str) -> list[Block]:
    """The code, what to type, and the links that do the same by a tap. The code is shown this once."""
    # A deep link has letters, digits, _ and - (core.telegram.org/api/links); the code is read with or without its dash.
    payload = letters.replace("-", "")
    link = f"https://t.me/{asked.bot_name}"
    until = full_day(day_of(asked.now + INVITE_LIFETIME))
    return [
        block("Người nhận mã gửi vào cuộc trò chuyện cần kết nối:", line(code(f"/start {letters}"))),
        block(
            "Hoặc mở liên kết",
            f"• cho chat riêng: {link}?start={payload}",
            f"• cho nhóm: {link}?startgroup={payload}",
        ),
        block(f"Mã dùng một lần, đến ngày {until}, và không hiện lại. Chỉ gửi cho đúng người."),
    ]
