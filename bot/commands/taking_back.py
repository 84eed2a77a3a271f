"""Taking back what a yes wrote, and what else follows from that."""

from collections.abc import Sequence

from sqlalchemy import select

from bot import asks
from bot.commands.asked import Answer, Asked
from bot.commands.changes import CHANGES
from bot.commands.telling import by_office
from bot.listing import entry_lines
from bot.message import Message, block, bold, line, message
from bot.wording import UNDO_TOO_LATE
from store.agenda import entries
from store.changes import undo
from store.lookup import office_of
from store.proposals import assignments_behind
from store.states import State
from store.tables import AuditRow, ProposalRow

# What taking back means, by the action in the audit table.
_UNDONE = {
    "done": "Đã hoàn tác, việc lại để mở.",
    "waive": "Đã hoàn tác, việc lại để mở.",
    "progress": "Đã hoàn tác, tiến độ trở lại như trước.",
    "snooze": "Đã hoàn tác, lịch nhắc trở lại như trước.",
    "setdue": "Đã hoàn tác, hạn trở lại như trước.",
}
_UNDONE_OTHERWISE = "Đã hoàn tác, trở lại như trước."


async def take_back_changes(asked: Asked, audit_ids: Sequence[int], proposal: ProposalRow | None) -> Answer:
    """Take back these changes of this chat (audit entries); `proposal` is the one whose yes wrote them. What cannot be taken
    back any more stays as it is."""
    change = CHANGES.get(proposal.action) if proposal is not None else None
    made = []
    if change is not None and change.taken_back is not None:
        made = await entries(asked.session, ids=await assignments_behind(asked.session, audit_ids))
    ids = []
    for audit_id in audit_ids:
        row = await undo(
            asked.session,
            audit_id=audit_id,
            chat_id=asked.chat.id,
            actor=asked.actor,
            now=asked.now,
            today=asked.today,
        )
        ids += [row.id] if row else []
    if change is not None and change.taken_back is not None:
        gone, kept = [e for e in made if e.id in ids], [e for e in made if e.id not in ids]
        if gone or any(not entry.is_open for entry in kept):
            return await change.taken_back(asked, gone, kept)
    again = await entries(asked.session, ids=ids)
    if change is not None and change.after_undo is not None and proposal is not None:
        own_answer = await change.after_undo(asked, proposal, again)
        if own_answer is not None:
            return own_answer
    if not ids:
        behind = await assignments_behind(asked.session, audit_ids)
        return Answer(message=await approved(asked, behind) or UNDO_TOO_LATE)
    if proposal is not None:
        await asks.after_undo(asked, again, proposal)
    actions = set(await asked.session.scalars(select(AuditRow.action).where(AuditRow.id.in_(audit_ids))))
    headline = _UNDONE.get(actions.pop(), _UNDONE_OTHERWISE) if len(actions) == 1 else _UNDONE_OTHERWISE
    return Answer(
        message=message(
            block(line("↩️ ", bold(headline))),
            *(
                block(*entry_lines(entry, asked.today, tappable=entry.agency in asked.agency_codes))
                for entry in again
            ),
        ),
        edits_tapped=True,
    )


async def approved(asked: Asked, assignment_ids: Sequence[int]) -> Message | None:
    """That the standing office has approved one of these, which nobody takes back; None when it is not so."""
    found = await asked.session.scalars(
        select(AuditRow.assignment_id).where(
            AuditRow.assignment_id.in_(list(assignment_ids)), AuditRow.action == "approve"
        )
    )
    ids = [number for number in set(found) if number is not None]
    done = [entry for entry in await entries(asked.session, ids=ids) if entry.state is State.DONE]
    if not done:
        return None
    office = by_office(await office_of(asked.session, done[0].plan_key))
    return message(
        f"Không hoàn tác được nữa: {office} đã duyệt {done[0].code}.",
        "Nếu ghi nhầm, anh/chị liên hệ trực tiếp với cơ quan này giúp.",
    )
