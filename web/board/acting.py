"""What a standing office does on the board: the command goes into the conversation, as if typed or tapped in its chat."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Answer, Conversation
from bot.request import Tap, Words
from web.board.drawing import Page
from web.board.pages.papers import paper_path
from web.board.visitor import Visitor


def typed(visitor: Visitor, text: str) -> Words:
    return Words(place=visitor.place, person=visitor.person, text=text, message_id=_message_id())


def tapped(visitor: Visitor, action: str) -> Tap:
    number = _message_id()
    return Tap(place=visitor.place, person=visitor.person, action=action, message_id=number, tap_id=number)


async def answer_of(
    session: AsyncSession,
    conversation: Conversation,
    visitor: Visitor,
    incoming: Words | Tap,
    *,
    now: datetime,
    wall: datetime,
) -> Answer | None:
    """The conversation's, inside the caller's transaction."""
    return await conversation.answer(session, incoming, visitor.chat, now=now, wall=wall)


def shown(answer: Answer | None, *, title: str, said: str = "") -> Page:
    """The answer as a page, with its choices as buttons; `said` is what was typed."""
    return Page(
        template="answer.html",
        title=title,
        shows={
            "message": answer.message if answer is not None else None,
            "said": said,
            "file": _file(answer),
        },
    )


def _file(answer: Answer | None) -> str | None:
    """Where the file is that goes with the answer."""
    paper = answer.message.paper if answer is not None else None
    return paper_path(paper.kind, paper.about) if paper is not None else None


def _message_id() -> str:
    """There is no message on the channel: an id that none has, and that no reply can mean."""
    return f"board-{secrets.token_hex(8)}"
