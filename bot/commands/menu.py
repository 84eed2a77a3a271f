"""The published commands, and the other words by which people call them."""

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    DUE = "due"
    DONE = "done"
    TASK = "task"
    REPORTS = "reports"
    HELP = "help"
    START = "start"


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One published command. `aliases` are folded and without spaces ("baocao" for "báo cáo"); `example` shows
    how it is typed."""

    command: Command
    description: str
    aliases: tuple[str, ...]
    example: str


MENU: tuple[MenuItem, ...] = (
    MenuItem(
        command=Command.DUE,
        description="Việc quá hạn, hôm nay và 30 ngày tới",
        aliases=("han", "denhan", "toihan", "viecdenhan", "sapdenhan", "quahan", "hanviec"),
        example="/due 7 · /due all · /due 7.2",
    ),
    MenuItem(
        command=Command.DONE,
        description="Ghi nhận việc đã xong",
        aliases=("xong", "daxong", "hoanthanh", "dahoanthanh", "lamxong"),
        example="/done 2.6a 15/KH-UBND",
    ),
    MenuItem(
        command=Command.TASK,
        description="Chi tiết một việc",
        aliases=("viec", "nhiemvu", "chitiet", "xem", "xemviec"),
        example="/task 2.6a",
    ),
    MenuItem(
        command=Command.REPORTS,
        description="Các kỳ báo cáo: chốt số liệu, hạn nộp",
        aliases=("report", "bc", "baocao", "kybaocao"),
        example="/reports",
    ),
    MenuItem(
        command=Command.HELP,
        description="Hướng dẫn sử dụng",
        aliases=("trogiup", "huongdan", "giupdo", "menu", "chao", "xinchao", "hello", "hi"),
        example="/help",
    ),
    MenuItem(
        command=Command.START,
        description="Kết nối với cơ quan bằng mã mời",
        aliases=("batdau", "vao", "thamgia", "ketnoi", "mamoi"),
        example="/start MÃ-MỜI",
    ),
)

COMMANDS: dict[str, Command] = {
    word: item.command for item in MENU for word in (item.command.value, *item.aliases)
}
