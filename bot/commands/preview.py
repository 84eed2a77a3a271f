"""/preview: what the next scan will tell, to whom and why, and which agencies the standing office holds back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.commands.asked import Answer, Asked, steered
from bot.commands.naming import take_agencies
from bot.listing import due_words, what_is_left
from bot.message import Block, Choice, Line, block, bold, line, message
from bot.wording import day_month, full_day, joined, named_day, runs
from plan.milestones import ESCALATED, LateRhythm, Milestone, Overseer, ReminderRules
from store.agenda import Entry, entries
from store.holds import Held, holds_from
from store.lookup import all_agencies, plans_of
from store.reach import Foreseen, foresee, foresee_escalations, next_scan_day

_LINES_TOGETHER = 12
_RHYTHM = {LateRhythm.MONDAYS: "nhắc mỗi thứ Hai", LateRhythm.WORKING_DAYS: "nhắc mỗi ngày làm việc"}
_OVERSEERS = {Overseer.STANDING_OFFICE: "cơ quan thường trực", Overseer.LEADER: "lãnh đạo"}
SEE_PREVIEW = runs("Dự kiến nhắc", "/preview")


@dataclass(frozen=True, kw_only=True)
class ToBeTold:
    """An assignment of which the scan will tell, and whether its agency is held back."""

    entry: Entry
    foreseen: Foreseen
    is_held: bool


async def preview(asked: Asked) -> Answer:
    """The next scan's reminders by agency, each with its choice; of the agencies only that are named."""
    day = await next_scan_day(asked.session, asked.timetable, asked.now)
    held = await holds_from(asked.session, asked.office_codes, asked.today)
    named, _ = take_agencies(asked.args, await all_agencies(asked.session))
    wanted = {agency.code for agency in named}
    found = await to_be_told(asked, day, held)
    if wanted:
        found = [one for one in found if one.entry.agency in wanted]
        held = [one for one in held if one.agency in wanted]
    by_agency: dict[str, list[ToBeTold]] = {}
    for one in sorted(found, key=lambda one: (one.entry.agency_name, one.entry.order)):
        by_agency.setdefault(one.entry.agency, []).append(one)
    blocks = [block(*_head(asked, day, found, held))]
    for of_agency in by_agency.values():
        blocks += _agency_blocks(of_agency, day, asked.timetable.rules)
    blocks += [] if wanted else await _escalated_blocks(asked, day)
    held_on_the_day = {one.agency for one in held if one.day == day}
    blocks += [
        block(line(f"⏸ {one.agency_name} ({one.agency}) · đang giữ lại, chưa có việc nào cần nhắc"))
        for one in held
        if one.day == day and one.agency not in by_agency
    ]
    last = [_let_go("tất cả", day)] if held_on_the_day else []
    last += [_keep_back("tất cả", day)] if set(by_agency) - held_on_the_day else []
    return Answer(
        message=message(*blocks, choices=[last] if len(by_agency) > 1 and last and not wanted else []),
        paged=True,
    )


async def to_be_told(asked: Asked, day: date, held: Sequence[Held]) -> list[ToBeTold]:
    """What the scan of that day will tell of the plans that the chat steers."""
    hours, calendar = asked.timetable.hours, asked.timetable.calendar
    leaving = hours.notices_for(asked.now, calendar)
    foreseen = await foresee(asked.session, asked.timetable, day, leaving=leaving)
    by_id = {one.assignment_id: one for one in foreseen}
    plans = await steered(asked)
    keeping = {(one.agency, one.office) for one in held if one.day == day}
    offices = {
        plan: office for office in asked.office_codes for plan in await plans_of(asked.session, [office])
    }
    return [
        ToBeTold(
            entry=entry,
            foreseen=by_id[entry.id],
            is_held=(entry.agency, offices[entry.plan_key]) in keeping,
        )
        for entry in await entries(asked.session, ids=by_id, open_only=True)
        if entry.plan_key in plans
    ]


def _head(asked: Asked, day: date, found: Sequence[ToBeTold], held: Sequence[Held]) -> Iterator[Line]:
    hour = f"{asked.timetable.hours.scan_at:%H:%M}"
    yield line(bold(f"🔭 Dự kiến nhắc lúc {hour} {named_day(day)}/{day.year}"))
    going = [one for one in found if not one.is_held and one.foreseen.chats]
    agencies = len({one.entry.agency for one in going})
    yield line(
        f"{len(going)} việc, {agencies} cơ quan sẽ nhận." if going else "Không có lời nhắc nào sẽ gửi."
    )
    nowhere = {one.entry.agency_name for one in found if not one.foreseen.chats}
    if nowhere:
        yield line(f"{len(nowhere)} cơ quan chưa có nơi nhận.")
    kept = {one.agency for one in held if one.day == day}
    if kept:
        yield line(f"{len(kept)} cơ quan đang giữ lại.")
    still_kept = [one.agency_name for one in held if one.day == asked.today < day]
    if still_kept:
        yield line(f"Hôm nay còn giữ lại: {joined(still_kept)}. Cho gửi ngay: /release")


