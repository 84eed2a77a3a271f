"""One task as on paper, with everybody's assignments and what happened to each."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.asks import ask_line
from bot.codes import shorten
from bot.commands.history import event_line, reminder_lines
from bot.commands.late import is_late
from bot.commands.menu import Command
from bot.listing import ASK_LIMIT, data_window, status_line
from bot.message import Line
from bot.overview import area_words
from store.agenda import Entry, entries
from store.asks import asks_of
from store.database import in_chunks
from store.figures import counts
from store.history import histories_of
from store.lookup import Item, assignments_of, items
from store.states import State
from web.board.drawing import Page
from web.board.looking import Look

RIGHT = Command.TASK


@dataclass(frozen=True, kw_only=True)
class Share:
    """One agency's assignment, and its past."""

    entry: Entry
    is_late: bool
    status: Line
    window: str | None
    notes: Sequence[str]
    reminders: Sequence[Line]
    events: Sequence[Line]
    asks: Sequence[tuple[Line, str]]


@dataclass(frozen=True, kw_only=True)
class OutputPart:
    """An output and all who owe it; `can_be_set`: it can be given another due day."""

    item: Item
    shares: Sequence[Share]
    done: int
    can_be_set: bool

    @property
    def agencies(self) -> Sequence[tuple[str, str]]:
        """Those who owe it and have not handed it in: code and name."""
        return sorted({(one.entry.agency, one.entry.agency_name) for one in self.shares if one.entry.is_open})


async def task(look: Look) -> Page | None:
    """None when no plan that the visitor may read has such a task."""
    plan, code = look.path["plan"], look.path["task"]
    if plan not in look.visitor.plans:
        return None
    found = [item for item in await items(look.session) if (item.plan_key, item.task) == (plan, code)]
    if not found:
        return None
    ids = await assignments_of(look.session, [plan], [item.code for item in found])
    owed = [one for part in in_chunks(ids) for one in await entries(look.session, ids=part)]
    shares = await _shares(look, [one for one in owed if counts(one)])
    head = found[0]
    return Page(
        template="task.html",
        title=f"{head.task} {head.title}",
        shows={
            "head": head,
            "area": area_words(head.area, head.area_name),
            "outputs": [_part(item, shares) for item in found],
            "acts": plan in look.visitor.steered,
        },
    )


def _part(item: Item, shares: Sequence[Share]) -> OutputPart:
    own = [share for share in shares if share.entry.code == item.code]
    return OutputPart(
        item=item,
        shares=own,
        done=sum(share.entry.state is State.DONE for share in own),
        can_be_set=any(share.entry.is_open for share in own),
    )


async def _shares(look: Look, owed: Sequence[Entry]) -> list[Share]:
    """Those that are late first, then what is still open."""
    ordered = sorted(
        owed,
        key=lambda one: (not is_late(one, look.today), one.state is not State.OPEN, one.order, one.agency),
    )
    past = await histories_of(look.session, [one.id for one in ordered])
    asks = await asks_of(look.session, {one.id for one in ordered})
    return [
        Share(
            entry=one,
            is_late=is_late(one, look.today),
            status=status_line(one, look.today, tappable=False),
            window=data_window(one),
            notes=_notes(one),
            reminders=reminder_lines(past[one.id], one.plan_year),
            events=[event_line(event) for event in past[one.id].events],
            asks=[(ask_line(ask), shorten(ask.period, ASK_LIMIT)) for ask in asks if ask.parent_id == one.id],
        )
        for one in ordered
    ]


def _notes(entry: Entry) -> list[str]:
    notes = [f"Tiến độ: {entry.progress_note}"] if entry.is_open and entry.progress_note else []
    return notes + ([f"Ghi chú: {entry.note}"] if not entry.is_open and entry.note else [])
