"""The pinned status: where a chat's agencies stand, in one message that is edited in place and rings no bell.

Days stand as dates, so that the words stay true until something happens or another day begins. It is one message, whatever
it is about.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.codes import shorten
from bot.commands.lists import count_words
from bot.listing import Standing, due_words, standing
from bot.message import Block, Message, block, bold, italic, line, message, to_json
from bot.overview import figure_lines
from bot.wording import SEE_DUE, capitalised, full_day, joined, runs
from plan.vietnam import day_of, local
from store.agenda import Entry
from store.chats import Bindings
from store.figures import Column, Tally, column_of, figures_of_tallies

MARK = "🗂"
_MOST_LINES = 6
_MOST_NAMES = 3
_TITLE_LIMIT = 48
_NAME_LIMIT = 80


@dataclass(frozen=True, kw_only=True)
class StatusMessage:
    """The message, and the fingerprint of what it says: another one only when something else than the hour has changed."""

    message: Message
    shows: str


def status_message(
    owed: Sequence[Entry], overseen: Sequence[Tally], bindings: Bindings, now: datetime
) -> StatusMessage:
    """Of everything that the chat's agencies owe, also what is done, and of all that it oversees; `now` is business time."""
    today = day_of(now)
    blocks: list[Block] = [block(line(bold(f"{MARK} {_names(bindings)}")))]
    if bindings.agencies:
        blocks += _agenda(owed, today)
    if overseen:
        blocks.append(_overview(overseen, today))
    choices = [[SEE_DUE, runs("Tình hình chung", "/status")] if overseen else [SEE_DUE]]
    updated = block(line(italic(f"Cập nhật {local(now):%H:%M} ngày {full_day(today)}")))
    return StatusMessage(
        message=message(*blocks, updated, choices=choices), shows=_fingerprint(message(*blocks))
    )


def unbound_status() -> StatusMessage:
    """For a chat that speaks for nobody any more."""
    said = message(f"{MARK} Cuộc trò chuyện này không còn kết nối với cơ quan nào.")
    return StatusMessage(message=said, shows=_fingerprint(said))


def _fingerprint(said: Message) -> str:
    return hashlib.sha256(json.dumps(to_json(said), sort_keys=True).encode()).hexdigest()


def _names(bindings: Bindings) -> str:
    own = [agency.name for agency in bindings.agencies]
    names = own or [f"{office.name} (cơ quan thường trực)" for office in bindings.offices] or ["Lãnh đạo"]
    more = len(names) - _MOST_NAMES
    shown = [shorten(name, _NAME_LIMIT) for name in names[:_MOST_NAMES]]
    return joined(shown) if more <= 0 else f"{', '.join(shown)} và {more} cơ quan khác"


def _overview(overseen: Sequence[Tally], today: date) -> Block:
    late = {tally.agency for tally in overseen if column_of(tally, today) is Column.OPEN_LATE}
    return block(
        line(bold("📊 Toàn tỉnh")),
        *figure_lines(figures_of_tallies(overseen, today)),
        *([line(f"{len(late)} cơ quan đang có việc quá hạn: /late")] if late else []),
    )


def _agenda(owed: Sequence[Entry], today: date) -> list[Block]:
    still_open = [entry for entry in owed if entry.is_open and entry.due is not None]
    finished = sum(not entry.is_open for entry in owed)
    counted = count_words(still_open, today, "còn hạn")
    blocks = [
        block(line(bold(capitalised(f"{counted or 'không còn việc nào có hạn'}. Đã xong {finished} việc."))))
    ]
    first = still_open[:_MOST_LINES]
    if first:
        lines = (line(_mark(entry, today), bold(entry.code), f" {_words(entry)}") for entry in first)
        blocks.append(block(*lines))
    return blocks


def _mark(entry: Entry, today: date) -> str:
    return {Standing.LATE: "⛔ ", Standing.TODAY: "⏰ "}.get(standing(entry, today), "• ")


def _words(entry: Entry) -> str:
    return f"{shorten(entry.title, _TITLE_LIMIT)} · {due_words(entry)}"
