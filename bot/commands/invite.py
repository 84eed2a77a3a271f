"""/invite: a one-time code for an agency's chat, for another chat of the standing office, or for a leader's."""

from collections.abc import Sequence

from bot.codes import shorten
from bot.commands.asked import Answer, Asked, steered
from bot.commands.invite_words import how_to_use
from bot.commands.one_agency import find_agency
from bot.message import Message, block, bold, line, message
from bot.wording import joined, runs
from plan.directory import name_key
from store.bindings import agencies_in, bindings_held
from store.changes import audit_event
from store.invites import make_invite
from store.states import Role
from store.tables import AgencyRow

LEADER_WORDS = frozenset({"lanhdao", "leader", "kenhlanhdao"})
_OFFICE = frozenset({"thuongtruc", "coquanthuongtruc", "cqtt", "standingoffice"})
_LABEL_LIMIT = 40
_MOST_OFFERED = 6
_EXAMPLE = "Ví dụ: /invite STP · /invite thường trực · /invite lãnh đạo"


async def invite(asked: Asked) -> Answer:
    """Make a code for what the words name, within the plans that this office steers."""
    agencies = await agencies_in(asked.session, await steered(asked))
    if not agencies:
        return Answer(
            message=message("Hiện không có kế hoạch nào đang theo dõi, nên chưa mời được cơ quan nào.")
        )
    key = name_key(asked.args)
    if not key:
        return Answer(message=await _whom(asked, agencies))
    if key in LEADER_WORDS:
        return await _for_leader(asked)
    meant = find_agency(asked.args, agencies)
    if meant.agency is not None and key not in _OFFICE:
        return await _for_agency(asked, meant.agency)
    office = _office_words(asked.args)
    if office is not None:
        return await _for_office(asked, office)
    return Answer(message=not_followed(asked.args, meant.perhaps, "/invite"))


def not_followed(typed: str, perhaps: Sequence[AgencyRow], command: str) -> Message:
    """For a name that is none of the agencies that this office follows."""
    name = shorten(typed, _LABEL_LIMIT)
    rows = [[runs(shorten(agency.name, _LABEL_LIMIT), f"{command} {agency.code}")] for agency in perhaps]
    if rows:
        return message(f"Không có cơ quan “{name}”. Có phải ý anh/chị là:", choices=rows)
    return message(
        f"Không có cơ quan “{name}” trong các kế hoạch mà nơi đây là cơ quan thường trực.",
        f"Anh/chị gõ tên hoặc mã cơ quan, ví dụ: {command} STP",
    )


async def _whom(asked: Asked, agencies: Sequence[AgencyRow]) -> Message:
    bound = {held.agency for held in await bindings_held(asked.session, role=Role.OFFICER)}
    alone = [agency for agency in agencies if agency.code not in bound]
    rows = [
        [runs(shorten(agency.name, _LABEL_LIMIT), f"/invite {agency.code}")]
        for agency in alone[:_MOST_OFFERED]
    ]
    hint = f"{len(alone)} cơ quan chưa có nơi nhận tin. Xem tất cả: /bindings" if alone else None
    return message("Anh/chị mời cơ quan nào?", _EXAMPLE, *([hint] if hint else []), choices=rows)


def _office_words(text: str) -> str | None:
    """What follows "thường trực"; None when the words do not begin so."""
    words = text.split()
    for count in range(len(words), 0, -1):
        if name_key(" ".join(words[:count])) in _OFFICE:
            return " ".join(words[count:])
    return None


async def _for_agency(asked: Asked, agency: AgencyRow) -> Answer:
    held = await bindings_held(asked.session, role=Role.OFFICER, agencies=[agency.code])
    known = [f"{agency.name} hiện có {len(held)} nơi nhận tin; mã này thêm một nơi nữa."] if held else []
    return await _made(asked, Role.OFFICER, agency.code, f"Mã mời {agency.name}", known)


async def _for_office(asked: Asked, name: str) -> Answer:
    offices = {office.code: office for office in asked.bindings.offices}
    own = list(offices.values())
    if name_key(name):
        meant = find_agency(name, own)
        if meant.agency is None:
            names = joined([office.name for office in own])
            return Answer(message=message(f"Ở đây chỉ mời thêm được cho cơ quan thường trực là {names}."))
        own = [meant.agency]
    if len(own) > 1:
        rows = [
            [runs(shorten(office.name, _LABEL_LIMIT), f"/invite thường trực {office.code}")] for office in own
        ]
        return Answer(message=message("Anh/chị mời thêm cho cơ quan thường trực nào?", choices=rows))
    more = ["Ai nhập mã này được duyệt đề nghị, mời và ngắt kết nối như ở đây."]
    return await _made(
        asked, Role.STANDING_OFFICE, own[0].code, f"Mã mời cơ quan thường trực ({own[0].name})", more
    )


async def _for_leader(asked: Asked) -> Answer:
    more = ["Ai nhập mã này xem được tình hình và việc của mọi cơ quan, không ghi nhận được gì."]
    return await _made(asked, Role.LEADER, "", "Mã mời kênh lãnh đạo", more)


async def _made(asked: Asked, role: Role, agency: str, title: str, more: Sequence[str]) -> Answer:
    letters = await make_invite(asked.session, role=role, agency=agency, now=asked.now)
    await audit_event(
        asked.session,
        "invite",
        actor=asked.actor,
        now=asked.now,
        subject=agency or role.value,
        after={"role": role.value, "agency": agency},
    )
    waits = (
        ["Kết nối bằng mã này còn chờ cơ quan thường trực đồng ý."] if asked.options.confirms_bindings else []
    )
    return Answer(message=message(block(line(bold(title))), *how_to_use(asked, letters), *more, *waits))
