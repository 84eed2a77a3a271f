"""Taps that follow a proposal: yes, no, pick one of several, take back. Buttons carry ids and no authority: every right is
looked at again here, and an id of another chat finds nothing."""

from collections.abc import Awaitable, Callable

from bot import asks
from bot.commands import ask, done, extend, leave, progress, remind, revoke, setdue, snooze, waive
from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import Change, ask_for_yes, done_before, refusal
from bot.listing import entry_lines
from bot.message import block, bold, line, message
from bot.wording import DEAD_BUTTON, EXPIRED_BUTTON, NOTHING_CHANGED, UNDO_TOO_LATE, USED_BUTTON
from store.agenda import entries
from store.changes import undo
from store.proposals import changed_by, done_by, open_proposal, proposal_of
from store.tables import ProposalRow

_CHANGES: dict[str, Change] = {
    change.command.value: change
    for change in (
        ask.CHANGE,
        done.CHANGE,
        extend.CHANGE,
        progress.CHANGE,
        remind.CHANGE,
        setdue.CHANGE,
        snooze.CHANGE,
        waive.CHANGE,
    )
}
# What a yes does that changes no assignment.
_DEEDS: dict[str, Callable[[Asked, ProposalRow], Awaitable[Answer]]] = {
    Command.LEAVE.value: leave.carry_out,
    Command.REVOKE.value: revoke.carry_out,
}


async def command_behind(asked: Asked, proposal_id: int) -> Command | None:
    """The command whose right a tap on that proposal needs; None when this chat has no such proposal."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    return Command(proposal.action) if proposal is not None else None


async def yes(asked: Asked, proposal_id: int) -> Answer:
    """Carry out what was proposed, all or nothing as to rights."""
    proposal = await open_proposal(
        asked.session, proposal_id=proposal_id, chat_id=asked.chat.id, now=asked.now
    )
    if proposal is None:
        return await _why_closed(asked, proposal_id)
    deed = _DEEDS.get(proposal.action)
    if deed is not None:
        proposal.settled_at, proposal.shown_in = asked.now, asked.message_id
        return await deed(asked, proposal)
    if not proposal.assignment_ids:
        return Answer(message=DEAD_BUTTON)
    found = await entries(asked.session, ids=proposal.assignment_ids)
    refused = await refusal(asked, found)
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    proposal.settled_at, proposal.shown_in = asked.now, asked.message_id
    answer = await _CHANGES[proposal.action].carry_out(asked, found, proposal)
    await asked.session.flush()
    await asks.after_change(asked, found, proposal)
    return answer


async def _why_closed(asked: Asked, proposal_id: int) -> Answer:
    """A button that no longer opens anything: say why, and change nothing."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_BUTTON)
    if proposal.settled_at is None:
        return Answer(message=EXPIRED_BUTTON, edits_tapped=True)
    found = await entries(asked.session, ids=proposal.assignment_ids, agencies=asked.agency_codes)
    closed = [entry for entry in found if not entry.is_open]
    # What was tapped may show the answer to the first tap by now: it must keep its way back.
    return Answer(message=done_before(closed) if closed else USED_BUTTON)


async def no(asked: Asked, proposal_id: int) -> Answer:
    """Let a proposal go."""
    proposal = await open_proposal(
        asked.session, proposal_id=proposal_id, chat_id=asked.chat.id, now=asked.now
    )
    if proposal is None:
        return await _why_closed(asked, proposal_id)
    proposal.settled_at = asked.now
    return Answer(message=NOTHING_CHANGED, edits_tapped=True)


async def pick(asked: Asked, proposal_id: int, index: int) -> Answer:
    """Go on with one of the alternatives: to the question that a yes answers."""
    proposal = await open_proposal(
        asked.session, proposal_id=proposal_id, chat_id=asked.chat.id, now=asked.now
    )
    if proposal is None:
        return await _why_closed(asked, proposal_id)
    if index >= len(proposal.alternatives):
        return Answer(message=DEAD_BUTTON)
    found = await entries(asked.session, ids=proposal.alternatives[index])
    refused = await refusal(asked, found)
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=done_before(found), edits_tapped=True)
    question = await ask_for_yes(asked, _CHANGES[proposal.action], still_open, proposal.details)
    return Answer(message=question, edits_tapped=True)


async def take_back(asked: Asked, proposal_id: int) -> Answer:
    """Undo what a yes wrote, once and within a week."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_BUTTON)
    refused = await refusal(asked, await entries(asked.session, ids=proposal.assignment_ids))
    if refused is not None:
        return Answer(message=refused)
    return await undone(asked, proposal)


async def undone(asked: Asked, proposal: ProposalRow) -> Answer:
    """Take back everything that a yes to the proposal wrote."""
    ids = []
    written = await done_by(asked.session, proposal)
    change = _CHANGES.get(proposal.action)
    made = (
        await entries(asked.session, ids=await changed_by(asked.session, written))
        if change and change.taken_back
        else []
    )
    for audit_id in written:
        row = await undo(
            asked.session,
            audit_id=audit_id,
            chat_id=asked.chat.id,
            actor=asked.actor,
            now=asked.now,
            today=asked.today,
        )
        ids += [row.id] if row else []
    if (
        change is not None
        and change.taken_back is not None
        and any(e.id in ids or not e.is_open for e in made)
    ):
        gone, kept = [e for e in made if e.id in ids], [e for e in made if e.id not in ids]
        return await change.taken_back(asked, gone, kept)
    again = await entries(asked.session, ids=ids)
    if change is not None and change.after_undo is not None:
        own_answer = await change.after_undo(asked, proposal, again)
        if own_answer is not None:
            return own_answer
    if not ids:
        return Answer(message=UNDO_TOO_LATE)
    await asks.after_undo(asked, again, proposal)
    return Answer(
        message=message(
            block(line("↩️ ", bold(_taken_back(proposal)))),
            *(block(*entry_lines(entry, asked.today)) for entry in again),
        ),
        edits_tapped=True,
    )


def _taken_back(proposal: ProposalRow) -> str:
    closed = proposal.action in (Command.DONE, Command.WAIVE)
    return "Đã hoàn tác, việc lại để mở." if closed else "Đã hoàn tác."
