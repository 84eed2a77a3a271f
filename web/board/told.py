"""Pages that say one thing: why there is nothing else to see."""

from web.board.drawing import Page


class Closed(Exception):
    """Instead of what was asked for, the person reads this page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.title)
        self.page = page


def _told(title: str, *lines: str, status: int) -> Page:
    return Page(template="told.html", title=title, shows={"lines": lines}, status=status)


_HOW_TO_COME_IN = "Anh/chị mở chat riêng với bot, gõ /board, rồi mở liên kết bot gửi."
NOT_SIGNED_IN = _told(
    "Chưa đăng nhập", "Bảng theo dõi chỉ mở bằng liên kết do bot gửi.", _HOW_TO_COME_IN, status=403
)
BAD_LINK = _told(
    "Liên kết không dùng được nữa",
    "Liên kết này đã được dùng, đã quá 10 phút, hoặc cuộc trò chuyện không còn quyền xem.",
    _HOW_TO_COME_IN,
    status=403,
)
SIGNED_OUT = _told("Đã đăng xuất", "Muốn vào lại: gõ /board trong chat riêng với bot.", status=200)
NOT_YOURS = _told(
    "Không mở được trang này", "Trang này chỉ dành cho cơ quan thường trực của kế hoạch.", status=403
)
ONLY_READS = _told(
    "Chỉ được xem",
    "Chỉ cơ quan thường trực ghi nhận được trên bảng theo dõi; chưa có gì thay đổi.",
    status=403,
)
NOT_OURS = _told(
    "Biểu mẫu không dùng được", "Chưa có gì thay đổi. Anh/chị mở lại trang rồi thử lại giúp.", status=403
)
TOO_LONG = _told("Quá dài", "Chưa có gì thay đổi. Anh/chị viết ngắn lại giúp.", status=413)
NOTHING_THERE = _told(
    "Không có trang này", "Việc hoặc cơ quan này không có trong kế hoạch mà anh/chị theo dõi.", status=404
)
NOT_YET = _told("Bot đang khởi động", "Chưa có gì thay đổi. Anh/chị thử lại sau ít phút giúp.", status=503)
AWAY = _told(
    "Tạm thời chưa xem được", "Cơ sở dữ liệu chưa trả lời. Anh/chị thử lại sau ít phút giúp.", status=503
)
BROKEN = _told(
    "Có trục trặc",
    "Hệ thống gặp trục trặc nên chưa xử lý được. Anh/chị thử lại sau ít phút giúp.",
    status=500,
)
