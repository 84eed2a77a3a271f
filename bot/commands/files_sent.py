"""Photos and files that come without a command: where they belong.

In reply to something of the bot's they belong to that. One that comes alone belongs to the one /done of its sender that waits
for a yes. Else it is kept, as a proposal of its own, until the sender says to what it belongs: by picking one of what they
have just reported, or by a /done that follows. Files that follow one another are asked about once.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from bot.commands.asked import Answer, Asked
from bot.commands.evidence import NO_PLACE, add_to, files_in, names_of, plain_files, refused_files
from bot.commands.menu import Command
from bot.commands.proposing import MOST_CHOICES, choice_labels, refusal
from bot.message import Choice, Tone, block, bold, line, message
from bot.request import File
from bot.wording import DEAD_CHOICE, EXPIRED_CHOICE
from store.agenda import Entry, entries
from store.evidence import MOST_FILES, reported_by
from store.proposals import (
    PROPOSAL_LIFETIME,
    changed_by,
    proposal_at,
    proposal_of,
    proposal_of_album,
    proposals_since,
    propose,
)
from store.states import ChatKind
from store.tables import ProposalRow

# Of the proposal that keeps files until it is known to what they belong; no command of that name.
KEEPS_FILES = "files"
_FOLLOWING = timedelta(minutes=10)
_REPORTED = timedelta(hours=24)
# Ids of proposals among the actions of choices: "yes:12", "pick:12:0", "undo:12".
_PROPOSAL = re.compile(r"(?:yes|no|undo|pick):([0-9]{1,9})(?::[0-9]+)?")
# Of a change of these kinds a file is a proof.
_PROVEN = frozenset({Command.DONE.value, Command.WAIVE.value, Command.PROGRESS.value})
_NOT_DONE = message(
    "Việc này chưa được ghi nhận, hoặc đã hoàn tác, nên chưa lưu tệp. Anh/chị báo xong lại rồi gửi tệp giúp."
)
_TOO_MANY = message(f"Mỗi việc lưu nhiều nhất {MOST_FILES} tệp, nên chưa lưu tệp này.")


async def receive(asked: Asked) -> Answer | None:
    """In a group, files that are about nothing of ours are none of our business."""
    proposal = await _replied_to(asked)
    if proposal is None or proposal.action not in _PROVEN:
        return await _alone(asked)
    refused = refused_files(asked.files)
    if refused is not None:
        return Answer(message=refused)
    if proposal.settled_at is None:
        return await _keep_until_yes(asked, proposal)
    found = await entries(asked.session, ids=await changed_by(asked.session, proposal))
    if not found:
        return Answer(message=_NOT_DONE)
    foreign = await refusal(asked, found)
    return Answer(message=foreign or message(f"📎 {await add_to(asked, found, asked.files)}"))


async def take_along(asked: Asked) -> dict[str, Any]:
    """The details of a /done without files of its own: those that its sender sent alone a moment ago belong to it now."""
    kept = await _kept_a_moment_ago(asked)
    if kept is None:
        return {}
    kept.settled_at = asked.now
    return {**kept.details, "sent_before": True}


async def attach_picked(asked: Asked, proposal: ProposalRow, index: int) -> Answer:
    """Attach the files that this proposal keeps to the assignment that was picked."""
    if index >= len(proposal.alternatives):
        return Answer(message=DEAD_CHOICE)
    found = await entries(asked.session, ids=proposal.alternatives[index])
    refused = await refusal(asked, found)
    if refused is None and any(entry.is_open for entry in found):
        refused = _NOT_DONE
    if refused is not None:
        return Answer(message=refused, edits_tapped=True)
    proposal.settled_at = asked.now
    return Answer(
        message=message(f"📎 {await add_to(asked, found, files_in(proposal.details))}"), edits_tapped=True
    )


async def _replied_to(asked: Asked) -> ProposalRow | None:
    session, chat = asked.session, asked.chat.id
    named = next(filter(None, (_PROPOSAL.fullmatch(action) for action in asked.replied_choices)), None)
    if named is not None:
        found = await proposal_of(session, proposal_id=int(named[1]), chat_id=chat)
        if found is not None:
            return found
    if asked.replied_to is not None:
        found = await proposal_at(session, chat_id=chat, message_id=asked.replied_to)
        if found is not None:
            return found
    return await proposal_of_album(session, chat_id=chat, album=asked.album) if asked.album else None


async def _keep_until_yes(asked: Asked, proposal: ProposalRow) -> Answer | None:
    if proposal.action != Command.DONE.value:
        return Answer(message=_NOT_DONE)
    if proposal.expires_at <= asked.now:
        return Answer(message=EXPIRED_CHOICE)
    of_album = asked.album is not None and proposal.details.get("album") == asked.album
    return await _keep_with(asked, proposal) or (None if of_album else await _told_until_yes(asked, proposal))


async def _told_until_yes(asked: Asked, proposal: ProposalRow) -> Answer:
    """To what they belong, or that this is still to be said."""
    found = await entries(asked.session, ids=proposal.assignment_ids)
    codes = ", ".join(dict.fromkeys(entry.code for entry in found))
    how = f"Chọn “Xác nhận” để lưu kèm {codes}" if codes else "Chọn việc, rồi “Xác nhận” để lưu kèm"
    return Answer(message=message(f"📎 Đã nhận {len(asked.files)} tệp: {names_of(asked.files)}. {how}."))


async def _keep_with(asked: Asked, proposal: ProposalRow) -> Answer | None:
    """Keep the files with what waits; an answer when there is no room for them."""
    files = [*files_in(proposal.details), *asked.files]
    if len(files) > MOST_FILES:
        return Answer(message=_TOO_MANY)
    # A new value: a change inside the old one would go unnoticed by the store.
    proposal.details = {**proposal.details, **_kept_now(files, asked.now)}
    await asked.session.flush()
    return None


async def _alone(asked: Asked) -> Answer | None:
    is_private = asked.chat.kind is ChatKind.PRIVATE
    refused = refused_files(asked.files)
    if refused is not None:
        return Answer(message=refused) if is_private else None
    question = await _question_that_waits(asked)
    if question is not None:
        follows = _follows(question, asked.now)
        return await _keep_with(asked, question) or (
            None if follows else await _told_until_yes(asked, question)
        )
    kept = await _kept_a_moment_ago(asked)
    if kept is None:
        which = await _ask_which(asked, await _keep(asked))
        return which or (Answer(message=NO_PLACE) if is_private else None)
    no_room = await _keep_with(asked, kept)
    if no_room is not None or kept.alternatives:
        return no_room
    return await _ask_which(asked, kept)


async def _keep(asked: Asked) -> ProposalRow:
    number = await propose(
        asked.session,
        chat_id=asked.chat.id,
        person=asked.person.id,
        action=KEEPS_FILES,
        details=_kept_now(asked.files, asked.now),
        now=asked.now,
    )
    return await asked.session.get_one(ProposalRow, number)


def _kept_now(files: Sequence[File], now: datetime) -> dict[str, Any]:
    return {"files": plain_files(files), "files_at": now.isoformat()}


def _follows(proposal: ProposalRow, now: datetime) -> bool:
    """Whether a file that comes now is one of several that follow one another."""
    last = proposal.details.get("files_at")
    return last is not None and now - datetime.fromisoformat(last) <= _FOLLOWING


async def _question_that_waits(asked: Asked) -> ProposalRow | None:
    """The one /done of this person in this chat that waits for a yes, or for a word on which is meant; None when there are
    none or several."""
    asked_lately = await _proposals(asked, Command.DONE.value)
    open_ids = await _open_among(asked, {number for row in asked_lately for number in _about(row)})
    waiting: dict[frozenset[int], ProposalRow] = {}
    for index, row in enumerate(asked_lately):
        # Of one that asked which, and was answered, the question that followed is the one that waits.
        answered = not row.assignment_ids and any(
            later.asked_in == row.asked_in for later in asked_lately[:index]
        )
        about = _about(row) & open_ids
        if row.settled_at is None and about and not answered:
            waiting.setdefault(about, row)
    return next(iter(waiting.values())) if len(waiting) == 1 else None


def _about(proposal: ProposalRow) -> frozenset[int]:
    """Ids of the assignments that a yes to it may change."""
    return frozenset(proposal.assignment_ids or chain(*proposal.alternatives))


async def _open_among(asked: Asked, ids: Collection[int]) -> frozenset[int]:
    found = await entries(asked.session, ids=ids)
    return frozenset(entry.id for entry in found if entry.is_open)


async def _kept_a_moment_ago(asked: Asked) -> ProposalRow | None:
    """What keeps this person's latest files that belong to nothing yet."""
    kept = await _proposals(asked, KEEPS_FILES)
    return next((row for row in kept if row.settled_at is None and _follows(row, asked.now)), None)


