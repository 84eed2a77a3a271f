"""What a chat is bound as, in words."""

from bot.wording import full_day
from plan.vietnam import day_of
from store.bindings import Held
from store.states import ChatKind, Role

_OUT_OF_REACH = {
    "blocked": "người nhận đã chặn bot",
    "removed": "bot đã bị đưa ra khỏi nhóm",
    "kicked": "bot đã bị đưa ra khỏi nhóm",
    "not a member": "bot không còn trong nhóm",
    "deactivated": "tài khoản hoặc nhóm không còn hoạt động",
    "not found": "không tìm thấy cuộc trò chuyện",
    "rights": "bot không được viết trong nhóm",
    "write_forbidden": "bot không được viết trong nhóm",
}


def bound_to(role: Role, agency_name: str) -> str:
    """ "Sở Tư pháp", "cơ quan thường trực (Sở Nội vụ)": as what, in the middle of a sentence."""
    match role:
        case Role.OFFICER:
            return agency_name
        case Role.STANDING_OFFICE:
            return f"cơ quan thường trực ({agency_name})"
        case Role.LEADER:
            return "kênh lãnh đạo"
        case Role.OPERATOR:
            return "kênh vận hành hệ thống"


def held_words(held: Held) -> str:
    return bound_to(held.role, held.agency_name)


def since_words(held: Held) -> str:
    """ "từ 13/03/2023"."""
    return f"từ {full_day(day_of(held.since))}"


def place_words(kind: ChatKind) -> str:
    return "nhóm" if kind is ChatKind.GROUP else "chat riêng"


def out_of_reach_words(reason: str) -> str:
    """Why nothing reaches a chat, from what the channel said."""
    said = reason.casefold()
    return next((words for mark, words in _OUT_OF_REACH.items() if mark in said), "không gửi tin được")


def role_may(role: Role) -> str:
    """What a chat in that role may do, in one line."""
    match role:
        case Role.OFFICER:
            return "xem việc của cơ quan mình, ghi nhận xong, ghi tiến độ, xin gia hạn"
        case Role.STANDING_OFFICE:
            return "xem việc của mọi cơ quan, đôn đốc, duyệt đề nghị, mời và ngắt kết nối"
        case Role.LEADER:
            return "xem tình hình và việc của mọi cơ quan"
        case Role.OPERATOR:
            return "nhận tin về tình trạng hệ thống"
