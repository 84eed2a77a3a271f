"""/start: bind this chat to an agency by a one-time invite."""

import re

from bot.commands.asked import Answer, Asked
from bot.commands.binding_request import ask_office, awaits, write_down_binding
from bot.commands.binding_words import bound_to
from bot.commands.handover import handed_over
from bot.commands.welcoming import welcome
from bot.message import Message, block, message
from bot.wording import OPERATOR_ONLY, SEE_DUE, SEE_HELP, joined, way_in
from plan.text import fold
from store.invites import Bound, InviteVerdict, accept_invite, requests_of
from store.lookup import standing_offices
from store.states import Role

_CODE_LENGTH = 10
# Between the halves phones and word processors put dashes of their own.
_TYPED_CODE = re.compile(r"[2-9a-hjkmnp-z]{5}[-_\u2010-\u2015\u2212]?[2-9a-hjkmnp-z]{5}")


def is_invite_code(word: str) -> bool:
    """Whether a lone word must be an invite code: with its dash, or with a digit in it."""
    folded = fold(word)
    return _TYPED_CODE.fullmatch(folded) is not None and any(not char.isalpha() for char in folded)


async def start(asked: Asked) -> Answer:
    """Accept an invite, or say where this chat stands."""
    letters = "".join(char for char in asked.args if char.isalnum())
    if not letters:
        return Answer(message=await _where_we_stand(asked))
    if len(letters) != _CODE_LENGTH or not letters.isascii():
        return Answer(
            message=message(
                "Mã mời gồm 10 chữ và số, ví dụ: 7KM2P-XQ4RT. Anh/chị kiểm tra lại và gửi lại giúp."
            )
        )
    bound = await accept_invite(
        asked.session,
        code=letters,
        chat=asked.chat,
        person=asked.person.id,
        now=asked.now,
        confirms=asked.options.confirms_bindings,
    )
    if bound.verdict is InviteVerdict.BOUND:
        await write_down_binding(asked, bound, chat_id=asked.chat.id)
        if bound.replaced is not None:
            await handed_over(asked, bound.replaced, bound.invite_id)
        return Answer(message=await welcome(asked.session, asked.chat, bound.role, bound.agency))
    if bound.verdict is InviteVerdict.AWAITS:
        return Answer(message=await _awaits(asked, bound))
    return Answer(message=await _refusal(asked, bound.verdict))


async def _awaits(asked: Asked, bound: Bound) -> Message:
    """The first time the standing office is asked; after that it is only said again."""
    waiting = await requests_of(asked.session, asked.chat.id)
    known = [request for request in waiting if request.details["invite"] == bound.invite_id]
    return await awaits(asked, known[0]) if known else await ask_office(asked, bound)


async def _where_we_stand(asked: Asked) -> Message:
    others = _bound_to(asked)[len(asked.agencies) :]
    if asked.agencies or others:
        hears = [f"đang nhận nhắc việc của {joined(asked.agency_names)}"] if asked.agencies else []
        reads = [f"đang kết nối với {joined(others)}"] if others else []
        return message(
            f"Cuộc trò chuyện này {', '.join([*hears, *reads])}.",
            choices=[[SEE_DUE, SEE_HELP]],
        )
    if Role.OPERATOR in asked.bindings.roles:
        return OPERATOR_ONLY
    hello = block("Chào anh/chị, đây là Nhắc Việc: nhắc các cơ quan về việc sắp đến hạn.")
    rest = way_in(await standing_offices(asked.session))
    return Message(blocks=(hello, *rest.blocks))


def _bound_to(asked: Asked) -> list[str]:
    """As what the chat is bound, but for the operator's: the agencies that it speaks for first."""
    offices = [bound_to(Role.STANDING_OFFICE, office.name) for office in asked.bindings.offices]
    leader = [bound_to(Role.LEADER, "")] if Role.LEADER in asked.bindings.roles else []
    return [*asked.agency_names, *offices, *leader]


async def _refusal(asked: Asked, verdict: InviteVerdict) -> Message:
    offices = joined(await standing_offices(asked.session)) or "cơ quan thường trực"
    match verdict:
        case InviteVerdict.ALREADY_BOUND | InviteVerdict.BOUND | InviteVerdict.AWAITS:
            names = joined(_bound_to(asked)) or "hệ thống"
            return message(
                f"Cuộc trò chuyện này đã kết nối với {names} từ trước, anh/chị không cần làm gì thêm.",
                choices=[[SEE_DUE, SEE_HELP]],
            )
        case InviteVerdict.UNKNOWN:
            return message(
                "Mã mời này không đúng. Anh/chị kiểm tra lại từng chữ giúp (10 chữ và số, ví dụ: 7KM2P-XQ4RT)."
            )
        case InviteVerdict.USED:
            return message(
                f"Mã mời này đã được dùng; mỗi mã chỉ dùng được một lần. Anh/chị xin mã mới ở {offices} giúp."
            )
        case InviteVerdict.EXPIRED:
            return message(
                f"Mã mời này đã hết hiệu lực (mỗi mã dùng trong 7 ngày). Anh/chị xin mã mới ở {offices} giúp."
            )
        case InviteVerdict.WITHDRAWN:
            return message(
                "Mã bàn giao này không còn hiệu lực: nơi tạo mã không còn kết nối với cơ quan đó."
                f" Anh/chị xin mã mới ở {offices} giúp."
            )
        case InviteVerdict.HANDS_OVER:
            return message(
                "Mã bàn giao này dành cho người phụ trách mới: anh/chị gửi mã cho người đó, để nhập ở cuộc trò chuyện khác."
                " Ở đây chưa có gì thay đổi."
            )
        case InviteVerdict.TOO_MANY_TRIES:
            return message("Anh/chị đã nhập sai mã nhiều lần. Vui lòng thử lại sau một giờ.")
