"""A new binding that waits for its standing office's yes, as one kind of request among others."""

from bot.commands import binding_request
from bot.commands.asked import Asked
from bot.commands.decision import Decision, Outcome
from bot.wording import runs
from store.agenda import Entry
from store.states import RequestState
from store.tables import RequestRow


async def _accept(asked: Asked, row: RequestRow, _entry: Entry | None) -> Outcome:
    answer = await binding_request.accept(asked, row)
    return Outcome(blocks=answer.message.blocks, state=RequestState.ACCEPTED)


async def _refuse(asked: Asked, row: RequestRow, _entry: Entry | None, reason: str) -> Outcome:
    answer = await binding_request.refuse(asked, row, reason)
    return Outcome(blocks=answer.message.blocks, state=RequestState.REFUSED, reason=reason)


DECISION = Decision(
    words="kết nối mới",
    lines=lambda _asked, row, _entry: binding_request.lines(row),
    look=lambda _entry: runs("Các kết nối", "/bindings"),
    accept=_accept,
    refuse=_refuse,
    reasons=("Không đúng người phụ trách", "Đã có người khác kết nối"),
    own_reason="lý do",
)
