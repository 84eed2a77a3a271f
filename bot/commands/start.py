"""/start: bind this chat to an agency by a one-time invite."""

import re

from bot.commands.asked import Answer, Asked
from bot.message import Message, block, bold, line, message
from bot.wording import OPERATOR_ONLY, SEE_DUE, SEE_HELP, joined, way_in
from plan.text import fold
from store.changes import audit_event
from store.chats import Bound, InviteVerdict, accept_invite, agencies_of
from store.lookup import standing_offices
from store.states import ChatKind, Role

_CODE_LENGTH = 10
_TYPED_CODE = re.compile(r"[2-9a-hjkmnp-z]{5}[-–]?[2-9a-hjkmnp-z]{5}")


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
        asked.session, code=letters, chat=asked.chat, person=asked.person.id, now=asked.now
    )
    if bound.verdict is InviteVerdict.BOUND:
        await _write_down(asked, bound)
        return Answer(message=await _welcome(asked, bound))
    return Answer(message=await _refusal(asked, bound.verdict))


async def _where_we_stand(asked: Asked) -> Message:
    if asked.agencies:
        return message(
            f"Cuộc trò chuyện này đang nhận nhắc việc của {joined(asked.agency_names)}.",
            choices=[[SEE_DUE, SEE_HELP]],
        )
    if Role.OPERATOR in asked.bindings.roles:
        return OPERATOR_ONLY
    hello = block("Chào anh/chị, đây là Nhắc Việc: nhắc các cơ quan về việc sắp đến hạn.")
    rest = way_in(await standing_offices(asked.session))
    return Message(blocks=(hello, *rest.blocks))


async def _write_down(asked: Asked, bound: Bound) -> None:
    agency = bound.agency.code if bound.agency else ""
    await audit_event(
        asked.session,
        "bind",
        actor=asked.actor,
        now=asked.now,
        subject=agency or "operator",
        after={"role": bound.role.value if bound.role else None, "agency": agency},
    )


async def _welcome(asked: Asked, bound: Bound) -> Message:
    if bound.role is Role.LEADER:
        return message(
            block(line("✅ ", bold("Đã kết nối kênh lãnh đạo."))),
            "Từ nay tại đây xem được tình hình thực hiện kế hoạch của mọi cơ quan.",
            choices=[[SEE_HELP]],
        )
    if bound.role is Role.OPERATOR or bound.agency is None:
        return message(
            block(line("✅ ", bold("Đã kết nối kênh vận hành."))),
            "Từ nay cuộc trò chuyện này nhận tin về tình trạng hệ thống: tin không gửi được, cơ quan chưa có nơi nhận, tệp kế"
            " hoạch có lỗi.",
        )
    if bound.role is Role.STANDING_OFFICE:
        return message(
            block(line("✅ ", bold(f"Đã kết nối kênh cơ quan thường trực ({bound.agency.name})."))),
            "Từ nay tại đây xem được tình hình của mọi cơ quan trong kế hoạch, đôn đốc, duyệt đề nghị và tạo mã mời.",
            choices=[[SEE_HELP]],
        )
    where = "Nhóm này" if asked.chat.kind is ChatKind.GROUP else "Cuộc trò chuyện này"
    blocks = [
        block(line("✅ ", bold(f"Đã kết nối với {bound.agency.name}."))),
        block(f"{where} sẽ nhận tin nhắc việc vào buổi sáng những ngày có việc cần nhắc."),
    ]
    all_names = [agency.name for agency in await agencies_of(asked.session, asked.chat.id)]
    if len(all_names) > 1:
        blocks.append(block(f"Đang nhận nhắc việc của {joined(all_names)}."))
    return message(*blocks, choices=[[SEE_DUE, SEE_HELP]])


async def _refusal(asked: Asked, verdict: InviteVerdict) -> Message:
    offices = joined(await standing_offices(asked.session)) or "cơ quan thường trực"
    match verdict:
        case InviteVerdict.ALREADY_BOUND | InviteVerdict.BOUND:
            names = joined(asked.agency_names) or "hệ thống"
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
        case InviteVerdict.TOO_MANY_TRIES:
            return message("Anh/chị đã nhập sai mã nhiều lần. Vui lòng thử lại sau một giờ.")
