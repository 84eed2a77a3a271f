"""/hold and /release: keep the reminders of a morning back, agency by agency, and let them go again.

What is held back stays due: it comes with the next scan that is not held, marked as late. Nothing of it is hidden from the
standing office.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.codes import shorten
from bot.commands.asked import Answer, Asked
from bot.commands.naming import means_all, take_agencies, take_day
from bot.commands.one_agency import Meant, find_agency
from bot.commands.preview import SEE_PREVIEW
from bot.message import Choice, Message, block, bold, line, message
from bot.wording import capitalised, day_month, full_day, joined, named_day, runs
from plan.directory import name_key
from store import holds
from store.changes import audit_event
from store.holds import Held
from store.lookup import all_agencies
from store.reach import next_scan_day
from store.tables import AgencyRow

_DAYS_AHEAD = timedelta(days=7)
_MOST_CHOICES = 6
_ECHO_LIMIT = 40
_ALL = "tất cả"


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """What the words name: agencies or all of them, and a day if any; or the answer when they cannot be followed."""

    agencies: tuple[AgencyRow, ...] = ()
    all_of_them: bool = False
    day: date | None = None
    instead: Message | None = None


async def hold(asked: Asked) -> Answer:
    """Keep reminders back on one day: by default that of the next scan."""
    first = await next_scan_day(asked.session, asked.timetable, asked.now)
    meant = await _read(asked, "hold", first)
    if meant.instead is not None:
        return Answer(message=meant.instead)
    day = meant.day or first
    refused = _unfit(asked, day, first)
    if refused is not None:
        return Answer(message=refused)
    if not meant.agencies and not meant.all_of_them:
        return Answer(message=await _which(asked, first))
    named = {agency.code for agency in meant.agencies}
    kept: list[AgencyRow] = []
    newly: list[str] = []
    for office in asked.office_codes:
        own = [
            agency
            for agency in await holds.owing(asked.session, office)
            if meant.all_of_them or agency.code in named
        ]
        kept += [agency for agency in own if agency not in kept]
        newly += await holds.hold(
            asked.session, day=day, office=office, agencies=[agency.code for agency in own], now=asked.now
        )
    if newly:
        await _write_down(asked, "hold", day, newly, all_of_them=meant.all_of_them)
    strangers = [agency.name for agency in meant.agencies if agency not in kept]
    return Answer(
        message=_held_words(
            day,
            kept,
            newly,
            strangers,
            all_of_them=meant.all_of_them,
            following=await _following(asked, day, kept),
        )
    )


async def _following(asked: Asked, day: date, kept: Sequence[AgencyRow]) -> date:
    """The first working day after that one on which not all of these agencies are kept back too."""
    held = await holds.holds_from(asked.session, asked.office_codes, day)
    kept_on: dict[date, set[str]] = {}
    for one in held:
        kept_on.setdefault(one.day, set()).add(one.agency)
    codes = {agency.code for agency in kept}
    following = asked.timetable.calendar.after(day)
    while codes and codes <= kept_on.get(following, set()):
        following = asked.timetable.calendar.after(following)
    return following


def _unfit(asked: Asked, day: date, first: date) -> Message | None:
    """Why nothing can be held back on that day; `first` is the day of the next scan."""
    calendar = asked.timetable.calendar
    last = max(asked.today + _DAYS_AHEAD, first)
    if day < asked.today:
        return message(f"Ngày {full_day(day)} đã qua. {_example(first)}")
    if not calendar.is_working_day(day):
        return message(f"{named_day(day)}/{day.year} là ngày nghỉ, bot không nhắc. {_example(first)}")
    if day < first:
        return message(f"Lời nhắc hôm nay đã gửi rồi, không giữ lại được nữa. {_example(first)}")
    if day > last:
        return message(f"Chỉ giữ lại được trong 7 ngày tới, đến {full_day(last)}. {_example(first)}")
    return None


def _example(first: date) -> str:
    return f"Lần nhắc tới là {named_day(first)}, ví dụ: /hold STP {day_month(first)}"


async def _which(asked: Asked, first: date) -> Message:
    held = await holds.holds_from(asked.session, asked.office_codes, asked.today)
    lines = [line(f"⏸ {named_day(one.day)}: {one.agency_name} ({one.agency})") for one in held]
    return message(
        "Anh/chị giữ lại lời nhắc của cơ quan nào? Gõ mã hoặc tên cơ quan, thêm ngày nếu cần, "
        f"ví dụ: /hold STP {day_month(first)} · /hold {_ALL}",
        *([block("Đang giữ lại:", *lines)] if lines else []),
        choices=[[SEE_PREVIEW]],
    )


def _held_words(
    day: date,
    kept: Sequence[AgencyRow],
    newly: Sequence[str],
    strangers: Sequence[str],
    *,
    all_of_them: bool,
    following: date,
) -> Message:
    unknown = (
        [f"{joined(strangers)} không còn việc nào trong kế hoạch mà ở đây theo dõi."] if strangers else []
    )
    if not kept:
        return message(*(unknown or ["Không còn cơ quan nào có việc chưa xong."]), choices=[[SEE_PREVIEW]])
    names = f"tất cả {len(kept)} cơ quan" if all_of_them else joined([agency.name for agency in kept])
    what = f"lời nhắc {named_day(day)} của {names}"
    head = f"Đã giữ lại {what}." if newly else f"{capitalised(what)} đang được giữ lại rồi."
    release = (
        [runs(f"Cho gửi {_ALL}", f"/release {_ALL} {full_day(day)}")]
        if all_of_them or len(kept) > _MOST_CHOICES
        else [_release_choice(agency.code, day) for agency in kept]
    )
    return message(
        block(
            line("⏸ ", bold(head)),
            line(
                f"Việc vẫn còn đó: nếu không cho gửi sớm hơn, bot nhắc vào {named_day(following)}, "
                "ghi rõ là nhắc muộn."
            ),
        ),
        *unknown,
        choices=[release, [SEE_PREVIEW]],
    )


async def release(asked: Asked) -> Answer:
    """Let go what is held back: on one day, or on all days from today on."""
    held = await holds.holds_from(asked.session, asked.office_codes, asked.today)
    first = await next_scan_day(asked.session, asked.timetable, asked.now)
    meant = await _read(asked, "release", first)
    if meant.instead is not None:
        return Answer(message=meant.instead)
    if not held:
        return Answer(message=message("Không có lời nhắc nào đang giữ lại.", choices=[[SEE_PREVIEW]]))
    if not meant.agencies and not meant.all_of_them:
        return Answer(message=_which_to_release(held))
    named = {agency.code for agency in meant.agencies}
    going = [
        one for one in held if (meant.all_of_them or one.agency in named) and meant.day in (None, one.day)
    ]
    if not going:
        whose = joined([agency.name for agency in meant.agencies]) or "các cơ quan"
        when = f" ngày {full_day(meant.day)}" if meant.day else ""
        return Answer(
            message=message(f"Lời nhắc{when} của {whose} không bị giữ lại.", choices=[[SEE_PREVIEW]])
        )
    await holds.release(asked.session, going, now=asked.now)
    for day in dict.fromkeys(one.day for one in going):
        codes = [one.agency for one in going if one.day == day]
        await _write_down(asked, "release", day, codes, all_of_them=meant.all_of_them)
    return Answer(message=_released_words(asked, going))


def _which_to_release(held: Sequence[Held]) -> Message:
    rows = [[_release_choice(one.agency, one.day)] for one in held[:_MOST_CHOICES]]
    more = [[runs(f"Cho gửi {_ALL}", f"/release {_ALL}")]] if len(held) > 1 else []
    return message(
        block(
            line(bold("Anh/chị cho gửi lời nhắc của cơ quan nào?")),
            *(line(f"⏸ {named_day(one.day)}: {one.agency_name} ({one.agency})") for one in held),
        ),
        choices=[*rows, *more],
    )


def _released_words(asked: Asked, going: Sequence[Held]) -> Message:
    lines = []
    for day in dict.fromkeys(one.day for one in going):
        names = list(dict.fromkeys(one.agency_name for one in going if one.day == day))
        whose = joined(names) if len(names) <= _MOST_CHOICES else f"{len(names)} cơ quan"
        lines.append(line("▶️ ", bold(f"Đã cho gửi lời nhắc {named_day(day)} của {whose}.")))
        lines.append(line(_when_it_leaves(asked, day)))
    return message(block(*lines), choices=[[SEE_PREVIEW]])


def _when_it_leaves(asked: Asked, day: date) -> str:
    hours, calendar = asked.timetable.hours, asked.timetable.calendar
    if hours.scan_day(asked.now, calendar) == day:
        return "Nếu còn việc cần nhắc, bot gửi trong ít phút nữa."
    if day == asked.today and hours.next_notices(asked.now, calendar) != day:
        return f"Giờ gửi hôm nay đã hết: bot nhắc vào {named_day(calendar.after(day))}."
    return f"Bot nhắc lúc {hours.scan_at:%H:%M} {named_day(day)}."


def _release_choice(agency: str, day: date) -> Choice:
    return runs(f"Cho gửi {agency} {day_month(day)}", f"/release {agency} {full_day(day)}")


async def _write_down(
    asked: Asked, action: str, day: date, codes: Sequence[str], *, all_of_them: bool
) -> None:
    await audit_event(
        asked.session,
        action,
        actor=asked.actor,
        now=asked.now,
        subject=_ALL if all_of_them else ", ".join(codes),
        after={"day": day.isoformat(), "agencies": list(codes)},
    )


async def _read(asked: Asked, command: str, first: date) -> _Meant:
    """Agencies and a day, in any order."""
    found = take_day(asked.args, asked.today)
    if found.strange is not None:
        return _Meant(instead=message(f"Không có ngày “{found.strange}”. {_example(first)}"))
    if means_all(found.rest):
        return _Meant(all_of_them=True, day=found.day)
    known = await all_agencies(asked.session)
    agencies, rest = take_agencies(found.rest, known)
    if not name_key(rest):
        return _Meant(agencies=tuple(agencies), day=found.day)
    meant = find_agency(rest, known)
    if not agencies and meant.agency is not None:
        return _Meant(agencies=(meant.agency,), day=found.day)
    return _Meant(instead=_perhaps(command, rest, meant, found.day))


def _perhaps(command: str, rest: str, meant: Meant, day: date | None) -> Message:
    """The words are nobody's name: the nearest ones as choices."""
    near = [meant.agency] if meant.agency is not None else list(meant.perhaps)
    when = f" {full_day(day)}" if day else ""
    rows = [[runs(shorten(agency.name, _ECHO_LIMIT), f"/{command} {agency.code}{when}")] for agency in near]
    said = f"Không có cơ quan nào tên “{shorten(rest, _ECHO_LIMIT)}”."
    hint = "Có phải ý anh/chị là:" if near else f"Anh/chị gõ mã hoặc tên cơ quan, ví dụ: /{command} STP"
    return message(f"{said} {hint}", choices=rows)
