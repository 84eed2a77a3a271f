"""/calendar: the address under which calendar programs subscribe to what this chat has to look at."""

from bot.commands.asked import Answer, Asked
from bot.message import Message, Paper, block, bold, code, line, message
from bot.press import CALENDAR
from bot.wording import full_day, runs
from plan.directory import name_key
from plan.vietnam import day_of
from store.calendar_links import CalendarLink, link_of, make_link, revoke_link
from store.changes import audit_event

_NEW = frozenset({"moi", "taomoi", "lammoi", "doi", "new"})
_OFF = frozenset({"tat", "huy", "dung", "ngung", "off"})
_MAKE = runs("Tạo đường dẫn mới", "/calendar mới")
_TURN_OFF = runs("Tắt đường dẫn", "/calendar tắt")
_FILE = frozenset({"tep", "file", "ics", "teplich", "guitep"})
_NO_ADDRESS = "Hiện chưa đăng ký lịch qua mạng được: hệ thống chưa có địa chỉ công khai."
_NO_FILES = message(
    "Ở đây bot không gửi được tệp lịch. Anh/chị dùng đường dẫn lịch (/calendar), hoặc hỏi bot trên kênh khác."
)
_AS_FILE = runs("Gửi tệp lịch", "/calendar tệp")
_HOW = (
    "• Google Lịch (trên máy tính): Lịch khác → dấu + → Từ URL.",
    "• iPhone: ứng dụng Lịch → Lịch → Thêm lịch → Thêm lịch đăng ký.",
    "• Outlook: Thêm lịch → Đăng ký từ web.",
)


async def calendar(asked: Asked) -> Answer:
    """Make the address, say that there is one, make a new one or switch it off. A token is shown once: it is not kept."""
    wanted = name_key(asked.args)
    if wanted in _FILE:
        return Answer(message=_as_file() if asked.entrance.takes_files else _NO_FILES)
    if asked.options.public_url is None:
        choices = [[_AS_FILE]] if asked.entrance.takes_files else []
        return Answer(message=message(_NO_ADDRESS, choices=choices))
    if wanted in _OFF:
        return await _off(asked)
    link = await link_of(asked.session, asked.chat)
    if link is None or wanted in _NEW:
        return await _new(asked, asked.options.public_url, replaces=link is not None)
    return Answer(message=_there_is_one(link))


def _as_file() -> Message:
    return message(
        block(line("📅 ", bold("Tệp lịch"))),
        "Mở tệp để đưa các hạn vào lịch trên máy. Tệp không tự cập nhật: khi hạn đổi thì xin tệp mới.",
        paper=Paper(kind=CALENDAR),
    )


async def _new(asked: Asked, public_url: str, *, replaces: bool) -> Answer:
    token = await make_link(asked.session, asked.chat, now=asked.now)
    await audit_event(asked.session, "calendar", actor=asked.actor, now=asked.now, subject="new")
    old = ["Đường dẫn cũ thôi dùng được; lịch đã đăng ký bằng đường dẫn đó thì xóa đi."] if replaces else []
    return Answer(
        message=message(
            block(line("📅 ", bold("Đường dẫn lịch của cuộc trò chuyện này"))),
            block(line(code(f"{public_url}/calendar/{token}.ics"))),
            block("Anh/chị chép đường dẫn, rồi thêm vào lịch:", *_HOW),
            *old,
            "Ai có đường dẫn đều xem được lịch này, nên chỉ dùng trong cơ quan. Đường dẫn chỉ hiện một lần.",
            choices=[[_TURN_OFF, *([_AS_FILE] if asked.entrance.takes_files else [])]],
        )
    )


def _there_is_one(link: CalendarLink) -> Message:
    used = f"dùng gần nhất ngày {full_day(link.last_used)}" if link.last_used else "chưa có nơi nào dùng"
    return message(
        f"📅 Đường dẫn lịch đã tạo ngày {full_day(day_of(link.since))}, {used}.",
        "Đường dẫn chỉ hiện một lần, khi tạo. Tạo đường dẫn mới thì đường dẫn cũ thôi dùng được.",
        choices=[[_MAKE, _TURN_OFF]],
    )


async def _off(asked: Asked) -> Answer:
    if not await revoke_link(asked.session, asked.chat, now=asked.now):
        return Answer(message=message("Chưa có đường dẫn lịch nào đang dùng.", choices=[[_MAKE]]))
    await audit_event(asked.session, "calendar", actor=asked.actor, now=asked.now, subject="off")
    return Answer(
        message=message(
            "Đã tắt đường dẫn lịch. Lịch đã đăng ký không cập nhật nữa; anh/chị xóa lịch đó trên máy giúp.",
            choices=[[_MAKE]],
        )
    )
