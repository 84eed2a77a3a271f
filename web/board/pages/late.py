"""What is late, by agency, those who are the furthest behind first: the list of /late."""

from bot.commands.late import days_late, furthest_behind_first, is_late, remind_choices
from bot.commands.menu import Command
from bot.listing import due_words, what_words
from store.agenda import entries
from web.board.drawing import Page
from web.board.looking import Look, choosing

RIGHT = Command.LATE


async def late(look: Look) -> Page:
    # Whatever is late was due before today.
    found = await entries(look.session, plans=look.plans, due_until=look.today, unfinished_only=True)
    behind = furthest_behind_first(
        [one for one in look.narrowed.of(found) if is_late(one, look.today)], look.today
    )
    everything = [one for of_agency in behind for one in of_agency]
    return Page(
        template="late.html",
        title="Việc quá hạn",
        shows={
            "filters": await choosing(look),
            "groups": [(of_agency, remind_choices(of_agency, look.visitor.steered)) for of_agency in behind],
            "count": len(everything),
            "longest": max((days_late(one, look.today) for one in everything), default=0),
            "days_late": lambda entry: days_late(entry, look.today),
            "what_words": what_words,
            "due_words": due_words,
        },
    )
