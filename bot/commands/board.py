"""/board: a one-time link to the board on the web, for those who oversee a plan."""

from bot.commands.asked import Answer, Asked
from bot.message import block, bold, line, message
from bot.wording import NOT_ITS_ROLE
from store.sign_ins import LINK_LIFETIME, make_sign_in
from store.states import ChatKind, Role

# A standing office can do on the board what it can do in its chat, a leader reads.
_BY = (Role.STANDING_OFFICE, Role.LEADER)
PATH = "/board"
SIGN_IN_PATH = f"{PATH}/sign-in"
_NOT_SERVED = message(
    "Bảng theo dõi trên web chưa được bật ở đây. Anh/chị nhờ bộ phận kỹ thuật bật giúp.",
    "Trong lúc chờ: /status, /late, /agency.",
)
_ONLY_IN_PRIVATE = message(
    "Liên kết vào bảng theo dõi là của riêng từng người, nên bot không gửi trong nhóm.",
    "Anh/chị mở chat riêng với bot rồi gõ /board. Chat riêng đó cần được kết nối trước:"
    " cơ quan thường trực tạo mã mời bằng /invite thường trực hoặc /invite lãnh đạo.",
)


async def board(asked: Asked) -> Answer:
    """The link, in a private chat only: whoever has it comes in as that chat."""
    if asked.options.public_url is None:
        return Answer(message=_NOT_SERVED)
    if asked.chat.kind is not ChatKind.PRIVATE:
        return Answer(message=_ONLY_IN_PRIVATE)
    token = await make_sign_in(
        asked.session,
        chat=asked.chat,
        roles=_BY,
        person=asked.actor.person,
        person_name=asked.actor.name,
        wall=asked.wall,
    )
    if token is None:
        return Answer(message=NOT_ITS_ROLE)
    minutes = int(LINK_LIFETIME.total_seconds() // 60)
    return Answer(
        message=message(
            block(line("🖥 ", bold("Bảng theo dõi"))),
            f"{asked.options.public_url}{SIGN_IN_PATH}?token={token}",
            f"Liên kết dùng một lần, trong {minutes} phút, chỉ cho anh/chị: không chuyển tiếp cho người khác.",
        )
    )
