"""/group: who in a group may change anything, its admins or every member."""

from bot.commands.asked import Answer, Asked
from bot.message import block, bold, line, message
from bot.wording import runs
from plan.directory import name_key
from store.changes import audit_event
from store.states import ChatKind

_ADMINS = frozenset({"admins", "admin", "quantri", "quantrivien", "chiquantri", "chiquantrivien", "chiadmin"})
_ALL = frozenset({"all", "tatca", "moinguoi", "moithanhvien", "thanhvien", "tatcathanhvien", "everyone"})
_TO_ADMINS = runs("Chỉ quản trị viên", "/group admins")
_TO_ALL = runs("Mọi thành viên", "/group all")
_ALWAYS = "Ngừng kết nối, bàn giao và cài đặt này thì luôn cần quản trị viên của nhóm."


def setting_words(admins_only: bool) -> str:
    """The setting in one sentence."""
    if admins_only:
        return "Trong nhóm này, chỉ quản trị viên của nhóm được ghi nhận; xem việc thì ai cũng được."
    return "Trong nhóm này, mọi thành viên đều được ghi nhận."


async def group(asked: Asked) -> Answer:
    """Show the setting, or change it; the conversation lets admins of the group only come here."""
    if asked.chat.kind is not ChatKind.GROUP:
        return Answer(
            message=message(
                "Lệnh này chỉ dùng trong nhóm: chọn ai trong nhóm được ghi nhận. Trong chat riêng thì chỉ có anh/chị."
            )
        )
    wanted = name_key(asked.args)
    if wanted in _ADMINS or wanted in _ALL:
        return await _set(asked, wanted in _ADMINS)
    strict = asked.chat.admins_only
    hint = (
        []
        if not wanted
        else ["Anh/chị gõ /group admins (chỉ quản trị viên) hoặc /group all (mọi thành viên)."]
    )
    return Answer(
        message=message(*hint, setting_words(strict), _ALWAYS, choices=[[_TO_ALL if strict else _TO_ADMINS]])
    )


async def _set(asked: Asked, strict: bool) -> Answer:
    if asked.chat.admins_only == strict:
        return Answer(message=message(f"Không có gì thay đổi. {setting_words(strict)}"))
    asked.chat.admins_only = strict
    await audit_event(
        asked.session, "group", actor=asked.actor, now=asked.now, subject="admins" if strict else "all"
    )
    return Answer(
        message=message(
            block(line("✅ ", bold("Đã đổi cài đặt của nhóm."))),
            setting_words(strict),
            _ALWAYS,
            choices=[[_TO_ALL if strict else _TO_ADMINS]],
        )
    )
