"""The words of the grammar, written as they are spelled. Folded and mistyped forms match by themselves.

To teach the reader a word, put it into the right row here; the module that uses the row is named above it.
"""

from enum import Enum

from plan.phrases.lexicon import Lexicon


class MarkKind(Enum):
    ONGOING = "goes on all the time"
    ADHOC = "happens on demand"
    RULE = "another text gives the time"
    EVENT = "depends on an event that has no date here"
    SINCE_EVENT = "runs from an event that has no date here"
    UNKNOWN = "not fixed yet"
    PERIODIC = "periodic, but the period is not said"
    FESTIVAL = "the lunar calendar or a holiday gives the day"
    SESSION = "a session of a council gives the day"
    SCHOOL = "a school or financial year is not the calendar year"
    FOLLOWS = "the dates are in a list that is not part of the phrase"
    EXCEPTION = "an exception is made"
    EARLIEST = "only the earliest day is said"
    LATER = "it goes on in later years"
    DAY_NAMED = "a day off or an anniversary is named"


# bounds.py: words in front of a date that keep it as the last good day.
INCLUSIVE = Lexicon(
    "trong", "ngay trong", "vào", "tại", "đúng", "đúng vào", "đến", "tới", "cho đến", "cho tới", "hết",
    "đến hết", "tới hết", "cho đến hết", "đến cuối ngày", "cuối ngày", "kết thúc", "chậm nhất",
    "chậm nhất là",
    "chậm nhất vào", "chậm nhất đến", "chậm nhất đến hết", "chậm nhất trong", "muộn nhất", "muộn nhất là",
    "muộn nhất vào", "trễ nhất", "trễ nhất là", "không quá", "không muộn hơn", "không chậm hơn",
    "không trễ hơn",
    "không muộn quá", "không chậm quá", "không trễ quá", "không sau", "hạn cuối", "hạn cuối là", "hạn chót",
    "hạn chót là", "thời hạn", "thời hạn là", "thời hạn cuối", "hạn", "hạn nộp", "thời điểm", "là", "là vào",
    "trong thời gian", "trong khoảng thời gian", "từ nay đến", "từ nay đến hết", "từ nay cho đến",
    "từ nay tới",
    "trước hoặc vào", "trước hoặc trong", "trước hoặc đúng", "trước và trong", "cả", "trong cả", "toàn",
    "hoàn thành", "hoàn thành trong", "hoàn thành vào", "xong", "xong trong", "định kỳ vào", "trong các",
    "vào các",
)  # fmt: skip
# bounds.py: the day before is the last good one.
EXCLUSIVE = Lexicon(
    "trước", "xong trước", "trước các", "đến trước", "tới trước", "trước thời điểm", "trước thời hạn"
)
# bounds.py: words that may stand between a bound and its date.
FILLERS = Lexicon("là", "vào", "các", "thời điểm", "hạn", "đến", "lúc", "khoảng thời gian")
# bounds.py: the date is only a guess of the author.
ABOUT = Lexicon("khoảng", "dự kiến", "dự kiến vào", "dự kiến trong", "ước", "vào khoảng", "trong khoảng")
# ranges.py
SINCE = Lexicon(
    "từ", "kể từ", "tính từ", "bắt đầu từ", "áp dụng từ", "thực hiện từ", "trong thời gian từ",
    "trong khoảng từ",
    "bắt đầu", "bắt đầu vào", "khởi công", "có hiệu lực từ", "có hiệu lực kể từ",
)  # fmt: skip
UNTIL = Lexicon("đến", "tới", "cho đến", "cho tới", "đến hết", "tới hết", "cho đến hết", "đến trước")
SINCE_THEN = Lexicon("trở đi", "trở về sau")

