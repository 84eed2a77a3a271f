"""What operators and the standing office are told when the machine could not do its work: nothing is lost in silence."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from bot.message import Block, Message, block, bold, code, first_lines, italic, line, message
from bot.wording import capitalised, full_day, joined, moment, reason_words
from plan.problems import PlanRejected

_SHOWN_PROBLEMS = 10
_SHOWN_LENGTH = 300
_SHOWN_REASON = 120


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


def undelivered(agencies: Sequence[str], error: str) -> Message:
    """A morning message could not be delivered and will not be tried again."""
    return message(
        _not_sent("⚠️ Có tin nhắc việc không gửi được.", f"Cơ quan: {_names(agencies)}", error),
        "Các việc trong tin này chưa được tính là đã nhắc.",
    )


def undelivered_note(addressees: Sequence[str], error: str, note: Message | None) -> Message:
    """The same of a note, with how it begins: somebody has to pass it on."""
    begins = next(first_lines(note), "") if note is not None else ""
    return message(
        _not_sent("⚠️ Có thông báo không gửi được.", f"Nơi nhận: {_names(addressees)}", error),
        *([block(line("Nội dung: ", italic(begins[:_SHOWN_LENGTH])))] if begins else []),
        "Bot không gửi lại. Anh/chị báo trực tiếp cho nơi nhận giúp.",
    )


def _not_sent(what: str, whose: str, error: str) -> Block:
    return block(
        line(bold(what)),
        line(whose),
        line(f"Lý do: {reason_words(error)}"),
        *([line(code(error[:_SHOWN_REASON]))] if error else []),
    )


def _names(agencies: Sequence[str]) -> str:
    return joined(agencies) or "không rõ"


def nobody_to_tell(day: date, agencies: Sequence[str]) -> Message:
    """For operators: milestones were reached of agencies that no chat within reach speaks for."""
    return message(
        block(
            line(bold(f"⚠️ Ngày {full_day(day)}: có việc cần nhắc nhưng chưa có nơi nhận.")),
            line(f"Cơ quan chưa kết nối hoặc đã chặn bot: {joined(agencies)}"),
        ),
        "Tạo mã mời bằng lệnh: nhacviec invite MÃ-CƠ-QUAN",
    )


_TROUBLES = {
    "answers-unsent": "câu trả lời chưa gửi được",
    "notices-unsent": "tin nhắc việc chưa gửi được",
    "notes-unsent": "tin vận hành chưa gửi được",
    "updates-unhandled": "tin nhận được chưa xử lý",
    "leases-not-taken-back": "tin gửi dở chưa được gửi tiếp",
    "scan-missing": "chưa quét việc đến hạn hôm nay",
    "quota-used-up": "tin chờ vì đã hết số tin của tháng",
    "nothing-received": "không nhận được tin từ dịch vụ tin nhắn",
    "database-away": "không truy cập được cơ sở dữ liệu",
}


def trouble_began(name: str, since: datetime, count: int | None) -> Message:
    """The watch found something amiss."""
    what = _words(name)
    words = capitalised(what) if count is None else f"{count} {what}"
    return message(
        block(line(bold(f"⚠️ {words}.")), line(f"Từ {moment(since)}. {_goes_on(name)}")),
        "Xem nhật ký của chương trình, hoặc trang /health.",
    )


def trouble_is_over(name: str, since: datetime, until: datetime) -> Message:
    """What was amiss is well again."""
    return message(
        block(
            line(bold(f"✅ Đã hết: {_words(name)}.")),
            line(f"Từ {moment(since)} đến {moment(until)}."),
        )
    )


def _words(name: str) -> str:
    """ "không nhận được tin từ dịch vụ tin nhắn (Zalo)" of "nothing-received:zalo"."""
    kind, _, channel = name.partition(":")
    return _TROUBLES[kind] + (f" ({capitalised(channel)})" if channel else "")


def _goes_on(name: str) -> str:
    if name.startswith("quota-used-up"):
        return "Chỉ lời nhắc được gửi, đến tháng sau hoặc khi ZALO_MONTHLY_MESSAGES được nâng."
    return "Bot vẫn tiếp tục thử."
