"""One agency: its figures, its lights by area, how it is reached, and all that it owes."""

from collections.abc import Sequence

from bot.commands.agency import contact_lines
from bot.commands.late import is_late, remind_choices
from bot.commands.menu import Command
from bot.listing import HEADINGS, sections, status_line, what_words
from bot.overview import figure_lines, reached_line
from store.agenda import Entry, entries
from store.contact import contact_of
from store.figures import counts, figures
from store.states import State
from store.tables import AgencyRow
from web.board.drawing import Page
from web.board.looking import Look, choosing

RIGHT = Command.AGENCY
_WAITS = "📨 Chờ duyệt"
_CLOSED = "✅ Đã xong, không phát sinh"


async def agency(look: Look) -> Page | None:
    """None when no plan that the visitor may read names such an agency."""
    about = await look.session.get(AgencyRow, look.path["agency"])
    if about is None:
        return None
    everything = await entries(look.session, agencies=[about.code], plans=look.plans)
    own = [one for one in look.narrowed.of(everything) if counts(one)]
    contact = await contact_of(look.session, about.code, look.plans)
    total = figures(own, look.today)
    return Page(
        template="agency.html",
        title=about.name,
        shows={
            "filters": await choosing(look),
            "agency": about,
            "figure_lines": figure_lines(total),
            "reached": reached_line(total),
            "contact": contact_lines(contact),
            "sections": _sections(own, look),
            "status_line": lambda entry: status_line(entry, look.today, tappable=False),
            "what_words": what_words,
            "is_late": lambda entry: is_late(entry, look.today),
            "choices_of_agency": remind_choices(own, look.visitor.steered) if own else [],
            "without_chat": bool(look.visitor.steered) and not contact.chats,
        },
    )


def _sections(own: Sequence[Entry], look: Look) -> list[tuple[str, list[Entry], bool]]:
    """Headings with what stands under them, the most pressing first, and whether they are shown at once."""
    still_open = [one for one in own if one.is_open]
    found = [(HEADINGS[kind], of_kind, True) for kind, of_kind in sections(still_open, look.today)]
    waits = [one for one in own if one.state is State.SUBMITTED]
    closed = [one for one in own if one.state in (State.DONE, State.WAIVED)]
    rest = ((_WAITS, waits, True), (_CLOSED, closed, False))
    return found + [(heading, some, at_once) for heading, some, at_once in rest if some]