# marks.py: wordings that need no date.
MARKS: dict[MarkKind, Lexicon] = {
    MarkKind.ONGOING: Lexicon(
        "thường xuyên", "liên tục", "quanh năm", "suốt năm", "suốt", "trong suốt", "thường kỳ", "thường trực",
    ),
    MarkKind.ADHOC: Lexicon(
        "đột xuất", "khi có yêu cầu", "khi được yêu cầu", "theo yêu cầu", "khi phát sinh", "khi có phát sinh",
        "khi cần", "khi cần thiết", "khi có nhu cầu", "khi có thay đổi", "khi có biến động", "khi có chỉ đạo",
        "khi có đề nghị", "khi có vụ việc", "khi có sự cố", "khi được giao", "khi có điều chỉnh", "không định kỳ",
        "bất thường", "tùy tình hình", "tùy theo tình hình", "phát sinh", "khi có hồ sơ", "khi có trường hợp",
    ),
    MarkKind.RULE: Lexicon(
        "theo quy định", "theo kế hoạch", "theo tiến độ", "theo lộ trình", "theo hướng dẫn", "theo chỉ đạo",
        "theo thời gian", "theo thời hạn", "theo chương trình", "theo văn bản", "theo quyết định", "theo lịch",
        "theo thông báo", "theo nghị quyết", "theo nghị định", "theo thông tư", "theo đề án", "theo phân công",
        "theo nhiệm vụ", "theo luật", "theo công văn", "theo yêu cầu tiến độ", "theo định kỳ", "đúng quy định",
        "đúng thời hạn quy định", "đúng thời gian quy định", "theo đúng quy định", "theo đúng tiến độ",
    ),
    MarkKind.EVENT: Lexicon(
        "sau khi", "ngay sau khi", "ngay khi", "khi", "khi có", "trước khi", "đến khi", "cho đến khi", "sau ngày",
        "chờ", "trên cơ sở", "sau thời điểm", "ngay sau", "có hiệu lực", "hiệu lực thi hành", "có hiệu lực thi hành",
    ),
    MarkKind.SINCE_EVENT: Lexicon(
        "từ khi", "kể từ khi", "kể từ ngày", "tính từ ngày", "từ ngày", "kể từ", "tính từ", "kể từ thời điểm",
        "từ thời điểm", "kể từ lúc",
    ),
    MarkKind.UNKNOWN: Lexicon("chưa xác định", "chưa đề xuất", "chưa có", "chưa rõ", "chưa quy định", "không xác định"),
    MarkKind.PERIODIC: Lexicon("định kỳ",),
    MarkKind.FESTIVAL: Lexicon(
        "tết", "trước tết", "sau tết", "tết nguyên đán", "trước tết nguyên đán", "âm lịch", "trung thu",
        "trước trung thu", "tháng giêng", "tháng chạp", "tháng cô hồn", "mùa mưa", "trước mùa mưa",
    ),
    MarkKind.SESSION: Lexicon(
        "kỳ họp", "trước kỳ họp", "sau kỳ họp", "phiên họp", "trước phiên họp", "sau phiên họp", "hội nghị giữa năm",
        "hội nghị cuối năm",
    ),
    MarkKind.SCHOOL: Lexicon(
        "năm học", "học kỳ", "niên học", "niên độ", "năm tài chính", "niên khóa", "đầu năm học", "cuối năm học",
        "giữa năm học", "hàng năm học", "trong năm học", "trước năm học", "năm âm lịch",
    ),
    MarkKind.FOLLOWS: Lexicon("sau đây", "như sau", "dưới đây", "thời hạn cụ thể", "thời gian cụ thể"),
    MarkKind.EXCEPTION: Lexicon("riêng", "trừ", "ngoại trừ", "không kể", "không bao gồm", "không tính", "thay vì"),
    MarkKind.EARLIEST: Lexicon("sớm nhất", "sớm nhất là", "không sớm hơn", "không trước"),
    MarkKind.LATER: Lexicon(
        "các năm tiếp theo", "những năm tiếp theo", "các năm sau", "những năm sau", "các năm còn lại",
        "năm tiếp theo và các năm sau", "các năm kế tiếp", "những năm còn lại", "hàng năm tiếp theo",
    ),
    MarkKind.DAY_NAMED: Lexicon("dịp", "lễ", "ngày lễ", "kỷ niệm", "chào mừng", "lập thành tích", "ngày nghỉ"),
}  # fmt: skip

