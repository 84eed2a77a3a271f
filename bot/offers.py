"""Choices answered by number or by word, where nothing can be tapped: how they are given, and what an answer means.

The numbers are kept in the store (store.offers); what a choice does is looked at like a tap: it carries no authority.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from bot.codes import clean, shorten
from bot.courtesy import without_courtesy
from bot.message import Message, Tone, block, first_lines, from_json, message
from plan.text import fold
from store.offers import Offered, answered, give_numbers, has_offers, live_offers, offer_with
from store.tables import OfferRow, OutboxRow

_NUMBER = re.compile(r"(?:(?:so|chon|chon so|cau|phuong an|tra loi|lua chon) )?\(?#?([0-9]{1,3})[).]?")
# A choice as the bot wrote it, copied whole.
_COPIED = re.compile(r"([0-9]{1,3})\. (.+)")
_SEVERAL = re.compile(r"[0-9]{1,3}(?:(?:\s*[,;+]\s*|\s+va\s+|\s+)[0-9]{1,3})+")
# Without diacritics, but for words that would then say yes and no alike ("đúng", "dừng").
_YES = """
    co / dong y / xac nhan / chap nhan / nhat tri / vang / ok / oke / oki / okay / u / uh / um / duoc / dc / yes / y
    đúng / đúng vậy / dung roi
"""
_NO = """
    khong / ko / k / kg / khong dong y / khong can / ko can / thoi / khoi / thoi khoi / huy / huy bo / bo / bo qua / no / n
    tu choi / chua / chua xong / dừng / dừng lại
"""
_WORDS = {
    tone: frozenset(word.strip() for word in re.split(r"[/\n]", words) if word.strip())
    # "Dừng rồi" would be a yes without its diacritics: a no goes first.
    for tone, words in ((Tone.NO, _NO), (Tone.YES, _YES))
}
_QUESTION = (Tone.YES.value, Tone.NO.value)
# Of a question: what it asks, and what about.
_LINES_TOLD, _MOST_TOLD = 2, 80


async def with_numbers(
    session: AsyncSession, piece: Message, *, chat_id: int, outbox_id: int, now: datetime
) -> Message:
    """The piece with a number on each of its choices, which from the commit on can be answered. `now` is business time."""
    choices = list(dict.fromkeys(choice for row in piece.rows() for choice in row))
    offered = [Offered(action=one.action, label=one.label, tone=one.tone.value) for one in choices]
    numbers = await give_numbers(session, chat_id=chat_id, outbox_id=outbox_id, choices=offered, now=now)
    number_of = {choice.action: number for choice, number in zip(choices, numbers, strict=True)}
    return piece.with_choices(lambda choice: replace(choice, number=number_of[choice.action]))


async def chosen(session: AsyncSession, text: str, *, chat_id: int, now: datetime) -> str | Message | None:
    """The action that an answer chooses, or what to say when it chooses none; None when it is no answer to a choice.

    A number means what it meant when the chat was last given it. A word means the question that came last, and only while
    that is open and nothing was offered since: "ok" may be about what came since.
    """
    copied = _COPIED.fullmatch(clean(text))
    if copied is not None:
        return await _by_copy(session, int(copied[1]), copied[2], chat_id=chat_id, now=now)
    forms = without_courtesy(clean(text))
    number = next((found for form in forms if (found := _NUMBER.fullmatch(fold(form)))), None)
    if number is None and not any(_SEVERAL.fullmatch(fold(form)) for form in forms):
        return await _by_word(session, forms, chat_id=chat_id, now=now)
    if not await has_offers(session, chat_id):
        return None
    if number is None:
        return message("Mỗi lần anh/chị chọn một số giúp.")
    return await _by_number(session, int(number[1]), chat_id=chat_id, now=now)


async def _by_number(session: AsyncSession, number: int, *, chat_id: int, now: datetime) -> str | Message:
    offer = await offer_with(session, chat_id=chat_id, number=number)
    if offer is None:
        return message(
            f"Không có lựa chọn số {number}. Anh/chị xem lại số đứng trước lựa chọn trong tin của bot, hoặc gõ: hạn"
        )
    if offer.expires_at <= now:
        return message(
            f"Lựa chọn số {number} đã quá lâu nên không dùng được nữa; chưa có gì thay đổi."
            " Anh/chị gõ lại lệnh giúp, ví dụ: hạn"
        )
    return await _take(session, offer)


async def _by_copy(
    session: AsyncSession, number: int, label: str, *, chat_id: int, now: datetime
) -> str | Message | None:
    """Only when the number and the words are of the same choice: "1. Cải cách thể chế" may stand elsewhere in a message."""
    offer = await offer_with(session, chat_id=chat_id, number=number)
    if offer is None or _name(offer.label) != _name(label):
        return None
    return await _by_number(session, number, chat_id=chat_id, now=now)


async def _by_word(
    session: AsyncSession, forms: Sequence[str], *, chat_id: int, now: datetime
) -> str | Message | None:
    tone = _tone(forms)
    if tone is None:
        return None
    live = await live_offers(session, chat_id=chat_id, now=now)
    waiting = [offer for offer in live if offer.tone == tone and not offer.answered]
    if not waiting:
        return None
    of_newest = [offer for offer in waiting if offer.outbox_id == live[0].outbox_id]
    if len(of_newest) == 1:
        return await _take(session, of_newest[0])
    return await _which_of(session, sorted(waiting, key=lambda one: one.id))


def _tone(forms: Sequence[str]) -> Tone | None:
    said = {*forms, *map(fold, forms)}
    return next((tone for tone, words in _WORDS.items() if said & words), None)


async def answers_nothing(session: AsyncSession, text: str, *, chat_id: int) -> bool:
    """Whether it is a yes or no to a question, in a chat that answers by words, where no question waits (see `chosen`)."""
    return _tone(without_courtesy(clean(text))) is not None and await has_offers(session, chat_id)


async def _which_of(session: AsyncSession, waiting: Sequence[OfferRow]) -> Message:
    """All that wait are called alike, so each stands with what it is about."""
    lines = [
        " – ".join(filter(None, (f"{offer.number}. {offer.label}", await _asked_in(session, offer))))
        for offer in waiting
    ]
    return message(block(f"Có {len(waiting)} câu hỏi đang chờ. Anh/chị trả lời bằng số giúp:", *lines))


async def _asked_in(session: AsyncSession, offer: OfferRow) -> str:
    """How the message begins that asked; empty for one that was made when it left."""
    asked = await session.get_one(OutboxRow, offer.outbox_id)
    lines = first_lines(from_json(asked.body)) if asked.body else ()
    return shorten(" ".join(islice(lines, _LINES_TOLD)), _MOST_TOLD)


async def called(session: AsyncSession, text: str, *, chat_id: int, now: datetime) -> str | None:
    """The action of the choice that is called just that, the newest if there are several."""
    said = _name(text)
    live = await live_offers(session, chat_id=chat_id, now=now) if said else ()
    found = next((offer for offer in live if _name(offer.label) == said), None)
    return await _take(session, found) if found is not None else None


async def _take(session: AsyncSession, offer: OfferRow) -> str:
    if offer.tone in _QUESTION:
        await answered(session, offer, _QUESTION)
    return offer.action


def _name(text: str) -> str:
    """Letters and digits only: a choice may be called "✅ 2.6a"."""
    return " ".join("".join(char if char.isalnum() else " " for char in fold(clean(text))).split())
