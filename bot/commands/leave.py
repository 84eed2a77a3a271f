"""/leave: end what this chat is bound as. Asked once, and then the morning messages stop."""

from collections.abc import Sequence

from bot.codes import shorten
from bot.commands.asked import Answer, Asked
from bot.commands.binding_words import held_words
from bot.commands.ending import end, last_office_stays, tell_companions, tell_offices
from bot.commands.menu import Command
from bot.commands.one_agency import find_agency
from bot.commands.proposing import proposed
from bot.message import Block, Message, block, bold, line, message
from bot.wording import SEE_HELP, USED_CHOICE, capitalised, joined, runs, yes_or_no
from plan.directory import name_key
from store.bindings import Held, bindings_held
from store.states import Role
from store.tables import AgencyRow, ProposalRow

_ALL = frozenset({"all", "tatca", "het", "tatcaketnoi"})
_ROLE_WORDS = {
    "thuongtruc": Role.STANDING_OFFICE,
    "coquanthuongtruc": Role.STANDING_OFFICE,
    "lanhdao": Role.LEADER,
    "vanhanh": Role.OPERATOR,
}
_LABEL_LIMIT = 40


async def leave(asked: Asked) -> Answer:
    """Ask for the yes, or which of several."""
    held = await bindings_held(asked.session, chat_id=asked.chat.id)
    meant = _meant(asked, held)
    if not meant or (len(meant) > 1 and name_key(asked.args) not in _ALL):
        return Answer(message=_which(asked, meant or held, is_known=bool(meant) or not asked.args))
    refused = await last_office_stays(asked, [one.id for one in meant])
    return Answer(message=refused or await _question(asked, meant))


def _meant(asked: Asked, held: Sequence[Held]) -> list[Held]:
    key = name_key(asked.args)
    if not key or key in _ALL:
        return list(held)
    if key.isdecimal():
        return [one for one in held if str(one.id) == key]
    if key in _ROLE_WORDS:
        return [one for one in held if one.role is _ROLE_WORDS[key]]
    bound: list[AgencyRow] = [*asked.bindings.agencies, *asked.bindings.offices]
    found = find_agency(asked.args, list({agency.code: agency for agency in bound}.values()))
    codes = {agency.code for agency in ((found.agency,) if found.agency else found.perhaps)}
    return [one for one in held if one.agency in codes]


def _which(asked: Asked, held: Sequence[Held], *, is_known: bool) -> Message:
    ask = "Anh/chị muốn ngừng kết nối nào?"
    if not is_known:
        ask = f"Ở đây không có kết nối “{shorten(asked.args, _LABEL_LIMIT)}”. {ask}"
    rows = [[runs(shorten(capitalised(held_words(one)), _LABEL_LIMIT), f"/leave {one.id}")] for one in held]
    if len(held) > 1:
        rows.append([runs(f"Tất cả ({len(held)})", "/leave all")])
    return message(ask, choices=rows)


async def _question(asked: Asked, held: Sequence[Held]) -> Message:
    proposal = await proposed(
        asked,
        Command.LEAVE,
        details={"bindings": [one.id for one in held]},
    )
    return message(
        block(line(bold(f"Ngừng kết nối với {joined([held_words(one) for one in held])}?"))),
        "Từ nay tại đây không nhận tin, không xem và không ghi nhận được nữa. Muốn kết nối lại thì cần mã mời mới.",
        *await _warning(asked, held),
        choices=yes_or_no(proposal),
    )


async def _warning(asked: Asked, held: Sequence[Held]) -> list[Block]:
    """Of the agencies that nobody else hears for."""
    mine = {one.id for one in held}
    own = {one.agency: one.agency_name for one in held if one.role is Role.OFFICER}
    every = await bindings_held(asked.session, role=Role.OFFICER, agencies=set(own))
    others = {one.agency for one in every if one.id not in mine}
    alone = [name for code, name in own.items() if code not in others]
    if not alone:
        return []
    return [
        block(
            f"{joined(alone)} sẽ không còn nơi nhận tin; cơ quan thường trực được báo."
            " Nếu có người thay, anh/chị dùng /handover."
        )
    ]


async def carry_out(asked: Asked, proposal: ProposalRow) -> Answer:
    """End what was asked about, if it is this chat's and has not ended yet."""
    wanted = set(proposal.details["bindings"])
    own = [one.id for one in await bindings_held(asked.session, chat_id=asked.chat.id) if one.id in wanted]
    refused = await last_office_stays(asked, own)
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    ended = await end(asked, own, why=Command.LEAVE.value)
    if not ended:
        return Answer(message=USED_CHOICE, edits_tapped=True)
    await tell_companions(asked, ended, key=f"leave:{proposal.id}")
    await tell_offices(asked, ended, key=f"leave:{proposal.id}")
    return Answer(
        message=message(
            block(line("✅ ", bold(f"Đã ngừng kết nối với {joined([held_words(one) for one in ended])}."))),
            "Tin nhắc việc của kết nối này dừng từ bây giờ. Muốn kết nối lại, anh/chị xin mã mời mới.",
            choices=[[SEE_HELP]],
        ),
        edits_tapped=True,
    )