# marks.py: words with a time word in them that say nothing about the deadline.
HARMLESS = Lexicon(
    "đầu tư", "đầu mối", "đứng đầu", "đầu vào", "đầu ra", "đầu việc", "ban đầu", "bước đầu", "hàng đầu",
    "dẫn đầu",
    "đi đầu", "hàng hóa", "hàng hoá", "ngân hàng", "khách hàng", "bán hàng", "trước mắt", "trước đây",
    "trước đó",
    "trước tiên", "trước pháp luật", "trách nhiệm trước", "sau đó", "sau này", "sau thanh tra",
    "sau kiểm tra",
    "sau kiểm toán", "sau thời gian này", "sau đại học", "cuối cùng", "thời kỳ", "chu kỳ", "bất kỳ",
    "việt nam",
    "ngày càng", "quy định", "quy trình", "quy chế", "quy mô", "quy hoạch", "quy phạm", "quy chuẩn",
    "quy tắc",
    "quy ước", "nội quy", "quý cơ quan", "quý đơn vị", "quý sở", "quý vị", "kỳ vọng", "nếu có", "hiện nay",
    "từ xa",
    "đến nay", "thông tư", "tư pháp", "hàng không", "mặt hàng", "hiệu quả", "thứ tự", "thứ trưởng",
    "thời gian thực",
    "đúng hạn", "trước hạn", "quá hạn", "đầu cuối", "từng bước", "năm châu", "kỳ báo cáo", "thuộc kỳ báo cáo",
    "của kỳ báo cáo", "ngày làm việc trong năm", "ngày làm việc tiếp theo", "ngày làm việc kế tiếp",
    "ngày làm việc liền kề",
    "trùng ngày nghỉ", "trùng vào ngày nghỉ", "trùng với ngày nghỉ", "ngày làm việc liền sau",
    "định kỳ báo cáo", "báo cáo định kỳ",
    "cách mạng tháng tám", "hết sức", "hết lòng", "hết hiệu lực",
)  # fmt: skip

