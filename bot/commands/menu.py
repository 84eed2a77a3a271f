"""The published commands, and the other words by which people call them."""

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    UNDO = "undo"
    PROGRESS = "progress"
    WAIVE = "waive"
    SNOOZE = "snooze"
    EXTEND = "extend"
    ASK = "ask"
    TASK = "task"
    FIND = "find"
    HISTORY = "history"
    REPORTS = "reports"
    CALENDAR = "calendar"
    STATUS = "status"
    CHART = "chart"
    REPORT = "report"
    LATE = "late"
    AGENCY = "agency"
    BOARD = "board"
    APPROVE = "approve"
    REFUSE = "refuse"
    SETDUE = "setdue"
    REMIND = "remind"
    PREVIEW = "preview"
    HOLD = "hold"
    RELEASE = "release"
    INVITE = "invite"
    BINDINGS = "bindings"
    REVOKE = "revoke"
    WHO = "who"
    HANDOVER = "handover"
    LEAVE = "leave"
    GROUP = "group"
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
        aliases=(
            "han",
            "denhan",
            "toihan",
            "viecdenhan",
            "viecsapdenhan",
            "sapdenhan",
            "hanviec",
        ),
        example="/due 7 · /due all · /due 7.2",
    ),
    MenuItem(
        command=Command.OVERDUE,
        description="Việc đã quá hạn",
        aliases=(
            "quahan",
            "trehan",
            "viecquahan",
        ),
        example="/overdue",
    ),
    MenuItem(
        command=Command.DONE,
        description="Ghi nhận việc đã xong",
        aliases=(
            "xong",
            "daxong",
            "hoanthanh",
            "dahoanthanh",
            "lamxong",
            "dalamxong",
            "hoantat",
            "dahoantat",
            "nop",
            "danop",
            "guibaocao",
            "daguibaocao",
            "dabanhanh",
        ),
        example="/done 2.6a 15/KH-UBND 20/02/2023",
    ),
    MenuItem(
        command=Command.UNDO,
        description="Hoàn tác lần ghi gần nhất",
        aliases=(
            "hoantac",
            "quaylai",
        ),
        example="/undo · /undo 2.6a",
    ),
    MenuItem(
        command=Command.PROGRESS,
        description="Ghi tiến độ một việc",
        aliases=(
            "tiendo",
            "capnhat",
        ),
        example="/progress 2.6a 60% đã lấy ý kiến",
    ),
    MenuItem(
        command=Command.WAIVE,
        description="Ghi nhận không phát sinh",
        aliases=(
            "khongphatsinh",
            "kps",
            "kophatsinh",
        ),
        example="/waive 2.3 quý I không có hồ sơ",
    ),
    MenuItem(
        command=Command.SNOOZE,
        description="Hoãn nhắc một việc vài ngày",
        aliases=(
            "hoannhac",
            "hoanden",
            "tamhoan",
            "nhacsau",
        ),
        example="/snooze 2.6a 3 ngày",
    ),
    MenuItem(
        command=Command.EXTEND,
        description="Xin gia hạn một việc",
        aliases=(
            "giahan",
            "xingiahan",
            "luihan",
            "xinluihan",
            "denghigiahan",
            "denghiluihan",
            "xinthem",
        ),
        example="/extend 2.6a 30/6 chờ văn bản",
    ),
    MenuItem(
        command=Command.ASK,
        description="Đề nghị cơ quan phối hợp",
        aliases=(
            "phoihop",
            "denghi",
            "denghiphoihop",
        ),
        example="/ask 2.6a SYT, SGDĐT 10/6 gửi danh mục",
    ),
    MenuItem(
        command=Command.TASK,
        description="Chi tiết một việc",
        aliases=(
            "viec",
            "nhiemvu",
            "chitiet",
            "xem",
            "xemviec",
        ),
        example="/task 2.6a",
    ),
    MenuItem(
        command=Command.FIND,
        description="Tìm việc theo chữ trong kế hoạch",
        aliases=(
            "tim",
            "timkiem",
            "timviec",
            "search",
        ),
        example="/find kiểm soát thủ tục",
    ),
    MenuItem(
        command=Command.HISTORY,
        description="Lịch sử một việc",
        aliases=(
            "lichsu",
            "nhatky",
        ),
        example="/history 2.6a",
    ),
    MenuItem(
        command=Command.REPORTS,
        description="Các kỳ báo cáo: chốt số liệu, hạn nộp",
        aliases=(
            "bc",
            "baocao",
            "kybaocao",
        ),
        example="/reports",
    ),
    MenuItem(
        command=Command.CALENDAR,
        description="Đưa hạn vào lịch điện thoại, máy tính",
        aliases=(
            "lich",
            "lichviec",
            "lichhan",
            "dangkylich",
            "ics",
        ),
        example="/calendar · /calendar mới · /calendar tắt",
    ),
    MenuItem(
        command=Command.STATUS,
        description="Tình hình chung: đúng hạn, quá hạn",
        aliases=(
            "tinhhinh",
            "tonghop",
            "thongke",
        ),
        example="/status",
    ),
    MenuItem(
        command=Command.CHART,
        description="Biểu đồ: theo lĩnh vực, cơ quan, cả năm",
        aliases=("bieudo", "hinh", "hinhve"),
        example="/chart lĩnh vực",
    ),
    MenuItem(
        command=Command.REPORT,
        description="Báo cáo tiến độ, công văn đôn đốc",
        aliases=("baocaotiendo", "xuatbaocao", "lapbaocao", "tonghopbaocao"),
        example="/report quý I",
    ),
    MenuItem(
        command=Command.LATE,
        description="Cơ quan đang quá hạn",
        aliases=(
            "chamtre",
            "dangtre",
            "coquantre",
        ),
        example="/late",
    ),
    MenuItem(
        command=Command.AGENCY,
        description="Tình hình một cơ quan",
        aliases=(
            "coquan",
            "donvi",
        ),
        example="/agency STP",
    ),
    MenuItem(
        command=Command.BOARD,
        description="Mở bảng theo dõi trên web",
        aliases=(
            "bang",
            "bangtheodoi",
            "mobang",
            "web",
        ),
        example="/board",
    ),
    MenuItem(
        command=Command.APPROVE,
        description="Xem và duyệt đề nghị đang chờ",
        aliases=(
            "duyet",
            "dongy",
            "pheduyet",
            "choduyet",
        ),
        example="/approve · /approve 12",
    ),
    MenuItem(
        command=Command.REFUSE,
        description="Không đồng ý hoặc trả lại một đề nghị",
        aliases=(
            "tuchoi",
            "khongduyet",
            "khongdongy",
            "tralai",
        ),
        example="/refuse 12 cần bổ sung văn bản",
    ),
    MenuItem(
        command=Command.SETDUE,
        description="Ấn định ngày cho việc chưa có ngày",
        aliases=(
            "dathan",
            "datngay",
            "andinhngay",
            "dinhhan",
        ),
        example="/setdue 1.1a 30/6/2023",
    ),
    MenuItem(
        command=Command.REMIND,
        description="Đôn đốc ngay một việc hoặc một cơ quan",
        aliases=(
            "nhac",
            "dondoc",
        ),
        example="/remind 2.6a · /remind STP",
    ),
    MenuItem(
        command=Command.PREVIEW,
        description="Lần tới bot sẽ nhắc ai, việc gì",
        aliases=(
            "xemtruoc",
            "dukien",
            "sapgui",
        ),
        example="/preview",
    ),
    MenuItem(
        command=Command.HOLD,
        description="Giữ lại lời nhắc của một cơ quan",
        aliases=(
            "giulai",
            "giu",
            "tamgiu",
        ),
        example="/hold STP 14/3",
    ),
    MenuItem(
        command=Command.RELEASE,
        description="Cho gửi lời nhắc đã giữ lại",
        aliases=(
            "chogui",
            "thagui",
        ),
        example="/release STP",
    ),
    MenuItem(
        command=Command.INVITE,
        description="Tạo mã mời cho một cơ quan",
        aliases=(
            "moi",
            "taoma",
            "taomamoi",
        ),
        example="/invite STP",
    ),
    MenuItem(
        command=Command.BINDINGS,
        description="Cơ quan nào đã kết nối, ở đâu",
        aliases=(
            "noinhan",
            "dsketnoi",
            "danhsachketnoi",
        ),
        example="/bindings",
    ),
    MenuItem(
        command=Command.REVOKE,
        description="Ngắt kết nối của một cơ quan",
        aliases=(
            "thuhoi",
            "ngatketnoi",
        ),
        example="/revoke 12",
    ),
    MenuItem(
        command=Command.WHO,
        description="Cuộc trò chuyện này đang kết nối với ai",
        aliases=(
            "ai",
            "toilaai",
            "dangketnoi",
        ),
        example="/who",
    ),
    MenuItem(
        command=Command.HANDOVER,
        description="Bàn giao cho người phụ trách mới",
        aliases=(
            "bangiao",
            "chuyengiao",
        ),
        example="/handover",
    ),
    MenuItem(
        command=Command.LEAVE,
        description="Ngừng kết nối cuộc trò chuyện này",
        aliases=(
            "roi",
            "ngungnhan",
            "thoat",
        ),
        example="/leave",
    ),
    MenuItem(
        command=Command.GROUP,
        description="Ai trong nhóm được ghi nhận",
        aliases=(
            "nhom",
            "caidatnhom",
        ),
        example="/group admins · /group all",
    ),
    MenuItem(
        command=Command.HELP,
        description="Hướng dẫn sử dụng",
        aliases=(
            "trogiup",
            "huongdan",
            "giupdo",
            "menu",
            "chao",
            "xinchao",
            "hello",
            "hi",
            "alo",
        ),
        example="/help",
    ),
    MenuItem(
        command=Command.START,
        description="Kết nối với cơ quan bằng mã mời",
        aliases=(
            "batdau",
            "vao",
            "thamgia",
            "ketnoi",
            "mamoi",
        ),
        example="/start MÃ-MỜI",
    ),
)

COMMANDS: dict[str, Command] = {
    word: item.command for item in MENU for word in (item.command.value, *item.aliases)
}
