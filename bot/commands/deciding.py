"""/approve and /refuse: what waits for the standing office, and its decisions.

A request is its own question, so a yes needs no second one. Another chat's requests are not found, and what somebody has
decided before stays decided.
"""

import re
from collections.abc import Sequence

from bot.codes import NOTE_LIMIT, clean
from bot.commands import decide_binding, decide_done, decide_extension
from bot.commands.asked import Answer, Asked
from bot.commands.decision import Decision, Outcome, choices_about, heading
from bot.message import Block, Line, Message, block, bold, line, message
from bot.wording import fits, full_day, runs
from plan.text import fold
from plan.vietnam import day_of
from store import requests
from store.agenda import Entry, entries
from store.states import RequestKind, RequestState
from store.tables import RequestRow

DECISIONS: dict[RequestKind, Decision] = {
    RequestKind.EXTENSION: decide_extension.DECISION,
    RequestKind.DONE: decide_done.DECISION,
    RequestKind.BINDING: decide_binding.DECISION,
}
_MOST_AT_ONCE = 20
_NUMBER = re.compile(r"[#]?([0-9]{1,9})[.,:;]?")
_FILLERS = frozenset({"so", "de", "nghi", "va", "#"})


async def approve(asked: Asked) -> Answer:
    """Accept the requests with those numbers; without numbers list what waits."""
    if not asked.args:
        return await _list(asked)
    numbers = _numbers(asked.args)
    if not numbers:
        return await _list(asked, "Anh/chị ghi số của đề nghị, ví dụ: /approve 12")
    return await _told(asked, [await _accept(asked, number) for number in numbers[:_MOST_AT_ONCE]])


async def refuse(asked: Asked) -> Answer:
    """Refuse the request with that number for a reason; without a reason offer some."""
    number, reason = _number_and_reason(asked.args)
    if number is None:
        return await _list(
            asked, "Anh/chị ghi số của đề nghị và lý do, ví dụ: /refuse 12 cần bổ sung văn bản"
        )
    row = await requests.request_of(asked.session, number, asked.office_codes)
    if row is None or row.state is not RequestState.WAITING:
        return await _told(asked, [_closed(row, number)])
    decision, entry = DECISIONS[row.kind], await _entry(asked, row)
    if not reason:
        return Answer(message=_why_not(row, decision, decision.lines(asked, row, entry)))
    outcome = await decision.refuse(asked, row, entry, reason)
    await _settle(asked, row, outcome)
    return await _told(asked, [outcome])


def _numbers(args: str) -> list[int]:
    """The numbers that were typed, each once; none when there is anything else."""
    words = [word for word in args.split() if fold(word) not in _FILLERS]
    found = [_NUMBER.fullmatch(word) for word in words]
    return list(dict.fromkeys(int(match[1]) for match in found if match)) if all(found) else []


def _number_and_reason(args: str) -> tuple[int | None, str]:
    words = args.split()
    while words and fold(words[0]) in _FILLERS:
        words.pop(0)
    found = _NUMBER.fullmatch(words[0]) if words else None
    if found is None:
        return None, ""
    return int(found[1]), clean(" ".join(words[1:]), NOTE_LIMIT)


async def _accept(asked: Asked, number: int) -> Outcome:
    row = await requests.request_of(asked.session, number, asked.office_codes)
    if row is None or row.state is not RequestState.WAITING:
        return _closed(row, number)
    outcome = await DECISIONS[row.kind].accept(asked, row, await _entry(asked, row))
    await _settle(asked, row, outcome)
    return outcome


async def _entry(asked: Asked, row: RequestRow) -> Entry | None:
    if row.assignment_id is None:
        return None
    return next(iter(await entries(asked.session, ids=[row.assignment_id])), None)


async def _settle(asked: Asked, row: RequestRow, outcome: Outcome) -> None:
    if outcome.state is not None:
        await requests.settle(
            asked.session, row, outcome.state, actor=asked.actor, now=asked.now, reason=outcome.reason
        )


def _closed(row: RequestRow | None, number: int) -> Outcome:
    """Somebody was first: what was decided, when, and by whom."""
    if row is None:
        return Outcome(blocks=(block(f"Không có đề nghị số {number}."),), state=None)
    match row.state:
        case RequestState.ACCEPTED:
            what = "đã được đồng ý"
        case RequestState.REFUSED:
            what = "đã bị từ chối"
        case RequestState.WITHDRAWN | RequestState.WAITING:
            what = "đã được rút lại"
    when = f" ngày {full_day(day_of(row.decided_at))}" if row.decided_at else ""
    by = f" ({requests.decided_by(row)})" if requests.decided_by(row) else ""
    why = f"Lý do: {row.reason}" if row.reason else ""
    lines = (f"Đề nghị {number} {what}{when}{by}, không có gì thay đổi thêm.", why)
    return Outcome(blocks=(block(*filter(None, lines)),), state=None)


async def _told(asked: Asked, outcomes: Sequence[Outcome]) -> Answer:
    """The outcomes, and the way to what still waits. They take the place of what was tapped: its choices are of no more
    use."""
    blocks = [part for outcome in outcomes for part in outcome.blocks]
    rest = await requests.waiting_for(asked.session, asked.office_codes)
    rows = [[runs(f"Đề nghị còn chờ ({len(rest)})", "/approve")]] if rest else []
    return Answer(message=message(*blocks, choices=rows), edits_tapped=True)


def _why_not(row: RequestRow, decision: Decision, lines: Sequence[Line]) -> Message:
    typed = [(reason, f"/refuse {row.id} {reason}") for reason in decision.reasons]
    return message(
        block(line(bold(f"Lý do không đồng ý đề nghị {row.id}?"))),
        block(*lines),
        block(f"Chọn một lý do dưới đây, hoặc gõ: /refuse {row.id} {decision.own_reason}"),
        choices=[[runs(reason, command)] for reason, command in typed if fits(command)],
    )


async def _list(asked: Asked, hint: str | None = None) -> Answer:
    """What waits, the oldest first, each with its choices."""
    waiting = await requests.waiting_for(asked.session, asked.office_codes)
    if not waiting:
        return Answer(message=message("Không có đề nghị nào đang chờ."))
    ids = [row.assignment_id for row in waiting if row.assignment_id is not None]
    about = {entry.id: entry for entry in await entries(asked.session, ids=ids)}
    hints = [hint] if hint else []
    blocks = [_item(asked, row, about.get(row.assignment_id or 0)) for row in waiting]
    head = block(line("📥 ", bold(f"{len(waiting)} đề nghị đang chờ")), *hints)
    return Answer(message=message(head, *blocks), paged=True)


def _item(asked: Asked, row: RequestRow, entry: Entry | None) -> Block:
    decision = DECISIONS[row.kind]
    return block(
        heading(row, decision),
        *decision.lines(asked, row, entry),
        choices=choices_about(row, str(row.id), decision.look(entry)),
    )
