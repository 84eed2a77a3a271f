"""/agency: one agency at a glance: its figures, what is late and near, and how it is reached."""

from collections.abc import Sequence

from bot.commands.asked import Answer, Asked, overseen, steered
from bot.commands.due_list import USUAL_DAYS, Span, within
from bot.commands.late import is_late, remind_choices
from bot.commands.lists import short_section
from bot.commands.menu import Command
from bot.commands.one_agency import choose_agency
from bot.commands.whole_plan import entries_overseen
from bot.listing import HEADINGS, Standing, sections, short_line
from bot.message import Block, Choice, Line, block, bold, line, message
from bot.overview import figure_lines, reached_line
from bot.wording import NO_PLAN, full_day, named_day, runs
from plan.vietnam import day_of
from store.agenda import Entry
from store.contact import Contact, contact_of
from store.figures import figures
from store.tables import AgencyRow

_USUAL = Span(days=USUAL_DAYS)


async def agency(asked: Asked) -> Answer:
    """What those who oversee see of an agency, as far as their plans go."""
    plans = await overseen(asked)
    if not plans:
        return Answer(message=NO_PLAN)
    chosen = await choose_agency(asked, Command.AGENCY)
    if chosen.agency is None:
        return chosen.instead or Answer(message=NO_PLAN)
    own = [entry for entry in await entries_overseen(asked) if entry.agency == chosen.agency.code]
    contact = await contact_of(asked.session, chosen.agency.code, plans)
    total = figures(own, asked.today)
    head = block(
        line(bold(f"🏛 {chosen.agency.name} · {named_day(asked.today)}/{asked.today.year}")),
        reached_line(total),
    )
    blocks = [block(*figure_lines(total)), block(*contact_lines(contact)), *_pressing(own, asked)]
    choices = [await _choices(asked, chosen.agency, own, contact)]
    return Answer(message=message(head, *blocks, choices=choices), paged=True)


def contact_lines(contact: Contact) -> list[Line]:
    """How the agency is reached, and when it last heard and wrote."""
    kinds = ((contact.groups, "nhóm"), (contact.private, "cuộc trò chuyện riêng"))
    where = ", ".join(f"{count} {name}" for count, name in kinds if count)
    lines = [line(f"💬 Nơi nhận: {where}.") if where else line(bold("⚠️ Chưa có nơi nhận lời nhắc."))]
    if contact.unreachable:
        lines.append(line(bold(f"⚠️ Không gửi được tới {contact.unreachable} nơi.")))
    told = full_day(day_of(contact.told_at)) if contact.told_at else "chưa có"
    acted = f"{full_day(day_of(contact.acted_at))} ({contact.acted_on})" if contact.acted_at else "chưa có"
    return [*lines, line(f"Nhắc gần nhất: {told}"), line(f"Ghi nhận gần nhất: {acted}")]


def _pressing(own: Sequence[Entry], asked: Asked) -> list[Block]:
    """What is late, with what waits for approval of it, due today and soon."""
    late = [entry for entry in own if is_late(entry, asked.today)]
    near = [
        entry
        for entry in own
        if entry.is_open and entry.due and entry not in late and within(entry, asked.today, _USUAL)
    ]
    by_standing = {Standing.LATE: late, **dict(sections(near, asked.today))}
    blocks: list[Block] = []
    for kind, found in by_standing.items():
        if found:
            heading = _USUAL.heading if kind is Standing.SOON else HEADINGS[kind]
            lines = [short_line(entry, asked.today) for entry in found]
            blocks += short_section(heading, f": {len(found)} việc", lines)
    return blocks


async def _choices(asked: Asked, about: AgencyRow, own: Sequence[Entry], contact: Contact) -> list[Choice]:
    plans = await steered(asked)
    choices = remind_choices(own, plans)
    if plans and not contact.chats:
        choices = [runs("Tạo mã mời", f"/invite {about.code}")]
    return [
        *choices,
        runs("Việc đến hạn", f"/due {about.code}"),
        runs("Theo lĩnh vực", f"/status {about.code}"),
    ]
