"""Taps that follow /done: yes, no, pick one of several, take back. Buttons carry ids and no authority: every right is
looked at again here, and an id of another chat finds nothing."""

from collections.abc import Sequence

from bot.commands.asked import Answer, Asked
from bot.commands.done import already_done, ask_for_yes, paper_lines
from bot.listing import due_words, entry_lines, title_line, what_words
from bot.message import Choice, Message, Tone, block, bold, line, message
from bot.wording import (
    DEAD_BUTTON,
    EXPIRED_BUTTON,
    NOT_IN_PLAN,
    NOTHING_CHANGED,
    UNDO_TOO_LATE,
    USED_BUTTON,
    no_longer_bound,
)
from store.agenda import Entry, entries
from store.progress import mark_done, undo
from store.proposals import done_by, open_proposal, proposal_of
from store.tables import ProposalRow


async def yes(asked: Asked, proposal_id: int) -> Answer:
    """Close what was proposed, all or nothing as to rights; what someone closed before stays as they wrote it."""
    proposal = await open_proposal(
        asked.session, proposal_id=proposal_id, chat_id=asked.chat.id, now=asked.now
    )
    if proposal is None:
        return await _why_closed(asked, proposal_id)
    if not proposal.assignment_ids:
        return Answer(message=DEAD_BUTTON)
    found = await entries(asked.session, ids=proposal.assignment_ids)
    refusal = _refusal(asked, found)
    if refusal is not None:
        return Answer(message=refusal, edits_tapped=True)
    newly = [entry for entry in found if await _mark(asked, entry, proposal)]
    proposal.settled_at = asked.now
    await asked.session.flush()
    if not newly:
        return Answer(message=_done_before(found), edits_tapped=True)
    return Answer(message=_written(newly, found, proposal), edits_tapped=True)


async def _mark(asked: Asked, entry: Entry, proposal: ProposalRow) -> bool:
    audit_id = await mark_done(
        asked.session,
        assignment_id=entry.id,
        document=proposal.document,
        note=proposal.note,
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
    )
    return audit_id is not None


def _refusal(asked: Asked, found: Sequence[Entry]) -> Message | None:
    if not found:
        return NOT_IN_PLAN
    foreign = [entry for entry in found if entry.agency not in asked.agency_codes]
    return no_longer_bound(foreign[0].agency_name) if foreign else None


def _written(newly: Sequence[Entry], found: Sequence[Entry], proposal: ProposalRow) -> Message:
    earlier = [entry for entry in found if entry not in newly]
    before = (
        [block("Đã có người ghi nhận từ trước:", *(title_line(entry) for entry in earlier))]
        if earlier
        else []
    )
    return message(
        block(line("✅ ", bold("Đã ghi nhận xong."))),
        *(block(title_line(entry), line(_what_and_due(entry))) for entry in newly),
        block(*paper_lines(proposal.document, proposal.note)),
        *before,
        choices=[[Choice(label="Hoàn tác", action=f"undo:{proposal.id}", tone=Tone.NO)]],
    )


def _what_and_due(entry: Entry) -> str:
    return " · ".join(part for part in (what_words(entry), due_words(entry)) if part)


def _done_before(found: Sequence[Entry]) -> Message:
    done = already_done(found)
    return Message(blocks=(block("Đã có người ghi nhận từ trước, không ghi thêm."), *done.blocks))


async def _why_closed(asked: Asked, proposal_id: int) -> Answer:
    """A button that no longer opens anything: say why, and change nothing."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_BUTTON)
    if proposal.settled_at is None:
        return Answer(message=EXPIRED_BUTTON, edits_tapped=True)
    found = await entries(asked.session, ids=proposal.assignment_ids, agencies=asked.agency_codes)
    done = [entry for entry in found if not entry.is_open]
    # What was tapped may show the answer to the first tap by now: it must keep its way back.
    return Answer(message=_done_before(done) if done else USED_BUTTON)


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
    refusal = _refusal(asked, found)
    if refusal is not None:
        return Answer(message=refusal, edits_tapped=True)
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=_done_before(found), edits_tapped=True)
    question = await ask_for_yes(asked, still_open, proposal.document, proposal.note)
    return Answer(message=question, edits_tapped=True)


async def take_back(asked: Asked, proposal_id: int) -> Answer:
    """Undo what a yes wrote, once and within a week."""
    proposal = await proposal_of(asked.session, proposal_id=proposal_id, chat_id=asked.chat.id)
    if proposal is None:
        return Answer(message=DEAD_BUTTON)
    refusal = _refusal(asked, await entries(asked.session, ids=proposal.assignment_ids))
    if refusal is not None:
        return Answer(message=refusal)
    undone = []
    for audit_id in await done_by(asked.session, proposal):
        row = await undo(
            asked.session,
            audit_id=audit_id,
            chat_id=asked.chat.id,
            actor=asked.actor,
            now=asked.now,
            today=asked.today,
        )
        undone += [row.id] if row else []
    if not undone:
        return Answer(message=UNDO_TOO_LATE)
    again = await entries(asked.session, ids=undone)
    return Answer(
        message=message(
            block(line("↩️ ", bold("Đã hoàn tác, việc lại để mở."))),
            *(block(*entry_lines(entry, asked.today)) for entry in again),
        ),
        edits_tapped=True,
    )
