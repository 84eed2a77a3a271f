"""The progress report of a period as plain values: figures, what is finished, what is late and why, who has not reported.

Figures are counted by the rules of store.figures, so that those of today are those of /status. Nothing here is made up:
where only a person knows, the papers have dots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from bot.papers.official_words import COLUMN_WORDS, area_of, document_of, what_of
from bot.wording import full_day
from store.agenda import Entry
from store.figures import Column, Figures, column_of, counts, figures, grouped
from store.report_source import Deed, Extension, PlanFacts, Reminder, ReportingPeriod, ReportSource
from store.states import RequestState, State

_DECISIONS = {
    RequestState.WAITING: "chưa trả lời",
    RequestState.ACCEPTED: "đã đồng ý",
    RequestState.REFUSED: "không đồng ý",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Figures of one area or agency."""

    name: str
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Late:
    """Not complete and past its term by `days`, which count from the day after which it is late. `reasons` are what the
    agency itself has said; empty when it has said nothing."""

    code: str
    what: str
    agency: str
    agency_name: str
    due: date
    days: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """One agency's finished assignment: its document and note, in the officer's own words."""

    agency_name: str
    on: date
    document: str
    note: str
    in_term: bool


@dataclass(frozen=True, kw_only=True)
class FinishedItem:
    """What was finished of one output in the period's data window, by the agencies that owe it."""

    area: str
    code: str
    what: str
    by: tuple[Finished, ...]


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Of `owed` reports `handed_in` were there; `agencies` had none though their term was over."""

    code: str
    title: str
    agencies: tuple[str, ...]
    owed: int
    handed_in: int


@dataclass(frozen=True, kw_only=True)
class AnnexLine:
    """One assignment that the figures count."""

    area: str
    code: str
    what: str
    agency: str
    agency_name: str
    due: date | None
    column: Column
    standing: str
    completed_on: date | None
    document: str
    progress: int | None
    note: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    at: datetime
    code: str
    period: str
    agency: str
    who: str
    what: str
    said: str


@dataclass(frozen=True, kw_only=True)
class ReminderLine:
    """How often an assignment's chats were reminded of it, and how often that failed."""

    code: str
    what: str
    agency: str
    agency_name: str
    days: tuple[date, ...]
    failed: int


@dataclass(frozen=True, kw_only=True)
class ProgressReport:
    """The figures are as of the end of `day`, who has not reported as of the end of `reports_day`. Provisional: the cutoff
    (or, of who has not reported, the due day) was not over when it was made."""

    plan: PlanFacts
    period: ReportingPeriod
    day: date
    reports_day: date
    provisional: bool
    term_is_over: bool
    overall: Figures
    by_area: tuple[Row, ...]
    by_agency: tuple[Row, ...]
    finished: tuple[FinishedItem, ...]
    late: tuple[Late, ...]
    missing: tuple[Missing, ...]
    annex: tuple[AnnexLine, ...]
    reminders: tuple[ReminderLine, ...]
    history: tuple[HistoryLine, ...]


def progress_report(source: ReportSource, *, today: date) -> ProgressReport:
    """Made of what was read; `today` is the business day on which it is made."""
    day, period = source.day, source.period
    counted = [entry for entry in source.entries if counts(entry)]
    return ProgressReport(
        plan=source.plan,
        period=period,
        day=day,
        reports_day=source.reports_day,
        provisional=today <= day or day < period.cutoff,
        term_is_over=source.reports_day >= period.late_after and today > period.late_after,
        overall=figures(counted, day),
        by_area=_by_area(counted, day),
        by_agency=_by_agency(counted, day),
        finished=_finished(counted, period.data_from),
        late=late_of(counted, source.extensions, day),
        missing=_missing(source.reports, source.reports_day),
        annex=tuple(_annex_line(entry, day) for entry in sorted(counted, key=as_on_paper)),
        reminders=_reminder_lines(source.entries, source.reminders),
        history=_history_lines(source.entries, source.deeds),
    )


