"""The way into the board and out of it: a link once, a browser for twelve hours, and no longer than the chat's right."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from bot.press import Press
from store.states import Role
from store.tables import AuditRow, BindingRow, SignInRow, WebSessionRow
from tests.bot.office import TIMETABLE
from tests.web.boarding import LEADER, OFFICE, Town, come_in, proof_in, text_of
from web.application import application
from web.board.board import Board
from web.board.security import HEADERS
from web.serving import serving


async def test_a_link_lets_its_person_in(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        page = await browser.get("/board/")

    assert page.status_code == 200
    assert "Nguyễn Thị Thường" in text_of(page)
    async with town.database.read() as session:
        [kept] = await session.scalars(select(WebSessionRow))
        [signed_in] = await session.scalars(select(AuditRow).where(AuditRow.action == "signin"))
    assert (kept.person, kept.expires_at - kept.created_at) == (OFFICE, timedelta(hours=12))
    assert signed_in.person_name == "Nguyễn Thị Thường"


async def test_to_look_at_a_link_does_not_use_it_up(town: Town) -> None:
    link = await town.link(OFFICE)
    async with town.browser() as preview:
        for _ in range(3):
            assert (await preview.get(link)).status_code == 200
            assert (await preview.head(link)).status_code == 200

    async with town.browser() as browser:
        came = await come_in(browser, link)

    assert came.status_code == 303


async def test_a_link_lets_in_once(town: Town) -> None:
    link = await town.link(OFFICE)
    async with town.browser() as first, town.browser() as second:
        page = await second.get(link)
        assert (await come_in(first, link)).status_code == 303

        looked_again = await first.get(link)
        token = link.rpartition("=")[2]
        came_late = await second.post("/board/sign-in", data={"proof": proof_in(page.text), "token": token})

    assert (looked_again.status_code, came_late.status_code) == (403, 403)
    assert "không dùng được nữa" in text_of(came_late)


async def test_of_many_who_press_at_once_one_comes_in(town: Town) -> None:
    link = await town.link(OFFICE)
    token = link.rpartition("=")[2]
    async with town.browser() as browser:
        proof = proof_in((await browser.get(link)).text)

        came = await asyncio.gather(
            *(browser.post("/board/sign-in", data={"proof": proof, "token": token}) for _ in range(6))
        )

    assert sorted(one.status_code for one in came) == [303, 403, 403, 403, 403, 403]


async def test_a_link_lapses_after_ten_minutes(town: Town) -> None:
    link = await town.link(OFFICE)
    async with town.browser() as browser:
        page = await browser.get(link)
        town.wall += timedelta(minutes=10)

        looked = await browser.get(link)
        came = await browser.post(
            "/board/sign-in", data={"proof": proof_in(page.text), "token": link.rpartition("=")[2]}
        )

    assert (looked.status_code, came.status_code) == (403, 403)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "%00", "ằ"])
async def test_an_invented_link_lets_nobody_in(town: Town, token: str) -> None:
    async with town.browser() as browser:
        looked = await browser.get(f"/board/sign-in?token={token}")

    assert looked.status_code == 403


async def test_the_database_has_no_token_that_lets_in(town: Town) -> None:
    link = await town.link(OFFICE)
    async with town.browser() as browser:
        await come_in(browser, link)
        key = browser.cookies["nhacviec-board"]
    async with town.database.read() as session:
        [sign_in] = await session.scalars(select(SignInRow))
        [kept] = await session.scalars(select(WebSessionRow))

    assert link.rpartition("=")[2] not in sign_in.token_hash
    assert key not in kept.token_hash


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        town.wall += timedelta(hours=11, minutes=59)
        before = await browser.get("/board/")
        town.wall += timedelta(minutes=1)
        after = await browser.get("/board/")

    assert (before.status_code, after.status_code) == (200, 403)
    assert "Chưa đăng nhập" in text_of(after)


async def test_its_last_use_is_kept(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        town.wall += timedelta(hours=1)
        await browser.get("/board/late")
    async with town.database.read() as session:
        [kept] = await session.scalars(select(WebSessionRow))

    assert kept.last_used_at == town.wall


async def test_a_session_ends_with_the_binding_and_does_not_come_back_with_a_new_one(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        async with town.database.write() as session:
            await session.execute(
                update(BindingRow)
                .where(BindingRow.role == Role.STANDING_OFFICE)
                .values(ended_at=town.office.now)
            )
        ended = await browser.get("/board/")
        await town.say(OFFICE, f"/start {await town.office.invite('', role=Role.LEADER)}")
        bound_again = await browser.get("/board/")

    assert (ended.status_code, bound_again.status_code) == (403, 403)


async def test_a_link_dies_with_the_binding_by_which_it_was_given(town: Town) -> None:
    link = await town.link(LEADER)
    async with town.database.write() as session:
        await session.execute(update(BindingRow).values(ended_at=town.office.now))

    async with town.browser() as browser:
        looked = await browser.get(link)

    assert looked.status_code == 403


async def test_who_signs_out_is_out_in_every_copy_of_the_cookie(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        page = await browser.get("/board/")
        key = browser.cookies["nhacviec-board"]

        out = await browser.post("/board/sign-out", data={"proof": proof_in(page.text)})

        assert out.status_code == 200
        assert "nhacviec-board" not in browser.cookies
        browser.cookies.set("nhacviec-board", key)
        assert (await browser.get("/board/")).status_code == 403


async def test_without_a_session_there_is_nothing_to_see(town: Town) -> None:
    paths = ("/board/", "/board/weeks", "/board/late", "/board/agency/STP", "/board/task/cchc-2023/2.6",
             "/board/delivery", "/board/plan-changes", "/board/requests", "/board/say", "/board/x")  # fmt: skip
    async with town.browser() as browser:
        browser.cookies.set("nhacviec-board", "x" * 43)
        pages = [await browser.get(path) for path in paths]

    assert {page.status_code for page in pages} == {403}
    assert all("Sở Tư pháp" not in page.text for page in pages)


async def test_a_form_that_is_not_ours_changes_nothing(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        page = await browser.get("/board/say")
        other_site = {"Origin": "https://evil.example"}
        good = {"proof": proof_in(page.text), "text": "/hold STP"}
        answers = [
            await browser.post("/board/say", data={"text": "/hold STP"}),
            await browser.post("/board/say", data=good | {"proof": "0" * 64}),
            await browser.post("/board/say", data=good, headers=other_site),
            await browser.post("/board/tap", data={"action": "run:/hold STP"}),
            await browser.post("/board/sign-out", data={}),
            await browser.post("/board/say", content=b"\xff" * 50_000),
        ]
        still_in = await browser.get("/board/")

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 403, 413]
    assert still_in.status_code == 200
    assert town.handled == []


async def test_one_browser_s_proof_is_of_no_use_in_another(town: Town) -> None:
    async with town.visitor(LEADER) as leader, town.visitor(OFFICE) as office:
        foreign = proof_in((await leader.get("/board/")).text)

        answer = await office.post("/board/say", data={"proof": foreign, "text": "/hold STP"})

    assert answer.status_code == 403


async def test_every_answer_has_the_headers_that_keep_it_to_itself(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        page = await browser.get("/board/")
        answers = [
            page,
            await browser.get("/board/x"),
            await browser.get("/board/board.css"),
            await browser.get("/board/sign-in?token=x"),
            await browser.post("/board/say", data={"proof": proof_in(page.text), "text": "/late"}),
        ]

    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


async def test_no_page_names_anything_of_another_site_or_has_a_script(town: Town) -> None:
    async with town.visitor(OFFICE) as browser:
        pages = [await browser.get(path) for path in ("/board/", "/board/weeks", "/board/agency/STP")]

    for page in pages:
        assert "<script" not in page.text
        assert " style=" not in page.text
        assert re.findall(r'(?:src|href|action)="(?!/board|#)([^"]*)"', page.text) == []


async def test_behind_https_its_cookie_is_bound_to_the_host(town: Town) -> None:
    board = Board(
        town.database,
        "https://nhacviec.example.vn",
        press=Press(town.database, TIMETABLE),
        clock=lambda: town.office.now,
        wall=lambda: town.wall,
    )
    link = await town.link(OFFICE)
    token = link.rpartition("=")[2]
    async with (
        serving(application(board.routes()), host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser,
    ):
        page = await browser.get(f"/board/sign-in?token={token}")
        door = page.headers["Set-Cookie"]
        came = await browser.post(
            "/board/sign-in",
            data={"proof": proof_in(page.text), "token": token},
            headers={"Cookie": door.partition(";")[0]},
        )
        given = came.headers.get_list("Set-Cookie")[0]

    assert came.status_code == 303
    assert door.startswith("__Host-nhacviec-door=")
    assert given.startswith("__Host-nhacviec-board=")
    parts = {part.strip() for part in given.split(";")[1:]}
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
