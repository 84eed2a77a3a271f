"""When the term of an assignment has ended, and whether it was kept. Pure."""

from datetime import date, datetime

from plan.vietnam import day_of


def completed_on(document_date: date | None, reported_at: datetime | None) -> date | None:
    """The day that decides whether it was on time: its document's, else the day on which it was reported as done."""
    return document_date or (day_of(reported_at) if reported_at is not None else None)


def was_late(completed: date | None, late_after: date | None) -> bool:
    """Whether it was completed after its term had ended."""
    return completed is not None and late_after is not None and completed > late_after


def is_late(late_after: date | None, today: date) -> bool:
    """Whether the term has ended (after `late_after`); what has no due day is never late."""
    return late_after is not None and today > late_after
