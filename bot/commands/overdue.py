"""/overdue: what is late, most late first; for who oversees a plan, of all agencies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.codes import shorten
from bot.commands.asked import Answer, Asked, overseen, steered
from bot.commands.lists import by_agency, done_choices
from bot.commands.one_agency import find_agency
from bot.listing import entry_lines
from bot.message import Block, block, bold, line, message
from bot.wording import SEE_DUE, joined, named_day, runs
from plan.text import fold
from store.agenda import Entry, entries
from store.lookup import all_agencies

_EVERYBODY = frozenset({"all", "tat ca", "tatca", "toan bo", "toan tinh", "ca tinh"})
_ECHO_LIMIT = 40


async def overdue(asked: Asked) -> Answer:
    """The late assignments of the chat's own agencies; for a standing office or leader without agencies those of its plans,
    and on asking ("/overdue all", "/overdue STP") for one with agencies too."""
    plans = await overseen(asked)
    if plans and (not asked.agencies or asked.args):
        return await _overseen(asked, plans)
    own = await entries(asked.session, agencies=asked.agency_codes, open_only=True)
    late = _late(own, asked.today)
    head = [line(bold(f"⛔ Việc quá hạn · {joined(asked.agency_names)}")), line(_day_words(asked.today))]
    hint = [runs("Mọi cơ quan", "/overdue all")] if plans else []
    if not late:
        return Answer(
            message=message(block(*head[:1], "Không có việc nào quá hạn."), choices=[[SEE_DUE, *hint]])
        )
    head.append(line(f"{len(late)} việc quá hạn, lâu nhất xếp trước."))
    several = len(asked.agencies) > 1
    blocks = [_item(entry, asked.today, several=several, tappable=True) for entry in late]
    return Answer(message=message(block(*head), *blocks, choices=[hint] if hint else []), paged=True)


async def _overseen(asked: Asked, plans: frozenset[str]) -> Answer:
    everyone = await entries(asked.session, open_only=True)
    late = _late([entry for entry in everyone if entry.plan_key in plans], asked.today)
    whose = "toàn kế hoạch"
    if asked.args and fold(asked.args).replace("_", " ") not in _EVERYBODY:
        named = find_agency(asked.args, await all_agencies(asked.session)).agency
        if named is None:
            echo = shorten(asked.args, _ECHO_LIMIT)
            return Answer(message=message(f"Không rõ cơ quan “{echo}”. Ví dụ: /overdue STP · /overdue all"))
        late, whose = [entry for entry in late if entry.agency == named.code], named.name
    title = line(bold(f"⛔ Việc quá hạn · {whose}"))
    if not late:
        return Answer(message=message(block(title, "Không có việc nào quá hạn.")))
    groups = by_agency(late)
    of_whom = f" của {len(groups)} cơ quan" if len(groups) > 1 else ""
    head = block(title, _day_words(asked.today), f"{len(late)} việc quá hạn{of_whom}, lâu nhất xếp trước.")
    own_plans = await steered(asked)
    blocks = [found for own in groups.values() for found in _of_agency(own, asked.today, own_plans)]
    return Answer(message=message(head, *blocks), paged=True)


def _late(owed: Sequence[Entry], today: date) -> list[Entry]:
    """Most late first; of one day as on paper."""
    late = [entry for entry in owed if entry.is_late(today)]
    return sorted(late, key=lambda entry: (entry.late_after or date.max, entry.order))


def _item(entry: Entry, today: date, *, several: bool, tappable: bool) -> Block:
    """One assignment with its agency, so that it can be understood on any page; choices do what its reader may do."""
    agency = [line(bold(f"🏛 {entry.agency_name}"))] if several else []
    choices = done_choices(entry) if tappable else ()
    return block(*agency, *entry_lines(entry, today, tappable=tappable), choices=choices)


def _of_agency(own: Sequence[Entry], today: date, steered_plans: frozenset[str]) -> list[Block]:
    """One agency's, with what the reader can do about it under the first."""
    first, *others = (_item(entry, today, several=True, tappable=False) for entry in own)
    agency = own[0].agency
    if any(entry.plan_key in steered_plans for entry in own):
        choice = runs(f"Đôn đốc {agency}", f"/remind {agency}")
    else:
        choice = runs(f"Xem {agency}", f"/agency {agency}")
    return [replace(first, choices=(choice,)), *others]


def _day_words(today: date) -> str:
    return f"{named_day(today)}/{today.year}"
