"""What the operator's chats are told when the machine could not do its work: nothing is lost in silence."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, block, bold, code, line, message, to_json
from bot.wording import full_day, joined
from plan.problems import PlanRejected
from store import chats
from store.outbox import is_queued, queue
from store.states import OutboxKind

_SHOWN_PROBLEMS = 10
_SHOWN_LENGTH = 300
_SHOWN_REASON = 120


async def tell_operators(session: AsyncSession, note: Message, *, key: str, wall: datetime) -> None:
    """Queue a note to every operator's chat; the same `key` is told once."""
    for chat in await chats.operator_chats(session):
        key_of_chat = f"{key}:{chat.id}"
        if not await is_queued(session, key_of_chat):
            queue(
                session,
                chat_id=chat.id,
                kind=OutboxKind.NOTE,
                wall=wall,
                body=to_json(note),
                key=key_of_chat,
            )


def plan_rejected(path: Path, rejected: PlanRejected) -> Message:
    """A plan file has errors; the running plan stays in force."""
    shown = [str(problem)[:_SHOWN_LENGTH] for problem in rejected.problems[:_SHOWN_PROBLEMS]]
    more = len(rejected.problems) - len(shown)
    return message(
        block(
            line(bold("⚠️ Tệp kế hoạch có lỗi, chưa được áp dụng.")),
            line("Kế hoạch đang chạy vẫn giữ nguyên. Tệp: ", code(path.name)),
        ),
        *(block(line(code(text))) for text in shown),
        *([block(f"… và {more} lỗi nữa.")] if more > 0 else []),
        block("Xem đủ bằng lệnh: nhacviec plan check"),
    )


def undelivered(agencies: Sequence[str], reason: str) -> Message:
    """A morning message could not be delivered and will not be tried again."""
    return message(
        block(
            line(bold("⚠️ Có tin nhắc việc không gửi được.")),
            line(f"Cơ quan: {joined(agencies) or 'không rõ'}"),
            line(f"Lý do: {reason[:_SHOWN_REASON]}"),
        ),
        "Các việc trong tin này chưa được tính là đã nhắc.",
    )


def nobody_to_tell(day: date, agencies: Sequence[str]) -> Message:
    """Milestones were reached of agencies that no chat within reach speaks for."""
    return message(
        block(
            line(bold(f"⚠️ Ngày {full_day(day)}: có việc cần nhắc nhưng chưa có nơi nhận.")),
            line(f"Cơ quan chưa kết nối hoặc đã chặn bot: {joined(agencies)}"),
        ),
        "Tạo mã mời bằng lệnh: nhacviec invite MÃ-CƠ-QUAN",
    )
