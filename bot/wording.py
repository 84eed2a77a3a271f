"""Words to people that more than one answer uses. Days are days in Vietnam."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.message import Choice, Message, Tone, code, line, message
from bot.message import block as block_of
from bot.request import NotWords
from plan.vietnam import local

ACTION_LIMIT = 64
_OUT_OF_REACH = (
    "blocked",
    "kicked",
    "not found",
    "deactivated",
    "not a member",
    "write_forbidden",
    "rights",
    "peer_id",
)
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def day_month(day: date, year: int | None = None) -> str:
    """ "31/03", with its year when that is not `year`."""
    return f"{day:%d/%m}" if year in (None, day.year) else full_day(day)


def full_day(day: date) -> str:
    """ "31/03/2023"."""
    return f"{day:%d/%m/%Y}"


def moment(instant: datetime) -> str:
    """ "14:05 ngày 31/03/2023", as clocks in Vietnam show it."""
    return f"{local(instant):%H:%M ngày %d/%m/%Y}"


def weekday(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def named_day(day: date, year: int | None = None) -> str:
    """ "Thứ Bảy 16/09"."""
    return f"{weekday(day)} {day_month(day, year)}"


def full_named_day(day: date) -> str:
    """ "Thứ Bảy 16/09/2023"."""
    return f"{weekday(day)} {full_day(day)}"


def days(count: timedelta) -> str:
    return f"{count.days} ngày"


def joined(names: Sequence[str]) -> str:
    """ "A; B; C": names have commas and "và" of their own."""
    return "; ".join(names)


def capitalised(text: str) -> str:
    """The text as it begins a line."""
    return text[:1].upper() + text[1:]


def reason_words(error: str) -> str:
    """Why a message was given up, as an officer would say it; `error` is what the row keeps."""
    text = error.lower()
    if "uncertain twice" in text:
        return "đã gửi hai lần nhưng không rõ có nhận được hay không"
    if any(mark in text for mark in _OUT_OF_REACH):
        return "bot bị chặn, bị xóa khỏi nhóm hoặc không còn cuộc trò chuyện này"
    return "dịch vụ tin nhắn từ chối"


def runs(label: str, text: str) -> Choice:
    """A choice that asks for `text` as if it had been typed; the text must fit (see `fits`)."""
    return Choice(label=label, action=f"run:{text}")


def fits(text: str) -> bool:
    """Whether a choice can carry the text."""
    return len(f"run:{text}".encode()) <= ACTION_LIMIT


SEE_DUE = runs("Việc đến hạn", "/due")
SEE_ALL = runs("Tất cả việc", "/due all")
SEE_STATUS = runs("Tình hình chung", "/status")
SEE_LATE = runs("Cơ quan quá hạn", "/late")
SEE_WHOLE = runs("Toàn tỉnh", "/due tỉnh")
SEE_HELP = runs("Trợ giúp", "/help")

SOMETHING_WENT_WRONG = (
    "Xin lỗi, hệ thống gặp trục trặc nên chưa xử lý được tin này. Anh/chị gửi lại sau ít phút giúp."
)
THANKS = message("Cảm ơn anh/chị. 🙂 Muốn xem việc đến hạn, anh/chị gõ: hạn")
NOTHING_ASKED = message(
    "Hiện không có câu hỏi nào chờ trả lời, nên bot không ghi gì thêm. Muốn xem việc đến hạn, anh/chị gõ: hạn"
)
NO_WORDS = {
    NotWords.STICKER: THANKS,
    NotWords.VOICE: message("Bot chưa nghe được tin thoại. Anh/chị gõ chữ giúp, ví dụ: hạn, hoặc: xong 2.6a"),
    NotWords.WITHHELD: message(
        "Bot không đọc được tin này: chỉ nhận chữ và ảnh. Anh/chị gõ chữ giúp, ví dụ: hạn, hoặc: xong 2.6a"
    ),
}
DEAD_CHOICE = message("Lựa chọn này không dùng được nữa. Anh/chị gõ lại lệnh giúp, ví dụ: /due")
EXPIRED_CHOICE = message(
    "Lựa chọn này đã quá 24 giờ nên không dùng được nữa; chưa có gì thay đổi. Anh/chị gõ lại lệnh giúp."
)
USED_CHOICE = message("Lựa chọn này đã được dùng rồi, không có gì thay đổi thêm.")
NOTHING_CHANGED = message("Đã thôi, chưa ghi gì.")
NOT_IN_PLAN = message("Việc này không còn trong kế hoạch, nên không ghi nhận nữa.")
NO_PLAN = message("Chưa có kế hoạch nào đang được theo dõi.")
UNDO_TOO_LATE = message(
    "Không hoàn tác được nữa: đã hoàn tác rồi, đã quá 7 ngày, hoặc đã có người ghi khác sau đó."
)
NOT_ITS_ROLE = message(
    "Lệnh này không dùng được ở cuộc trò chuyện này: cần quyền khác. Xem cuộc trò chuyện này được làm gì: /help"
)
ADMINS_ONLY = message(
    "Trong nhóm này, lệnh vừa rồi chỉ dành cho quản trị viên của nhóm; chưa có gì thay đổi."
    " Anh/chị nhờ quản trị viên làm giúp."
)
ADMINS_UNKNOWN = message(
    "Hiện chưa kiểm tra được quyền quản trị trong nhóm, nên chưa có gì thay đổi. Anh/chị thử lại sau ít phút giúp."
)
ADMINS_NEVER_KNOWN = message(
    "Ở đây bot không biết ai là quản trị nhóm, nên lệnh này không dùng được trong nhóm; chưa có gì thay đổi.",
    "Muốn ngắt kết nối hay đổi nơi nhận tin, anh/chị nhờ cơ quan thường trực (/revoke, /invite). Việc chỉ dành cho một người"
    " thì dùng chat riêng với bot.",
)
OPERATOR_ONLY = message(
    "Cuộc trò chuyện này chỉ nhận tin vận hành hệ thống, không gắn với cơ quan nào.",
    "Muốn xem việc của một cơ quan, anh/chị cần mã mời của cơ quan đó. Xem thêm: /help",
)


def way_in(offices: Sequence[str]) -> Message:
    """For a chat that speaks for nobody yet: how to get an invite, and nothing of the plan."""
    where = f"{joined(offices)} (cơ quan thường trực)" if offices else "cơ quan thường trực"
    return message(
        "Cuộc trò chuyện này chưa kết nối với cơ quan nào.",
        block_of(
            f"Anh/chị xin mã mời ở {where}, rồi gửi vào đây:",
            line(code("/start MÃ-MỜI"), " hoặc ", code("vào MÃ-MỜI")),
        ),
    )


def parked(number: int, error: Exception) -> Message:
    """For operators: what came in as the inbox's row `number` cannot be handled. What it said is not repeated."""
    return message(
        block_of(
            line("⚠️ Bot không xử lý được một tin nhận được."),
            line("Lỗi: ", code(type(error).__name__), f" · số {number} trong hộp thư đến"),
        ),
        "Tin này được để riêng, các tin khác vẫn được xử lý. Chi tiết ở nhật ký của chương trình.",
    )


def no_longer_bound(agency: str) -> Message:
    return message(
        f"Cuộc trò chuyện này không còn kết nối với {agency}, nên không ghi được. Chưa có gì thay đổi."
    )


def yes_or_no(proposal: int) -> tuple[tuple[Choice, ...], ...]:
    """The choices under a question that changes something."""
    return (
        (
            Choice(label="Xác nhận", action=f"yes:{proposal}", tone=Tone.YES),
            Choice(label="Thôi", action=f"no:{proposal}", tone=Tone.NO),
        ),
    )