async def _proposals(asked: Asked, action: str) -> Sequence[ProposalRow]:
    since = asked.now - PROPOSAL_LIFETIME
    return await proposals_since(
        asked.session, chat_id=asked.chat.id, person=asked.person.id, action=action, since=since
    )


async def _just_reported(asked: Asked) -> list[Entry]:
    """What this person has reported in this chat and may still add to, the latest first."""
    within = _REPORTED if asked.chat.kind is ChatKind.PRIVATE else _FOLLOWING
    ids = await reported_by(
        asked.session, chat_id=asked.chat.id, person=asked.person.id, since=asked.now - within
    )
    found = [entry for entry in await entries(asked.session, ids=ids) if not entry.is_open]
    own = [entry for entry in found if entry.agency in asked.agency_codes]
    return sorted(own, key=lambda entry: ids.index(entry.id))[:MOST_CHOICES]


async def _ask_which(asked: Asked, kept: ProposalRow) -> Answer | None:
    """To which of what was just reported these files belong; None when there is nothing of the kind."""
    reported = await _just_reported(asked)
    if not reported:
        return None
    kept.alternatives = [[entry.id] for entry in reported]
    picks = [
        (Choice(label=label, action=f"pick:{kept.id}:{index}"),)
        for index, label in enumerate(choice_labels(reported))
    ]
    stop = (Choice(label="Thôi", action=f"no:{kept.id}", tone=Tone.NO),)
    head = block(line("📎 ", bold("Tệp này kèm việc nào?")))
    return Answer(message=message(head, names_of(files_in(kept.details)), choices=[*picks, stop]))
