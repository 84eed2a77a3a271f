"""What every kind of request before a standing office has in common: how it reads, and what deciding it gives."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.commands.asked import Asked
from bot.listing import title_line, what_words
from bot.message import Block, Choice, Line, Message, Tone, block, bold, line, message
from bot.wording import SEE_DUE, fits, runs
from store.agenda import Entry
from store.states import RequestState
from store.tables import AgencyRow, RequestRow

GONE = "Việc này không còn trong kế hoạch."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a decision: the answer to who decided, and the state in which the request ends with the reason that is
    kept; without a state it waits on, and the answer says why."""

    blocks: tuple[Block, ...]
    state: RequestState | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How one kind of request is read and decided. Requests about no assignment have no entry, nor have those whose
    assignment is gone from the plan.

    `words` head it in a list; `lines` are what the office must know; `look` is the choice to look closer. `accept` and
    `refuse` carry it out for a locked request that waits and tell who asked; the request itself is settled by who calls
    them. `reasons` are those offered for a refusal, `own_reason` what may be typed after "/refuse 12 ".
    """

    words: str
    lines: Callable[[Asked, RequestRow, Entry | None], Sequence[Line]]
    look: Callable[[Entry | None], Choice]
    accept: Callable[[Asked, RequestRow, Entry | None], Awaitable[Outcome]]
    refuse: Callable[[Asked, RequestRow, Entry | None, str], Awaitable[Outcome]]
    reasons: tuple[str, ...]
    own_reason: str


def entry_of_request(entry: Entry | None) -> list[Line]:
    """The assignment that a request is about: whose, and what."""
    if entry is None:
        return [line(GONE)]
    return [line(f"🏛 {entry.agency_name}"), title_line(entry), line(what_words(entry))]


async def office_of_request(asked: Asked, row: RequestRow) -> AgencyRow:
    """The standing office that decides."""
    return await asked.session.get_one(AgencyRow, row.office)


def outcome_note(entry: Entry, headline: str, about: Sequence[Line], *words: str) -> Message:
    """What an agency hears of a decision about its assignment."""
    return message(
        block(line(bold(headline))),
        block(line(f"🏛 {entry.agency_name}"), *about),
        block(*words),
        choices=[[SEE_DUE]],
    )


def look_at_task(entry: Entry | None) -> Choice:
    """Its task in full."""
    return (
        runs(f"Xem {entry.code}", f"/task {entry.code}") if entry is not None else runs("Đề nghị", "/approve")
    )


def heading(row: RequestRow, decision: Decision) -> Line:
    return line(bold(f"Đề nghị {row.id}: {decision.words}"))


def choices_about(row: RequestRow, name: str, look: Choice) -> tuple[Choice, ...]:
    """The row of choices about one of several requests, told apart by `name`."""
    return (
        Choice(label=f"Đồng ý {name}", action=f"run:/approve {row.id}", tone=Tone.YES),
        Choice(label=f"Từ chối {name}", action=f"run:/refuse {row.id}", tone=Tone.NO),
        look,
    )


def request_note(
    asked: Asked, decision: Decision, requests: Sequence[tuple[RequestRow, Entry | None]]
) -> Message:
    """What the standing office hears of new requests of one kind, with a yes and a no for each."""
    if len(requests) == 1:
        ((row, entry),) = requests
        yes = Choice(label="Đồng ý", action=f"run:/approve {row.id}", tone=Tone.YES)
        no = Choice(label="Không đồng ý", action=f"run:/refuse {row.id}", tone=Tone.NO)
        head = line("📨 ", *heading(row, decision))
        return message(block(head, *decision.lines(asked, row, entry)), choices=[[yes, no]])
    blocks = [
        block(
            heading(row, decision),
            *decision.lines(asked, row, entry),
            choices=choices_about(row, entry.code if entry else str(row.id), decision.look(entry)),
        )
        for row, entry in requests
    ]
    everything = f"/approve {' '.join(str(row.id) for row, _ in requests)}"
    all_yes = Choice(label=f"Đồng ý tất cả ({len(requests)})", action=f"run:{everything}", tone=Tone.YES)
    return message(
        block(line("📨 ", bold(f"Có {len(requests)} đề nghị mới chờ duyệt"))),
        *blocks,
        choices=[[all_yes]] if fits(everything) else [],
    )