def _agency_blocks(found: Sequence[ToBeTold], day: date, rules: ReminderRules) -> list[Block]:
    """One block, or several for an agency with much to hear: each stays together."""
    first = found[0]
    agency, is_held = first.entry.agency, all(one.is_held for one in found)
    chats = {chat for one in found for chat in one.foreseen.chats}
    where = f"{len(chats)} nơi nhận" if chats else "chưa có nơi nhận"
    states = [f"{len(found)} việc", where, *(["đang giữ lại"] if is_held else [])]
    name = f"{first.entry.agency_name} ({agency})"
    head = line(bold(f"{'⏸' if is_held else '🏛'} {name}"), f" · {' · '.join(states)}")
    several_plans = len({one.entry.plan_key for one in found}) > 1
    blocks = []
    for start in range(0, len(found), _LINES_TOGETHER):
        lines = [
            _line_of(one, day, rules, with_plan=several_plans)
            for one in found[start : start + _LINES_TOGETHER]
        ]
        above = head if start == 0 else line(bold(f"🏛 {name} (tiếp theo)"))
        choices = [_let_go(agency, day) if is_held else _keep_back(agency, day)] if start == 0 else []
        blocks.append(block(above, *lines, choices=choices))
    return blocks


async def _escalated_blocks(asked: Asked, day: date) -> list[Block]:
    """What is late for long, and who above its agency will hear of it."""
    listeners: dict[int, set[Overseer]] = {}
    to = {f"{ESCALATED}{rule.days_late}": rule.to for rule in asked.timetable.rules.escalation}
    for notice in await foresee_escalations(asked.session, asked.timetable, day):
        listeners.setdefault(notice.assignment_id, set()).add(to[notice.milestone])
    plans = await steered(asked)
    found = [e for e in await entries(asked.session, ids=listeners, open_only=True) if e.plan_key in plans]
    lines = [
        line(
            "• ",
            bold(entry.code),
            f" · {entry.agency_name} · {what_is_left(entry, day)}",
            f" → {', '.join(_OVERSEERS[one] for one in sorted(listeners[entry.id]))}",
        )
        for entry in found
    ]
    return [
        block(
            line(bold("📣 Quá hạn lâu, báo cả cấp trên" + (" (tiếp theo)" if start else ""))),
            *lines[start : start + _LINES_TOGETHER],
        )
        for start in range(0, len(lines), _LINES_TOGETHER)
    ]


def _line_of(one: ToBeTold, day: date, rules: ReminderRules, *, with_plan: bool) -> Line:
    entry, milestone = one.entry, one.foreseen.milestone
    parts = [entry.period, due_words(entry), milestone_words(entry, milestone, day, rules)]
    if milestone.day < day:
        parts.append(f"nhắc muộn, lẽ ra ngày {day_month(milestone.day, day.year)}")
    plan = f" ({entry.plan_key})" if with_plan else ""
    return line("• ", bold(entry.code), plan, *(f" · {part}" for part in parts if part))


def milestone_words(entry: Entry, milestone: Milestone, day: date, rules: ReminderRules) -> str:
    """Why it is told on that day: "còn 7 ngày", "chốt số liệu", "quá hạn 3 ngày, nhắc mỗi thứ Hai"."""
    kind, _, _ = milestone.name.partition("-")
    if milestone.is_late:
        rhythm = rules.task_while_late if entry.cutoff is None else rules.report_while_late
        return f"{what_is_left(entry, day)}, {_RHYTHM[rhythm]}"
    if kind == "cutoff" and entry.cutoff is not None and entry.cutoff >= day:
        left = (entry.cutoff - day).days
        return "chốt số liệu" if left == 0 else f"còn {left} ngày đến ngày chốt số liệu"
    if entry.due is None or kind not in ("due", "cutoff"):
        return what_is_left(entry, day)
    left = (entry.due - day).days
    if left > 0:
        return f"còn {left} ngày"
    return (
        "đến hạn" if left == 0 else f"hạn là ngày nghỉ, nộp được đến hết {full_day(entry.late_after or day)}"
    )


def _keep_back(agency: str, day: date) -> Choice:
    return runs(f"Giữ lại {agency}", f"/hold {agency} {full_day(day)}")


def _let_go(agency: str, day: date) -> Choice:
    return runs(f"Cho gửi {agency}", f"/release {agency} {full_day(day)}")
