"""The board served: the way in and out, the pages, and what a standing office does on them.

Whoever is signed in has the rights that their chat has at this moment: they are looked at again with every request.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.commands.board import PATH
from bot.commands.menu import Command
from bot.conversation import Conversation
from bot.handling import Handled, handled
from bot.message import Paper
from bot.press import OutOfPrint, Press
from bot.request import Tap, Words
from plan.vietnam import day_of
from store.database import Database
from store.outages import is_away
from store.sign_ins import LINK_LIFETIME, SESSION_LIFETIME, come_in, is_good, note_use, session_of, sign_out
from web.board import acting, told
from web.board.drawing import Page, drawn
from web.board.forms import form_of
from web.board.looking import Look, narrowed_by
from web.board.pages import agency, delivery, late, overview, papers, plan_changes, task, weeks
from web.board.security import Cookie, Headers, new_secret, proof_of
from web.board.told import Closed
from web.board.visitor import Visitor, visitor_of

_MOST_WORDS = 1_000
_FILES = Path(__file__).parent
_log = structlog.get_logger("web")

Draw = Callable[[Look], Awaitable[Page | None]]


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A page to read: under which path, what draws it, and the command whose right opens it."""

    path: str
    draw: Draw
    right: Command


_PAGES = (
    _Reading(path="/", draw=overview.overview, right=overview.RIGHT),
    _Reading(path="/weeks", draw=weeks.weeks, right=weeks.RIGHT),
    _Reading(path="/late", draw=late.late, right=late.RIGHT),
    _Reading(path="/agency/{agency}", draw=agency.agency, right=agency.RIGHT),
    _Reading(path="/task/{plan}/{task}", draw=task.task, right=task.RIGHT),
    _Reading(path="/delivery", draw=delivery.delivery, right=delivery.RIGHT),
    _Reading(path="/papers", draw=papers.papers, right=papers.RIGHT),
    _Reading(path="/plan-changes", draw=plan_changes.plan_changes, right=plan_changes.RIGHT),
)
# In the order of the head of every page; the requests and the command line have no page of their own to read.
_HEAD = (
    ("", "Tình hình chung", overview.RIGHT),
    ("/weeks", "Các tuần tới", weeks.RIGHT),
    ("/late", "Quá hạn", late.RIGHT),
    ("/papers", "Báo cáo", papers.RIGHT),
    ("/requests", "Đề nghị", Command.APPROVE),
    ("/plan-changes", "Kế hoạch sửa đổi", plan_changes.RIGHT),
    ("/delivery", "Tình trạng gửi tin", delivery.RIGHT),
    ("/say", "Gõ lệnh", Command.APPROVE),
)


