"""Board: the pages of a plan of 140 agencies with 60 tasks each, from the request to the last byte."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import insert, select

from app.rules import read_rules
from bench.figures import AtMost, Figure
from bench.postgresql import new_database, postgresql
from bench.stock import open_store, sqlite_url
from bot.press import Press
from config.settings import Settings
from plan.assignments import DutyKind
from plan.milestones import DueDates
from plan.vietnam import day_of
from store.chats import chat_for
from store.database import Database
from store.sign_ins import come_in, make_sign_in
from store.states import ChatKind, Role, State
from store.tables import AgencyRow, AssignmentRow, BindingRow, ItemRow, PlanRow
from store.timetable import Timetable
from web.application import application
from web.board.board import Board
from web.serving import serving

SECTION = "Board"
NOW = datetime.fromisoformat("2023-06-15T09:00:00+07:00")
AGENCIES, TASKS = 140, 60
_URL = "http://127.0.0.1:8080"
_KEY = "lon-2023"
_AREAS = (
    "Cải cách thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Xây dựng chính quyền điện tử, chính quyền số",
    "Công tác chỉ đạo điều hành",
)
_PAGES = {
    "overview": "/board/",
    "weeks ahead": "/board/weeks",
    "late list": "/board/late",
    "one agency": "/board/agency/CQ003",
    "one task": f"/board/task/{_KEY}/1.1",
}
_MOST_MS = 200
# One in so many of what is past its day is still open.
_LATE_ONE_IN = 12


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The board served at `url`, and the cookie of somebody who is signed in."""

    url: str
    cookie: dict[str, str]


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """On SQLite and on PostgreSQL."""
    timetable = read_rules(Settings()).timetable
    turns = 5 if quick else 25
    figures = await _pages("SQLite", sqlite_url(folder / "board"), timetable, turns)
    with postgresql(folder / "postgresql") as server:
        figures += await _pages("PostgreSQL", await new_database(server, "board"), timetable, turns)
    return figures


async def _pages(name: str, url: str, timetable: Timetable, turns: int) -> list[Figure]:
    figures = []
    async with open_store(url) as store:
        await fill(store, timetable)
        cookie = await signed_in(store)
        board = Board(
            store,
            _URL,
            press=Press(store, read_rules(Settings()).timetable),
            clock=lambda: NOW,
            wall=lambda: datetime.now(UTC),
        )
        async with (
            serving(application(board.routes()), host="127.0.0.1", port=0) as port,
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", cookies=cookie, trust_env=False, timeout=60
            ) as client,
        ):
            for page, path in _PAGES.items():
                took = [await _seconds(client, path) for _ in range(turns + 1)]
                figures.append(
                    Figure(
                        section=SECTION,
                        what=f"{name}: {page}, {AGENCIES} agencies with {TASKS} tasks, ms",
                        ours=median(took[1:]) * 1000,
                        of_ours=AtMost(value=_MOST_MS),
                    )
                )
    return figures


async def _seconds(client: httpx.AsyncClient, path: str) -> float:
    start = time.perf_counter()
    answer = await client.get(path)
    took = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return took


async def signed_in(store: Database) -> dict[str, str]:
    """The standing office's chat, and the cookie of its person."""
    wall = datetime.now(UTC)
    async with store.write() as session:
        chat = await chat_for(session, channel="telegram", address="1", kind=ChatKind.PRIVATE)
        session.add(BindingRow(chat_id=chat.id, role=Role.STANDING_OFFICE, agency="CQ000", bound_at=NOW))
        await session.flush()
        link = await make_sign_in(
            session,
            chat=chat,
            roles=[Role.STANDING_OFFICE],
            person="1",
            person_name="Nguyễn Thị Thường",
            wall=wall,
        )
        await session.flush()
        key = await come_in(session, link or "", now=NOW, wall=wall)
    return {"nhacviec-board": key or ""}


async def fill(store: Database, timetable: Timetable) -> None:
    """A plan in which every agency leads every task, due through the year, much of it done and some of it late."""
    today = day_of(NOW)
    async with store.write() as session:
        session.add(
            PlanRow(
                key=_KEY,
                year=2023,
                title="Kế hoạch cải cách hành chính",
                document="192/KH-UBND",
                standing_office="CQ000",
                loaded_at=NOW,
            )
        )
        await session.flush()
        await session.execute(
            insert(AgencyRow),
            [
                {
                    "code": _agency(number),
                    "name": f"Ủy ban nhân dân huyện số {number}",
                    "kind": "huyen",
                    "aliases": [],
                }
                for number in range(AGENCIES)
            ],
        )
        await session.execute(insert(ItemRow), [_item(number) for number in range(TASKS)])
        items = {code: number for number, code in await session.execute(select(ItemRow.id, ItemRow.code))}
        days = _days(timetable)
        await session.execute(
            insert(AssignmentRow),
            [
                _assignment(items[_code(task)], task, agency, days, today)
                for task in range(TASKS)
                for agency in range(AGENCIES)
            ],
        )


def _agency(number: int) -> str:
    return f"CQ{number:03}"


def _code(task: int) -> str:
    return f"{task % len(_AREAS) + 1}.{task // len(_AREAS) + 1}"


def _item(task: int) -> dict[str, object]:
    return {
        "plan_key": _KEY,
        "code": _code(task),
        "task": _code(task),
        "area": task % len(_AREAS) + 1,
        "area_name": _AREAS[task % len(_AREAS)],
        "title": f"Rà soát, đơn giản hóa thủ tục hành chính thuộc phạm vi quản lý, phần {task + 1}",
        "product": "Báo cáo kết quả thực hiện",
        "schedule": "Trong năm 2023",
        "lead": ["Ủy ban nhân dân các huyện, thị xã, thành phố"],
        "support": ["Sở Nội vụ"],
        "position": task,
    }


def _days(timetable: Timetable) -> Sequence[DueDates]:
    """A due day for each task, one after another through the year."""
    first = date(2023, 1, 10)
    return [
        DueDates.of(first + timedelta(days=task * 350 // TASKS), timetable.calendar) for task in range(TASKS)
    ]


def _assignment(
    item: int, task: int, agency: int, days: Sequence[DueDates], today: date
) -> dict[str, object]:
    dates = days[task]
    is_past = dates.late_after < today
    is_done = is_past and (task * 5 + agency * 7) % _LATE_ONE_IN != 0
    done_at = datetime(dates.due.year, dates.due.month, dates.due.day, 2, tzinfo=UTC)
    return {
        "item_id": item,
        "agency": _agency(agency),
        "slot": "",
        "period": "",
        "kind": DutyKind.DATES,
        "plan_due": dates.due,
        "due": dates.due,
        "remind_by": dates.remind_by,
        "late_after": dates.late_after,
        "state": State.DONE if is_done else State.OPEN,
        # Every fifth comes a few days late.
        "done_at": done_at + timedelta(days=agency % 5 * 2 - 4) if is_done else None,
        "retired": False,
        "extensions": 0,
    }
