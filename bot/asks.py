"""What agencies tell each other through the bot: that a lead asks for support, that it was given, that it is not needed any
more. Each is one note to every chat of the agency."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.codes import shorten
from bot.commands.asked import Asked
from bot.listing import TITLE_LIMIT, done_command, done_words
from bot.message import Line, Message, block, bold, italic, line, message
from bot.notes import tell
from bot.wording import capitalised, full_day, joined, runs, weekday
from store import asks
from store.agenda import Entry, entries
from store.asks import Closed, asks_of
from store.chats import chats_of
from store.states import State
from store.tables import ProposalRow


async def tell_asked(asked: Asked, ids: Sequence[int]) -> None:
    """Tell the agencies that they were asked (assignments by id)."""
    for entry in await entries(asked.session, ids=ids):
        await _tell(asked.session, entry.agency, _asked_note(entry), key=f"ask:{entry.id}", wall=asked.wall)


async def tell_closed(session: AsyncSession, closed: Sequence[Closed], *, wall: datetime) -> None:
    """Tell the agencies that they need not answer any more."""
    for one in closed:
        await _tell(session, one.agency, _closed_note(one), key=f"ask-closed:{one.id}", wall=wall)


async def close_needless(session: AsyncSession, *, now: datetime, wall: datetime) -> int:
    """Close the asks whose lead has finished, waived or lost its own assignment, and tell the agencies; returns how many."""
    closed = await asks.close_needless(session, now=now)
    await tell_closed(session, closed, wall=wall)
    return len(closed)


async def after_change(asked: Asked, before: Sequence[Entry], proposal: ProposalRow) -> None:
    """What follows from a person's yes: a lead hears of an answer, an ask that nobody needs any more is closed."""
    answered = [entry.id for entry in before if entry.is_support and entry.is_open]
    if answered:
        for entry in await entries(asked.session, ids=answered):
            if not entry.is_open:
                await _tell_lead(asked, entry, await _answer_note(asked, entry), f"{proposal.id}")
    await close_needless(asked.session, now=asked.now, wall=asked.wall)


async def after_undo(asked: Asked, again: Sequence[Entry], proposal: ProposalRow) -> None:
    """A lead hears that an answer was taken back."""
    for entry in again:
        if entry.is_support and entry.is_open and proposal.action in ("done", "waive"):
            note = message(
                block(
                    line(bold(f"↩️ {entry.agency_name} đã hoàn tác phần phối hợp {entry.code}.")),
                    *_what_lines(entry.period),
                )
            )
            await _tell_lead(asked, entry, note, f"{proposal.id}:undo")


def _asked_note(entry: Entry) -> Message:
    due = f"{weekday(entry.due)} {full_day(entry.due)}" if entry.due else ""
    return message(
        block(
            line(bold(f"🤝 {entry.asked_by_name} đề nghị {entry.agency_name} phối hợp {entry.code}.")),
            line(shorten(entry.title, TITLE_LIMIT)),
            *_what_lines(entry.period),
            line("Hạn: ", bold(due)),
        ),
        block(
            line("Xong thì nhắn: ", done_command(entry), ", hoặc gõ cả số văn bản, nội dung, ví dụ:"),
            line(italic(f"/done {entry.code} 15/CV-{entry.agency} đã gửi")),
        ),
        choices=[[runs(f"Chi tiết {entry.code}", f"/task {entry.code}")]],
    )


def _closed_note(closed: Closed) -> Message:
    return message(
        block(
            line(bold(f"{closed.lead_name}: không cần phối hợp {closed.code} nữa.")),
            line(shorten(closed.title, TITLE_LIMIT)),
            *_what_lines(closed.what),
        ),
        "Anh/chị không phải trả lời đề nghị này.",
    )


async def _answer_note(asked: Asked, entry: Entry) -> Message:
    is_given = entry.state is not State.WAIVED
    head = "đã trả lời phối hợp" if is_given else "báo không phát sinh phần phối hợp"
    silent = [one.agency_name for one in await asks_of(asked.session, [entry.parent_id or 0]) if one.is_open]
    rest = f"Còn chờ: {joined(silent)}" if silent else "Các cơ quan được đề nghị đều đã trả lời."
    return message(
        block(
            line(bold(f"{'✅' if is_given else '➖'} {entry.agency_name} {head} {entry.code}.")),
            *_what_lines(entry.period),
            *([line(capitalised(done_words(entry)))] if is_given else []),
            *([line(f"Ghi chú: {entry.note}")] if entry.note else []),
        ),
        rest,
        choices=[[runs(f"Phối hợp {entry.code}", f"/ask {entry.code}")]],
    )


def ask_line(entry: Entry) -> Line:
    """One ask as its lead follows it: whom, by when, and whether it was answered."""
    day = f" · hạn {full_day(entry.due)}" if entry.due else ""
    if entry.is_open:
        return line(f"• {entry.agency_name}{day} · ", bold("chưa trả lời"))
    return line(f"• ✅ {entry.agency_name} · {done_words(entry)}")


def _what_lines(what: str) -> list[Line]:
    return [line(f"Nội dung: {what}")] if what else []


async def _tell_lead(asked: Asked, entry: Entry, note: Message, key: str) -> None:
    if entry.asked_by is not None:
        key = f"ask-answered:{entry.id}:{key}"
        await _tell(asked.session, entry.asked_by, note, key=key, wall=asked.wall)


async def _tell(session: AsyncSession, agency: str, note: Message, *, key: str, wall: datetime) -> None:
    await tell(session, [chat.id for chat in await chats_of(session, agency)], note, key=key, wall=wall)
