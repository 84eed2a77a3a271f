"""/revoke: the standing office ends other chats' bindings. Asked once; the chat is told."""

from collections.abc import Collection, Sequence

from bot.commands.asked import Answer, Asked, steered
from bot.commands.binding_words import held_words, out_of_reach_words, place_words, since_words
from bot.commands.ending import end, last_office_stays, no_chat_left, tell_offices, without_chat
from bot.commands.invite import LEADER_WORDS, not_followed
from bot.commands.menu import Command
from bot.commands.one_agency import find_agency
from bot.commands.proposing import proposed
from bot.message import Line, Message, block, bold, line, message, to_json
from bot.wording import USED_CHOICE, capitalised, joined, runs, yes_or_no
from plan.directory import name_key
from store.bindings import Held, agencies_in, bindings_held
from store.outbox import queue_note
from store.states import Role
from store.tables import ProposalRow

_MOST_DIGITS = 9
_SEE_BINDINGS = runs("Xem các kết nối", "/bindings")


async def revoke(asked: Asked) -> Answer:
    """Ask for the yes; a number names one binding, a name all chats of an agency, "lãnh đạo" those of leaders."""
    key = name_key(asked.args)
    if not key:
        return Answer(
            message=message(
                "Anh/chị ngắt kết nối nào? Gõ số của kết nối hoặc cơ quan, ví dụ: /revoke 12 · /revoke STP",
                choices=[[_SEE_BINDINGS]],
            )
        )
    if key.isdecimal():
        return await _one(asked, key)
    if key in LEADER_WORDS:
        return await _leaders(asked)
    agencies = await agencies_in(asked.session, await steered(asked))
    meant = find_agency(asked.args, agencies)
    if meant.agency is None:
        return Answer(message=not_followed(asked.args, meant.perhaps, "/revoke"))
    held = await bindings_held(asked.session, role=Role.OFFICER, agencies=[meant.agency.code])
    if not held:
        return Answer(
            message=message(
                f"{meant.agency.name} chưa có kết nối nào.",
                choices=[[runs(f"Tạo mã mời {meant.agency.code}", f"/invite {meant.agency.code}")]],
            )
        )
    return Answer(message=await _question(asked, held))


async def _leaders(asked: Asked) -> Answer:
    held = await bindings_held(asked.session, role=Role.LEADER)
    if not held:
        return Answer(message=message("Chưa có kênh lãnh đạo nào được kết nối.", choices=[[_SEE_BINDINGS]]))
    return Answer(message=await _question(asked, held))


async def _one(asked: Asked, number: str) -> Answer:
    # Ids are compared with what a database holds: a longer number is none of them.
    known = number.isascii() and len(number) <= _MOST_DIGITS
    held = await _may_end(asked, [int(number)]) if known else []
    if not held:
        return Answer(
            message=message(
                f"Không có kết nối số {number[:_MOST_DIGITS]} trong các kế hoạch mà nơi đây theo dõi.",
                choices=[[_SEE_BINDINGS]],
            )
        )
    refused = await last_office_stays(asked, [one.id for one in held])
    return Answer(message=refused or await _question(asked, held))


async def _may_end(asked: Asked, ids: Collection[int]) -> list[Held]:
    """Of these bindings, the live ones that this standing office looks after: officers' of its plans, leaders', and its own
    office's."""
    followed = {agency.code for agency in await agencies_in(asked.session, await steered(asked))}
    found = await bindings_held(asked.session, ids=ids)
    return [held for held in found if _looks_after(asked, held, followed)]


def _looks_after(asked: Asked, held: Held, followed: Collection[str]) -> bool:
    match held.role:
        case Role.OFFICER:
            return held.agency in followed
        case Role.STANDING_OFFICE:
            return held.agency in asked.office_codes
        case Role.LEADER:
            return True
        case Role.OPERATOR:
            return False


async def _question(asked: Asked, held: Sequence[Held]) -> Message:
    proposal = await proposed(
        asked,
        Command.REVOKE,
        details={"bindings": [one.id for one in held]},
    )
    names = joined(list(dict.fromkeys(held_words(one) for one in held)))
    return message(
        block(
            line(
                bold(
                    f"Ngắt {len(held)} kết nối với {names}?"
                    if len(held) > 1
                    else f"Ngắt kết nối với {names}?"
                )
            ),
            *(_line(asked, one) for one in held),
        ),
        "Nơi bị ngắt được báo, không nhận tin và không ghi nhận được nữa.",
        choices=yes_or_no(proposal),
    )


def _line(asked: Asked, held: Held) -> Line:
    here = " · chính cuộc trò chuyện này" if held.chat_id == asked.chat.id else ""
    lost = f" · {out_of_reach_words(held.suspended)}" if held.suspended else ""
    return line(f"• Số {held.id}: {place_words(held.kind)} · {since_words(held)}{lost}{here}")


async def carry_out(asked: Asked, proposal: ProposalRow) -> Answer:
    """End what was asked about and has not ended yet, if it is still this office's to end."""
    held = await _may_end(asked, proposal.details["bindings"])
    refused = await last_office_stays(asked, [one.id for one in held])
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    ended = await end(asked, [one.id for one in held], why=Command.REVOKE.value)
    if not ended:
        return Answer(message=USED_CHOICE, edits_tapped=True)
    for one in ended:
        await _tell(asked, one, key=f"revoke:{proposal.id}:{one.id}")
    await tell_offices(asked, ended, key=f"revoke:{proposal.id}")
    names = joined(list(dict.fromkeys(held_words(one) for one in ended)))
    alone = [no_chat_left(one) for one in await without_chat(asked, ended)]
    return Answer(
        message=message(
            block(line("✅ ", bold(f"Đã ngắt {len(ended)} kết nối với {names}."))),
            *(part for one in alone for part in one.blocks),
            choices=[row for one in alone for row in one.choices] or [[_SEE_BINDINGS]],
        ),
        edits_tapped=True,
    )


async def _tell(asked: Asked, held: Held, *, key: str) -> None:
    if held.chat_id == asked.chat.id:
        return
    office = joined([office.name for office in asked.bindings.offices])
    await queue_note(
        asked.session,
        chat_id=held.chat_id,
        wall=asked.wall,
        body=to_json(
            message(
                f"{capitalised(office)} (cơ quan thường trực) đã ngắt kết nối của cuộc trò chuyện này với"
                f" {held_words(held)}. Từ nay tại đây không nhận tin của kết nối này nữa.",
                f"Nếu có nhầm lẫn, anh/chị liên hệ {office} để được mời lại.",
            )
        ),
        key=key,
    )
