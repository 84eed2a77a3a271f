"""What is chosen after a proposal: yes, no, pick one of several, take back. Choices carry ids and no authority: every right
is looked at again here, and an id of another chat finds nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import asks
from bot.commands import decide_extension, leave, revoke, undo
from bot.commands.asked import Answer, Asked
from bot.commands.changes import CHANGES
from bot.commands.files_sent import KEEPS_FILES, attach_picked
from bot.commands.menu import Command
from bot.commands.proposing import ask_for_yes, done_before, refusal
from bot.commands.taking_back import take_back_changes
from bot.wording import DEAD_CHOICE, EXPIRED_CHOICE, NOTHING_CHANGED, USED_CHOICE
from store.agenda import entries
from store.proposals import done_by, open_proposal, proposal_of
from store.tables import ProposalRow

_CHANGES = {**CHANGES, undo.CHANGE.command.value: undo.CHANGE}
# What a yes does that changes no assignment.
_DEEDS: dict[str, Callable[[Asked, ProposalRow], Awaitable[Answer]]] = {
    Command.LEAVE.value: leave.carry_out,
    Command.REVOKE.value: revoke.carry_out,
}


async def command_behind(asked: Asked, proposal_id: int) -> Command | None:
    """The command whose right a choice of that proposal needs; None when this chat has no such proposal."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return None
    return Command.DONE if proposal.action == KEEPS_FILES else Command(proposal.action)


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
        return Answer(message=DEAD_CHOICE)
    found = await entries(asked.session, ids=proposal.assignment_ids)
    refused = await refusal(asked, found)
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    proposal.settled_at, proposal.shown_in = asked.now, asked.message_id
    answer = await _CHANGES[proposal.action].carry_out(asked, found, proposal)
    await asked.session.flush()
    await decide_extension.close_needless(asked, found)
    await asks.after_change(asked, found, proposal)
    return answer


async def _why_closed(asked: Asked, proposal_id: int) -> Answer:
    """A choice that no longer opens anything: say why, and change nothing."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_CHOICE)
    if proposal.settled_at is None:
        return Answer(message=EXPIRED_CHOICE, edits_tapped=True)
    found = await entries(asked.session, ids=proposal.assignment_ids, agencies=asked.agency_codes)
    closed = [entry for entry in found if not entry.is_open]
    # What was tapped may show the answer to the first tap by now: it must keep its way back.
    return Answer(message=done_before(closed) if closed else USED_CHOICE)


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
    if proposal.action == KEEPS_FILES:
        return await attach_picked(asked, proposal, index)
    if index >= len(proposal.alternatives):
        return Answer(message=DEAD_CHOICE)
    found = await entries(asked.session, ids=proposal.alternatives[index])
    refused = await refusal(asked, found)
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=done_before(found), edits_tapped=True)
    # A file in reply to the command that began it finds the question that is open now.
    asked = replace(asked, message_id=proposal.asked_in or asked.message_id)
    question = await ask_for_yes(asked, _CHANGES[proposal.action], still_open, proposal.details)
    return Answer(message=question, edits_tapped=True)


async def take_back(asked: Asked, proposal_id: int) -> Answer:
    """Undo what a yes wrote, once and within a week."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_CHOICE)
    refused = await refusal(asked, await entries(asked.session, ids=proposal.assignment_ids))
    if refused is not None:
        return Answer(message=refused)
    return await take_back_changes(asked, await done_by(asked.session, proposal), proposal)
