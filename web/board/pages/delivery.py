"""Whether what the bot says arrives: what waits, what did not arrive, who cannot be reached, and whether the bot is well."""

from datetime import datetime

from bot.commands.menu import Command
from bot.wording import reason_words
from plan.vietnam import local
from store import deliveries
from store.states import ChatKind, OutboxKind, Role
from web.board.drawing import Page
from web.board.looking import Look

RIGHT = Command.BINDINGS
_MOST_FAILED = 50
_KINDS = {
    OutboxKind.REPLY: "trả lời",
    OutboxKind.NOTE: "tin báo",
    OutboxKind.NOTICE: "lời nhắc",
    OutboxKind.STATUS: "tin tình trạng",
}
_ROLES = {Role.OFFICER: "", Role.STANDING_OFFICE: ", cơ quan thường trực", Role.LEADER: ""}
_CHATS = {ChatKind.GROUP: "nhóm", ChatKind.PRIVATE: "chat riêng"}
# The names that the watch gives what it finds (docs/operations.md).
_TROUBLES = {
    "answers-unsent": "Trả lời chưa gửi đi được",
    "notices-unsent": "Lời nhắc chưa gửi đi được",
    "notes-unsent": "Tin báo chưa gửi đi được",
    "updates-unhandled": "Tin đến chưa được xử lý",
    "leases-not-taken-back": "Tin dở dang chưa được gửi tiếp",
    "scan-missing": "Chưa rà soát việc đến hạn hôm nay",
    "nothing-received": "Bot không nhận được tin đến",
    "database-away": "Cơ sở dữ liệu không trả lời",
}


async def delivery(look: Look) -> Page:
    session, plans = look.session, look.visitor.plans
    waits = await deliveries.in_line(session)
    return Page(
        template="delivery.html",
        title="Tình trạng gửi tin",
        shows={
            "troubles": [
                (_TROUBLES.get(one.name, one.name), _moment(one.since))
                for one in await deliveries.troubles(session)
            ],
            "scan": await deliveries.last_scan(session),
            "waits": [
                (_KINDS[kind], waits[kind].count, _moment(waits[kind].since))
                for kind in OutboxKind
                if kind in waits
            ],
            "failed": await deliveries.undelivered(session, plans, most=_MOST_FAILED),
            "out_of_reach": await deliveries.out_of_reach(session, plans),
            "without_chat": await deliveries.without_chat(session, plans),
            "reason_words": reason_words,
            "moment": _moment,
            "chat_kinds": _CHATS,
            "role_words": _ROLES,
        },
    )


def _moment(instant: datetime) -> str:
    return f"{local(instant):%H:%M ngày %d/%m/%Y}"
