"""What a chat hears when it has been bound."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, block, bold, line, message
from bot.wording import SEE_DUE, SEE_HELP, joined
from store.chats import agencies_of
from store.states import ChatKind, Role
from store.tables import AgencyRow, ChatRow


async def welcome(
    session: AsyncSession, chat: ChatRow, role: Role | None, agency: AgencyRow | None
) -> Message:
    """As what it is bound, and what it hears from now on."""
    if role is Role.LEADER:
        return message(
            block(line("✅ ", bold("Đã kết nối kênh lãnh đạo."))),
            "Từ nay tại đây xem được tình hình thực hiện kế hoạch của mọi cơ quan.",
            choices=[[SEE_HELP]],
        )
    if role is Role.OPERATOR or agency is None:
        return message(
            block(line("✅ ", bold("Đã kết nối kênh vận hành."))),
            "Từ nay cuộc trò chuyện này nhận tin về tình trạng hệ thống: tin không gửi được, cơ quan chưa có nơi nhận, tệp kế"
            " hoạch có lỗi.",
        )
    if role is Role.STANDING_OFFICE:
        return message(
            block(line("✅ ", bold(f"Đã kết nối kênh cơ quan thường trực ({agency.name})."))),
            "Từ nay tại đây xem được tình hình của mọi cơ quan trong kế hoạch, đôn đốc, duyệt đề nghị và tạo mã mời.",
            choices=[[SEE_HELP]],
        )
    where = "Nhóm này" if chat.kind is ChatKind.GROUP else "Cuộc trò chuyện này"
    blocks = [
        block(line("✅ ", bold(f"Đã kết nối với {agency.name}."))),
        block(f"{where} sẽ nhận tin nhắc việc vào buổi sáng những ngày có việc cần nhắc."),
    ]
    all_names = [agency.name for agency in await agencies_of(session, chat.id)]
    if len(all_names) > 1:
        blocks.append(block(f"Đang nhận nhắc việc của {joined(all_names)}."))
    return message(*blocks, choices=[[SEE_DUE, SEE_HELP]])
