"""/handover: a code for who takes over. When the new chat accepts it, this one's binding ends."""

from collections.abc import Sequence

from bot.codes import shorten
from bot.commands.asked import Answer, Asked
from bot.commands.ending import write_down_end
from bot.commands.invite_words import how_to_use
from bot.commands.menu import Command
from bot.commands.one_agency import find_agency
from bot.message import Message, block, bold, line, message, to_json
from bot.wording import joined, runs
from plan.directory import name_key
from store.bindings import Held
from store.changes import audit_event
from store.invites import make_invite
from store.outbox import queue_note
from store.states import Role
from store.tables import AgencyRow

_LABEL_LIMIT = 40


async def handover(asked: Asked) -> Answer:
    """Make the code, or ask for which of the chat's agencies."""
    own = asked.agencies
    if not name_key(asked.args):
        return await _hand_over(asked, own[0]) if len(own) == 1 else Answer(message=_which(own))
    meant = find_agency(asked.args, own)
    if meant.agency is not None:
        return await _hand_over(asked, meant.agency)
    if meant.perhaps:
        return Answer(message=_which(meant.perhaps))
    name = shorten(asked.args, _LABEL_LIMIT)
    return Answer(
        message=message(
            f"Ở đây không kết nối với “{name}”, chỉ với {joined(asked.agency_names)}."
            f" Ví dụ: /handover {own[0].code}"
        )
    )


def _which(agencies: Sequence[AgencyRow]) -> Message:
    rows = [[runs(shorten(agency.name, _LABEL_LIMIT), f"/handover {agency.code}")] for agency in agencies]
    return message("Anh/chị bàn giao cơ quan nào?", choices=rows)


async def _hand_over(asked: Asked, agency: AgencyRow) -> Answer:
    letters = await make_invite(
        asked.session,
        role=Role.OFFICER,
        agency=agency.code,
        now=asked.now,
        replaces_chat_id=asked.chat.id,
    )
    await audit_event(
        asked.session,
        "handover",
        actor=asked.actor,
        now=asked.now,
        subject=agency.code,
        after={"role": Role.OFFICER.value, "agency": agency.code},
    )
    return Answer(
        message=message(
            block(line(bold(f"Mã bàn giao {agency.name}"))),
            *how_to_use(asked, letters),
            f"Khi nơi mới kết nối xong, cuộc trò chuyện này thôi nhận tin của {agency.name}; cho đến lúc đó chưa có gì đổi.",
        )
    )


async def handed_over(asked: Asked, replaced: Held, invite_id: int | None) -> None:
    """Write down that the binding ended, and tell its chat."""
    await write_down_end(asked, replaced, why=Command.HANDOVER.value)
    await queue_note(
        asked.session,
        chat_id=replaced.chat_id,
        wall=asked.wall,
        body=to_json(
            message(
                block(line("✅ ", bold(f"Đã bàn giao {replaced.agency_name} cho nơi nhận mới."))),
                f"Từ nay cuộc trò chuyện này không nhận tin nhắc việc của {replaced.agency_name} nữa."
                " Cảm ơn anh/chị.",
            )
        ),
        key=f"handover:{invite_id}",
    )