# documents.py
DOCUMENTS = Lexicon(
    "quyết định", "kế hoạch", "nghị quyết", "nghị định", "thông tư", "thông tư liên tịch", "công văn",
    "chỉ thị",
    "luật", "thông báo", "tờ trình", "chương trình", "hướng dẫn", "đề án", "văn bản", "công điện", "kết luận",
    "quy định", "quy chế", "pháp lệnh", "giấy mời", "dự án", "phương án", "tiêu chuẩn", "tcvn iso", "iso",
    "tcvn",
    "bộ luật", "hiến pháp", "văn bản hợp nhất", "báo cáo số", "giấy ủy quyền", "tcvn iso số", "hợp đồng",
)  # fmt: skip
SYMBOLS = Lexicon(
    "kh", "qđ", "nđ", "nq", "tt", "ct", "cv", "bc", "tb", "hd", "ttr", "qh", "tu", "ttg", "cp", "ubnd",
    "hđnd", "snv",
    "sno", "pl", "cđ", "kl", "qc", "ttlt", "gm", "bb", "đa", "ctr", "vp", "vbhn", "cttr", "bca", "btc",
    "bnv", "btp",
    "ubtvqh", "l", "ctn", "ubkt", "bgdđt", "btttt", "vpcp", "stp", "sxd", "gtvt", "ttcp",
)  # fmt: skip
# marks.py: a number after these counts something else than time.
NUMBERED = Lexicon(
    "đợt", "lần", "lần thứ", "mục", "điều", "khoản", "điểm", "phụ lục", "mẫu", "mẫu số", "biểu", "biểu số",
    "biểu mẫu",
    "nhóm", "cấp", "mức", "mức độ", "mức độ số", "khóa", "khoá", "bước", "giai đoạn", "số", "stt", "nhiệm vụ",
    "nhiệm vụ số", "chương", "phần", "bảng", "kỳ họp thứ", "phiên họp thứ", "thứ", "khóa thứ", "nội dung",
    "loại",
    "đại hội", "quý số", "đề án", "tiêu chí", "vị trí", "hạng", "top", "đạt", "trên", "tối thiểu",
    "ít nhất", "ước đạt",
)  # fmt: skip
# scan.py: a number after these is never a day or a month.
ORDINALS = Lexicon(
    "đợt", "lần", "lần thứ", "giai đoạn", "bước", "nhóm", "mục", "phụ lục", "khoản", "điều", "mức độ",
    "cấp", "kỳ",
    "khóa", "khoá", "chương", "phần", "bảng", "biểu", "mẫu", "thứ",
)  # fmt: skip
# marks.py: a number in front of these counts something else than time.
COUNTED = Lexicon(
    "lớp", "cuộc", "báo cáo", "đơn vị", "văn bản", "hồ sơ", "người", "xã", "huyện", "sở", "thủ tục",
    "nhiệm vụ",
    "mô hình", "hội nghị", "bài", "tin", "đợt", "bộ", "tỷ", "triệu", "đồng", "trường hợp", "dịch vụ",
    "chỉ tiêu",
    "cán bộ", "công chức", "viên chức", "tổ", "đoàn", "cơ quan", "phòng", "tỉnh", "kế hoạch", "quyết định",
    "nghị quyết", "chương trình", "đề án", "dự án", "sản phẩm", "tiêu chí", "nội dung", "sáng kiến",
    "giải pháp",
    "điểm", "học viên", "phóng sự", "chuyên đề", "chuyên mục", "số", "tthc", "dvc", "hội thi", "buổi",
    "tọa đàm", "lượt", "bản", "bản tin", "phương án", "cấp", "loại", "sự kiện", "doanh nghiệp", "phần trăm",
)  # fmt: skip
# marks.py: what follows is what the date is for, not when the work is due.
PURPOSE = Lexicon("để", "nhằm", "phục vụ", "làm cơ sở")
# marks.py: a period after these names the report or plan and not its day.
REPORTS = Lexicon(
    "báo cáo", "sơ kết", "tổng kết", "số liệu", "báo cáo sơ kết", "báo cáo tổng kết", "báo cáo tổng hợp",
    "tổng hợp",
    "báo cáo kết quả", "giao ban", "kết quả thực hiện", "tình hình thực hiện",
    "kế hoạch thực hiện", "báo cáo định kỳ", "kết quả", "kỳ báo cáo",
)  # fmt: skip
# marks.py: a period after these is when the work is done, although a plain word stands in front of it.
DOING = Lexicon(
    "hoàn thành", "thực hiện", "triển khai", "xong", "tổ chức", "ban hành", "tiến hành", "báo cáo vào",
    "kết thúc",
    "gửi", "nộp", "trình", "bắt đầu", "thời gian", "thời hạn", "thời điểm", "hạn", "hạn cuối", "phê duyệt",
    "công bố", "là", "khoảng", "hoàn tất", "hoàn thiện", "xây dựng", "tham mưu", "cho", "vận hành", "áp dụng",
)  # fmt: skip
EVERY = Lexicon(
    "hằng",
    "hàng",
    "mỗi",
    "từng",
    "định kỳ hằng",
    "định kỳ hàng",
    "định kỳ mỗi",
    "định kỳ từng",
    "định kỳ theo",
)
EVERY_YEAR = Lexicon("hằng năm", "hàng năm", "mỗi năm", "từng năm")
# "quy" without its mark is a quarter only where none of these words is meant.
QUY_WORDS = Lexicon(
    "quy định", "quy trình", "quy chế", "quy mô", "quy hoạch", "quy phạm", "quy chuẩn", "quy tắc",
    "quy ước", "quy cách",
    "quy đổi", "quy tụ", "quý cơ quan", "quý đơn vị", "quý sở", "quý vị",
)  # fmt: skip
NEXT = Lexicon(
    "sau", "tiếp theo", "kế tiếp", "tới", "liền sau", "sau liền kề", "liền kề sau", "tiếp sau", "kế tiếp sau"
)
BEFORE = Lexicon("trước", "liền trước", "trước liền kề", "liền kề trước", "kề trước", "vừa qua")
THIS = Lexicon(
    "này", "nay", "kế hoạch", "báo cáo", "hiện tại", "hiện hành", "thực hiện", "đó", "thuộc kỳ báo cáo"
)
WEEKDAYS = (
    Lexicon("thứ hai", "thứ 2"), Lexicon("thứ ba", "thứ 3"), Lexicon("thứ tư", "thứ 4"), Lexicon("thứ năm", "thứ 5"),
    Lexicon("thứ sáu", "thứ 6"), Lexicon("thứ bảy", "thứ bẩy", "thứ 7"), Lexicon("chủ nhật"),
)  # fmt: skip
NUMERAL_VALUES = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12,
}  # fmt: skip
NUMERALS = Lexicon(*NUMERAL_VALUES)
ROMANS = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "iiii": 0,
}
# marks.py: time words; one that no rule has read makes the whole phrase doubtful.
FATAL_WORDS = Lexicon(
    "trước", "tháng", "quý", "quí", "tuần", "ngày", "giờ", "phút", "hôm", "mùng", "mồng", "thế kỷ"
)
# scan.py: in front of a date or recurrence these have to be read with it.
DANGLING = Lexicon(
    "từ", "kể từ", "đến", "tới", "trong", "vào", "sau", "trước", "không quá", "chậm nhất", "không", "chưa",
    "quá",
    "khoảng", "dự kiến", "gần", "ngoài", "cách",
)  # fmt: skip
DOUBTFUL_WORDS = Lexicon(
    "dự kiến",
    "năm",
    "kỳ",
    "sau",
    "hằng",
    "đầu",
    "cuối",
    "giữa",
    "thứ",
    "muộn",
    "sớm",
    "chậm",
    "trễ",
    "hạn chót",
)