def as_on_paper(entry: Entry) -> tuple[int, list[tuple[int, str]], str, str]:
    """By area, then by number ("2.10" after "2.9"), period and agency."""
    parts = [(int("0" + "".join(takewhile(str.isdigit, part))), part) for part in entry.code.split(".")]
    return (entry.area or 99, parts, _slot_order(entry), entry.agency_name)


def _slot_order(entry: Entry) -> str:
    """Periods by the plan's own day; what has none by its name."""
    return f"{entry.plan_due or date.max} {entry.slot}"


def _by_area(counted: Sequence[Entry], day: date) -> tuple[Row, ...]:
    groups = grouped(sorted(counted, key=as_on_paper), area_of)
    return tuple(Row(name=name, figures=figures(of_area, day)) for name, of_area in groups.items())


def _by_agency(counted: Sequence[Entry], day: date) -> tuple[Row, ...]:
    groups = grouped(sorted(counted, key=lambda entry: entry.agency_name), lambda entry: entry.agency_name)
    return tuple(Row(name=name, figures=figures(of_agency, day)) for name, of_agency in groups.items())


def _finished(counted: Sequence[Entry], since: date) -> tuple[FinishedItem, ...]:
    done = [
        entry
        for entry in sorted(counted, key=as_on_paper)
        if entry.state is State.DONE and entry.completed_on is not None and entry.completed_on >= since
    ]
    items = grouped(done, lambda entry: (entry.code, entry.slot))
    return tuple(
        FinishedItem(
            area=area_of(of_item[0]),
            code=of_item[0].code,
            what=what_of(of_item[0]),
            by=tuple(
                Finished(
                    agency_name=entry.agency_name,
                    on=entry.completed_on,
                    document=document_of(entry),
                    note=entry.note or "",
                    in_term=not entry.was_late,
                )
                for entry in of_item
                if entry.completed_on is not None
            ),
        )
        for of_item in items.values()
    )


def late_of(counted: Sequence[Entry], extensions: Sequence[Extension], day: date) -> tuple[Late, ...]:
    """What is past its term of those that figures count, the longest first, with what the agencies have said of it."""
    asked: dict[int, list[Extension]] = {}
    for extension in extensions:
        asked.setdefault(extension.assignment_id, []).append(extension)
    found = [
        Late(
            code=entry.code,
            what=what_of(entry),
            agency=entry.agency,
            agency_name=entry.agency_name,
            due=entry.due,
            # Of what waits for approval the day on which it came decides.
            days=((entry.completed_on or day) - entry.late_after).days,
            reasons=_reasons(entry, asked.get(entry.id, ())),
        )
        for entry in counted
        if entry.due is not None
        and entry.late_after is not None
        and column_of(entry, day) is Column.OPEN_LATE
    ]
    return tuple(sorted(found, key=lambda late: (-late.days, late.agency_name, late.code)))


def by_agency(late: Iterable[Late]) -> dict[str, list[Late]]:
    """The same by agencies (codes)."""
    found: dict[str, list[Late]] = {}
    for one in late:
        found.setdefault(one.agency, []).append(one)
    return found


def _reasons(entry: Entry, extensions: Sequence[Extension]) -> tuple[str, ...]:
    reasons = []
    if entry.state is State.SUBMITTED:
        reasons.append("đã gửi kết quả, chờ duyệt")
    if entry.progress is not None or entry.progress_note:
        reached = f"tiến độ {entry.progress}%" if entry.progress is not None else "tiến độ"
        reasons.append(f"{reached}: {entry.progress_note}" if entry.progress_note else reached)
    for extension in extensions:
        decided = _DECISIONS.get(extension.state)
        if decided:
            until = full_day(extension.until)
            reasons.append(f"xin gia hạn đến {until} ({decided}), lý do: {extension.reason}")
    return tuple(reasons)


def _missing(reports: Sequence[Entry], day: date) -> tuple[Missing, ...]:
    owed = grouped((entry for entry in reports if entry.state is not State.WAIVED), lambda entry: entry.code)
    return tuple(
        Missing(
            code=code,
            title=of_code[0].title,
            agencies=tuple(sorted(entry.agency_name for entry in of_code if _not_handed_in(entry, day))),
            owed=len(of_code),
            handed_in=sum(not entry.is_open for entry in of_code),
        )
        for code, of_code in sorted(owed.items())
    )


