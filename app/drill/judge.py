"""Look at every chat and into the store when all is over, and hand it to the verdict."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from app.drill.ledger import given_up, marked_rows, times_written_down
from app.drill.opening import Stage
from app.drill.owed import Closed, Reminder, command_of, steps
from app.drill.verdict import (
    Deaths,
    Tapped,
    Verdict,
    marked_messages,
    tally_answers,
    tally_reminders,
    tally_taps,
    unfounded_failures,
    unfounded_marks,
)


async def judge(stage: Stage, *, days: Sequence[date], tapped: Sequence[Tapped], deaths: Deaths) -> Verdict:
    """Compare what the chats show with what they were owed on those days."""
    seen = {code: await stage.town.seen(group.chat) for code, group in stage.groups.items()}
    left_out = await given_up(stage.database)
    agency_of = {str(group.chat): code for code, group in stage.groups.items()}
    year = stage.plan.year
    closed = {tap.closed: tap.day for tap in tapped}
    written = Counter(
        {
            Closed(agency=agency, command=command_of(code, slot, year)): times
            for (agency, code, slot), times in (await times_written_down(stage.database)).items()
        }
    )
    failed = frozenset(
        Reminder(agency=agency, day=day, command=command_of(code, slot, year))
        for agency, day, code, slot in left_out.reminders
    )

    def by_agency(found: Iterable[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        return frozenset((agency_of[chat], number) for chat, number in found if chat in agency_of)

    marked = {str(group.chat): marked_messages(seen[code]) for code, group in stage.groups.items()}
    marks = unfounded_marks(marked, await marked_rows(stage.database), deaths.in_flight)
    owed = [step.reminder for step in steps(stage.plan, stage.rules.timetable, days, closed)]
    return Verdict(
        reminders=tally_reminders(owed, seen, failed),
        answers=tally_answers(seen, tapped, by_agency(left_out.answers)),
        taps=tally_taps(tapped, seen, written, by_agency(left_out.taps)),
        deaths=deaths,
        days=len(days),
        parked=left_out.parked,
        marked_messages=sum(marked.values()),
        failures=left_out.failures,
        unfounded=[*marks, *unfounded_failures(left_out.failures, deaths.in_flight)],
    )
