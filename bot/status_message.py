"""The pinned status: where a chat's agencies stand, in one message that is edited in place and rings no bell.

Days stand as dates, so that the words stay true until something happens.
"""

from collections.abc import Sequence
from datetime import date, datetime

from bot.codes import shorten
from bot.commands.lists import count_words
from bot.listing import Standing, due_words, standing
from bot.message import Block, Message, block, bold, italic, line, message
from bot.wording import SEE_DUE, capitalised, full_day, joined
from plan.vietnam import day_of, local
from store.agenda import Entry
from store.chats import Bindings

MARK = "🗂"
_MOST_LINES = 6
_TITLE_LIMIT = 48


def status_message(owed: Sequence[Entry], bindings: Bindings, now: datetime) -> Message:
    """Of everything that the chat's agencies owe, also what is done; `now` is business time."""
    today = day_of(now)
    blocks: list[Block] = [block(line(bold(f"{MARK} {joined(_names(bindings))}")))]
    if bindings.agencies:
        blocks += _agenda(owed, today)
    blocks.append(block(line(italic(f"Cập nhật {local(now):%H:%M} ngày {full_day(today)}"))))
    return message(*blocks, choices=[[SEE_DUE]])


def unbound_status() -> Message:
    """For a chat that speaks for nobody any more."""
    return message(f"{MARK} Cuộc trò chuyện này không còn kết nối với cơ quan nào.")


def _names(bindings: Bindings) -> list[str]:
    own = [agency.name for agency in bindings.agencies]
    return own or [f"{office.name} (cơ quan thường trực)" for office in bindings.offices] or ["Lãnh đạo"]


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