def _not_handed_in(entry: Entry, day: date) -> bool:
    """Whoever has been granted a later day has not reported either, but is not named for it before that day."""
    return entry.is_open and (entry.late_after is None or entry.late_after <= day)


def _annex_line(entry: Entry, day: date) -> AnnexLine:
    column = column_of(entry, day)
    waits = " (chờ duyệt)" if entry.state is State.SUBMITTED else ""
    said = [entry.progress_note, entry.note] if entry.is_open else [entry.note]
    return AnnexLine(
        area=area_of(entry),
        code=entry.code,
        what=what_of(entry),
        agency=entry.agency,
        agency_name=entry.agency_name,
        due=entry.due,
        column=column,
        standing=COLUMN_WORDS[column] + waits,
        completed_on=entry.completed_on if entry.state is not State.WAIVED else None,
        document=document_of(entry),
        progress=entry.progress if entry.is_open else None,
        note="; ".join(words for words in said if words),
    )


def _reminder_lines(entries: Sequence[Entry], reminders: Sequence[Reminder]) -> tuple[ReminderLine, ...]:
    of: dict[int, list[Reminder]] = {}
    for reminder in reminders:
        of.setdefault(reminder.assignment_id, []).append(reminder)
    return tuple(
        ReminderLine(
            code=entry.code,
            what=what_of(entry),
            agency=entry.agency,
            agency_name=entry.agency_name,
            days=tuple(sorted({one.day for one in of[entry.id] if one.arrived})),
            failed=sum(not one.arrived for one in of[entry.id]),
        )
        for entry in sorted(entries, key=as_on_paper)
        if entry.id in of
    )


# Of these the words that go with it are the subject; of others a note is among the fields.
_DEEDS = {
    "done": "Báo hoàn thành",
    "waive": "Ghi nhận không phát sinh",
    "progress": "Ghi tiến độ",
    "snooze": "Hoãn nhắc",
    "setdue": "Ấn định hạn",
    "undo": "Hoàn tác",
    "ask": "Đề nghị phối hợp",
    "ask_closed": "Không cần phối hợp nữa",
    "approve": "Duyệt",
    "return": "Trả lại",
    "extend_ask": "Xin gia hạn",
    "extend_accept": "Đồng ý gia hạn",
    "extend_refuse": "Không đồng ý gia hạn",
    "extend_withdraw": "Rút đề nghị gia hạn",
    "remind": "Đôn đốc",
    "evidence": "Gửi tệp, ảnh kèm theo",
    "plan": "Theo tệp kế hoạch",
}


def _history_lines(entries: Sequence[Entry], deeds: Sequence[Deed]) -> tuple[HistoryLine, ...]:
    by_id = {entry.id: entry for entry in entries}
    return tuple(
        HistoryLine(
            at=deed.at,
            code=by_id[deed.assignment_id].code,
            period=by_id[deed.assignment_id].period,
            agency=by_id[deed.assignment_id].agency,
            who=deed.who,
            what=_DEEDS.get(deed.action, "Cập nhật"),
            said=_said(deed),
        )
        for deed in deeds
        if deed.assignment_id in by_id
    )


def _said(deed: Deed) -> str:
    after = deed.after
    match deed.action:
        case "done" | "waive":
            words = [after.get("document"), after.get("note")]
        case "progress":
            reached = after.get("progress")
            words = [f"{reached}%" if reached is not None else None, after.get("progress_note")]
        case "setdue" | "extend_accept" | "extend_ask" | "extend_refuse" | "plan":
            due = after.get("due")
            words = [f"hạn {full_day(date.fromisoformat(due))}" if due else "không có hạn", deed.subject]
        case "undo":
            words = [_DEEDS.get(deed.subject)]
        case _:
            words = [deed.subject]
    return "; ".join(word for word in words if word)