class Board:
    """One for a process. `on_handled` hears of every command that was carried out here, `on_queued` that messages may wait
    in the outbox now."""

    def __init__(
        self,
        database: Database,
        public_url: str,
        *,
        press: Press,
        clock: Callable[[], datetime],
        wall: Callable[[], datetime],
        on_queued: Callable[[], None] = lambda: None,
        on_handled: Callable[[Handled], None] = lambda _: None,
    ) -> None:
        https = urlsplit(public_url).scheme == "https"
        self._database = database
        self._origin = public_url
        self._press = press
        self._clock = clock
        self._wall = wall
        self._on_queued = on_queued
        self._on_handled = on_handled
        self._conversation: Conversation | None = None
        self._key = Cookie("nhacviec-board", https=https, lives=SESSION_LIFETIME, strict=False)
        self._doorstep = Cookie("nhacviec-door", https=https, lives=LINK_LIFETIME, strict=True)

    def talk_with(self, conversation: Conversation) -> None:
        """From now on commands are carried out; until then there is the reading only."""
        self._conversation = conversation

    def routes(self) -> list[BaseRoute]:
        pages: list[BaseRoute] = [
            Route(page.path, self._safe(partial(self._read, page)), methods=["GET"]) for page in _PAGES
        ]
        return [
            Route("/", _to_the_board, methods=["GET"]),
            Route(PATH, _to_the_board, methods=["GET"]),
            Mount(
                PATH,
                routes=[
                    *pages,
                    Route("/sign-in", self._safe(self._doorstep_page), methods=["GET"]),
                    Route("/sign-in", self._safe(self._come_in), methods=["POST"]),
                    Route("/sign-out", self._safe(self._sign_out), methods=["POST"]),
                    Route("/paper", self._safe(self._paper), methods=["GET"]),
                    Route("/requests", self._safe(self._requests), methods=["GET"]),
                    Route("/say", self._safe(self._command_line), methods=["GET"]),
                    Route("/say", self._safe(self._say), methods=["POST"]),
                    Route("/tap", self._safe(self._tap), methods=["POST"]),
                    Route("/board.css", _file("board.css", "text/css"), methods=["GET"]),
                    Route("/icon.svg", _file("icon.svg", "image/svg+xml"), methods=["GET"]),
                    Route("/{rest:path}", self._safe(self._nothing_there)),
                ],
                middleware=[Middleware(Headers)],
            ),
        ]

    def _safe(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Whatever goes wrong, people read a page about it, and nothing of what it was."""

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except Closed as closed:
                return self._alone(closed.page)
            except SQLAlchemyError as error:
                if not is_away(error):
                    _log.error("a page broke", path=request.url.path, exc_info=error)
                    return self._alone(told.BROKEN)
                _log.warning("database not available, no page for now", error=type(error).__name__)
                return self._alone(told.AWAY)
            except Exception as error:
                _log.error("a page broke", path=request.url.path, exc_info=error)
                return self._alone(told.BROKEN)

        return answered

    # The way in and out

    async def _doorstep_page(self, request: Request) -> Response:
        """A page with a button: who only looks at the link, as previews do, does not use it up."""
        token = request.query_params.get("token", "")
        async with self._database.read() as session:
            if not await is_good(session, token, wall=self._wall()):
                raise Closed(told.BAD_LINK)
        secret = new_secret()
        page = Page(
            template="sign_in.html",
            title="Đăng nhập",
            shows={"token": token, "proof": proof_of(secret)},
        )
        response = self._alone(page)
        self._doorstep.give(response, secret)
        return response

    async def _come_in(self, request: Request) -> Response:
        form = await form_of(request, self._doorstep.of(request), origin=self._origin)
        async with self._database.write() as session:
            key = await come_in(session, form.get("token", ""), now=self._clock(), wall=self._wall())
        if key is None:
            raise Closed(told.BAD_LINK)
        response = RedirectResponse(f"{PATH}/", status_code=303)
        self._key.give(response, key)
        self._doorstep.take(response)
        return response

    async def _sign_out(self, request: Request) -> Response:
        await form_of(request, self._key.of(request), origin=self._origin)
        async with self._database.write() as session:
            visitor = await self._visitor(session, request)
            await sign_out(session, visitor.session_id, wall=self._wall())
        response = self._alone(told.SIGNED_OUT)
        self._key.take(response)
        return response

    async def _visitor(self, session: AsyncSession, request: Request) -> Visitor:
        """Raises Closed for who is not signed in, or whose chat may nothing here any more."""
        key = self._key.of(request)
        found = await session_of(session, key, wall=self._wall()) if key else None
        if found is None or key is None:
            raise Closed(told.NOT_SIGNED_IN)
        signed_in, worth_a_note = found
        request.state.to_note = signed_in.id if worth_a_note else None
        visitor = await visitor_of(session, signed_in, proof_of(key))
        if not visitor.may(Command.BOARD):
            raise Closed(told.NOT_SIGNED_IN)
        return visitor

    async def _note_use(self, request: Request) -> None:
        """Of no weight beside the page that was asked for: that is shown, whatever comes of it."""
        if request.state.to_note is None:
            return
        try:
            async with self._database.write() as session:
                await note_use(session, request.state.to_note, wall=self._wall())
        except SQLAlchemyError as error:
            _log.warning("the use of a session is not noted", error=type(error).__name__)

    # Reading

    async def _read(self, reading: _Reading, request: Request) -> Response:
        async with self._database.read() as session:
            visitor = await self._visitor(session, request)
            if not visitor.may(reading.right):
                return self._page(told.NOT_YOURS, visitor, request)
            now = self._clock()
            look = Look(
                session=session,
                visitor=visitor,
                narrowed=narrowed_by(request.query_params, visitor.plans),
                path=request.path_params,
                now=now,
                today=day_of(now),
                wall=self._wall(),
            )
            # PostgreSQL refuses to look for what has a NUL.
            is_sane = all(part.isprintable() for part in request.path_params.values())
            page = await reading.draw(look) if is_sane else None
        await self._note_use(request)
        return self._page(page or told.NOTHING_THERE, visitor, request)

    async def _paper(self, request: Request) -> Response:
        """A file, made now, with the rights of this moment."""
        kind, about = request.query_params.get("kind", ""), request.query_params.get("about", "")
        async with self._database.read() as session:
            visitor = await self._visitor(session, request)
        right = papers.RIGHTS.get(kind)
        if right is None or not about.isprintable():
            return self._page(told.NOTHING_THERE, visitor, request)
        if not visitor.may(right):
            return self._page(told.NOT_YOURS, visitor, request)
        try:
            file = await self._press.print(Paper(kind=kind, about=about), visitor.chat.id, now=self._clock())
        except OutOfPrint:
            return self._page(told.NOTHING_THERE, visitor, request)
        return Response(
            file.content,
            media_type=file.media_type,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"},
        )

    async def _requests(self, request: Request) -> Response:
        """The list of /approve as the chat has it, with its buttons; nothing changes before one is pressed."""
        async with self._database.read() as session:
            visitor = await self._acting_visitor(session, request)
            answer = await acting.answer_of(
                session,
                self._talk(),
                visitor,
                acting.typed(visitor, f"/{Command.APPROVE.value}"),
                now=self._clock(),
                wall=self._wall(),
            )
        return self._page(acting.shown(answer, title="Đề nghị chờ duyệt"), visitor, request)

    async def _command_line(self, request: Request) -> Response:
        async with self._database.read() as session:
            visitor = await self._acting_visitor(session, request)
        page = Page(
            template="answer.html", title="Gõ lệnh", shows={"message": None, "said": "", "file": None}
        )
        return self._page(page, visitor, request)

    async def _nothing_there(self, request: Request) -> Response:
        async with self._database.read() as session:
            visitor = await self._visitor(session, request)
        return self._page(told.NOTHING_THERE, visitor, request)

    # Acting

    async def _say(self, request: Request) -> Response:
        form = await form_of(request, self._key.of(request), origin=self._origin)
        return await self._carry_out(request, form.get("text", "")[:_MOST_WORDS], acting.typed)

    async def _tap(self, request: Request) -> Response:
        form = await form_of(request, self._key.of(request), origin=self._origin)
        return await self._carry_out(request, form.get("action", ""), acting.tapped)

    async def _carry_out(
        self, request: Request, words: str, heard: Callable[[Visitor, str], Words | Tap]
    ) -> Response:
        """One transaction: rights, change, and what it puts into the outbox."""
        conversation = self._talk()
        async with self._database.write() as session:
            visitor = await self._acting_visitor(session, request)
            answer = await acting.answer_of(
                session, conversation, visitor, heard(visitor, words), now=self._clock(), wall=self._wall()
            )
        self._on_queued()
        done = handled(answer)
        _log.info(
            "command",
            web_session=visitor.session_id,
            chat_id=visitor.chat.id,
            command=done.command,
            outcome=done.outcome.value,
        )
        self._on_handled(done)
        said = words if heard is acting.typed else ""
        return self._page(acting.shown(answer, title="Trả lời", said=said), visitor, request)

    async def _acting_visitor(self, session: AsyncSession, request: Request) -> Visitor:
        visitor = await self._visitor(session, request)
        if not visitor.may_act:
            raise Closed(told.ONLY_READS)
        return visitor

    def _talk(self) -> Conversation:
        if self._conversation is None:
            raise Closed(told.NOT_YET)
        return self._conversation

    # Drawing

    def _page(self, page: Page, visitor: Visitor, request: Request) -> Response:
        now = self._clock()
        html = drawn(
            page,
            visitor=visitor,
            proof=visitor.proof,
            today=day_of(now),
            ways=[
                (f"{PATH}{path}" if path else f"{PATH}/", name)
                for path, name, right in _HEAD
                if visitor.may(right)
            ],
            here=request.url.path,
        )
        return HTMLResponse(html, page.status)

    def _alone(self, page: Page) -> Response:
        """For who is not signed in, or when it cannot be known."""
        return HTMLResponse(drawn(page), page.status)


async def _to_the_board(_: Request) -> Response:
    return RedirectResponse(f"{PATH}/")


def _file(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def file(_: Request) -> Response:
        return FileResponse(_FILES / name, media_type=kind)

    return file
