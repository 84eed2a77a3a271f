"""/bindings: which agencies are connected, where, since when, and which cannot be reached."""

from collections.abc import Sequence

from bot.commands.asked import Answer, Asked, steered
from bot.commands.binding_words import out_of_reach_words, place_words, since_words
from bot.commands.invite import not_followed
from bot.commands.menu import Command
from bot.commands.one_agency import find_agency
from bot.message import Block, Line, block, bold, line, message
from bot.offered import offered
from plan.directory import name_key
from store.bindings import Held, agencies_in, bindings_held
from store.states import Role
from store.tables import AgencyRow


async def bindings(asked: Asked) -> Answer:
    """All agencies of the steered plans, those without a chat first; or one agency."""
    agencies = await agencies_in(asked.session, await steered(asked))
    if not agencies:
        return Answer(message=message("Hiện không có kế hoạch nào đang theo dõi."))
    if name_key(asked.args):
        meant = find_agency(asked.args, agencies)
        if meant.agency is None:
            return Answer(message=not_followed(asked.args, meant.perhaps, "/bindings"))
        return Answer(message=message(*await _blocks(asked, [meant.agency])))
    held = await bindings_held(asked.session, role=Role.OFFICER, agencies=[one.code for one in agencies])
    bound = {one.agency for one in held}
    unheard = len({one.code for one in agencies} - bound)
    head = [line(bold(f"Kết nối của {len(agencies)} cơ quan"))]
    counted = f"{len(agencies) - unheard} đã có nơi nhận tin"
    head.append(line(f"{counted}, {unheard} chưa có." if unheard else f"{counted}."))
    lost = _unreachable(held)
    if lost:
        head.append(line(f"Không gửi tin tới được {lost} cơ quan."))
    head.append(line("Ngắt một kết nối: dùng lệnh ghi bên cạnh, hoặc gõ /revoke STP"))
    in_order = sorted(agencies, key=lambda agency: (agency.code in bound, agency.code))
    return Answer(
        message=message(block(*head), *await _blocks(asked, in_order), *await _leaders(asked)), paged=True
    )


def _unreachable(held: Sequence[Held]) -> int:
    """How many agencies have chats, but none within reach."""
    return len({one.agency for one in held} - {one.agency for one in held if one.suspended is None})


async def _blocks(asked: Asked, agencies: Sequence[AgencyRow]) -> list[Block]:
    codes = [agency.code for agency in agencies]
    held = await bindings_held(asked.session, role=Role.OFFICER, agencies=codes)
    own = [code for code in codes if code in asked.office_codes]
    held += await bindings_held(asked.session, role=Role.STANDING_OFFICE, agencies=own)
    return [_block(agency, [one for one in held if one.agency == agency.code]) for agency in agencies]


def _block(agency: AgencyRow, held: Sequence[Held]) -> Block:
    officers = [one for one in held if one.role is Role.OFFICER]
    invite = offered(Command.INVITE, agency.code, agency.code)
    count = [f"{len(officers)} nơi nhận tin"] if officers else ["chưa có nơi nhận tin · ", invite]
    return block(
        line("🏛 " if officers else "⚠️ ", bold(agency.name), f" ({agency.code}): ", *count),
        *(_line(one) for one in held),
    )


def _line(held: Held) -> Line:
    what = "cơ quan thường trực · " if held.role is Role.STANDING_OFFICE else ""
    lost = f" · ⛔ {out_of_reach_words(held.suspended)}" if held.suspended else ""
    revoke = offered(Command.REVOKE, str(held.id), str(held.id))
    return line(f"• {what}{place_words(held.kind)} · {since_words(held)}{lost} · ", revoke)


async def _leaders(asked: Asked) -> list[Block]:
    held = await bindings_held(asked.session, role=Role.LEADER)
    if not held:
        return []
    return [
        block(
            line("👤 ", bold("Kênh lãnh đạo"), f": {len(held)} nơi nhận tin"), *(_line(one) for one in held)
        )
    ]
