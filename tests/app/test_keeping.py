"""One bot on one file, backups under a running bot, and databases that are not there yet."""

import asyncio
import re
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from typer.testing import CliRunner, Result

from app.cli import app
from app.clock import wall_clock
from app.storage import awaited_database
from scheduler.refresh import PlanKeeper
from store.backup import staged, take_backup
from store.database import Database
from store.lock import held_alone
from store.migrate import known_revisions
from store.tables import AssignmentRow
from tests.app.outages import FullDisk, small_disk
from tests.app.processes import Running, command
from tests.app.small_office import OPERATOR, STP, Office, open_office
from tests.app.town import TOKEN, Town, eventually, open_town
from tests.plan.small_plan import TASKS, edited, write_plan
from tests.postgres_server import server_in
from tests.worlds import TIMETABLE, at

LAN = 1001
MOVED = edited(TASKS, "schedule: Quý I/2023", "schedule: Quý II/2023")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await opened.person(LAN, "Lan")
        yield opened


def settings(folder: Path, url: str, **more: str) -> dict[str, str]:
    return {
        "TELEGRAM_API_URL": url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "NHACVIEC_PLANS": str(write_plan(folder)),
    } | more


async def said(bot: Running, words: str) -> None:
    """Wait until the log has the words."""

    async def is_said() -> bool:
        return words in bot.complained

    await eventually(is_said)


async def done(folder: Path, name: str, *args: str, **chosen: str) -> Running:
    """A short command, run to its end."""
    place = folder / name
    place.mkdir()
    async with command(place, *args, **chosen) as short:
        await short.ended()
    return short


async def hears(town: Town, count: int) -> None:
    async def has_heard() -> bool:
        return len(await town.heard(LAN)) >= count

    await eventually(has_heard)


# ---- one bot on one file ----


async def test_a_second_bot_on_the_file_ends_at_once_by_whatever_name_and_the_first_goes_on(
    town: Town, tmp_path: Path
) -> None:
    chosen = settings(tmp_path, town.url)
    (tmp_path / "other-name.db").symlink_to(tmp_path / "store.db")
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, "connected")

        url = f"sqlite:///{tmp_path / 'other-name.db'}"
        second = await done(tmp_path, "second", "run", **chosen | {"DATABASE_URL": url})
        invite = await done(tmp_path, "invite", "invite", "STP", **chosen)
        await town.says(LAN, "/start")
        await hears(town, 1)
        assert await bot.stop(signal.SIGTERM) == 0

    assert second.process.returncode == 2
    assert (
        f"another nhacviec (process {bot.process.pid}) runs on {tmp_path / 'store.db'}" in second.complained
    )
    assert "stop the other one first" in second.complained
    assert "Traceback" not in second.complained
    assert invite.process.returncode == 0


async def test_after_a_sudden_death_the_next_start_finds_the_file_free(town: Town, tmp_path: Path) -> None:
    chosen = settings(tmp_path, town.url)
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, "connected")
        await bot.stop(signal.SIGKILL)

    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, "connected")
        assert await bot.stop(signal.SIGTERM) == 0


def test_a_second_rehearsal_in_a_folder_ends_before_its_sandbox_starts(
    no_settings: Path, own_logs: None
) -> None:
    with held_alone(no_settings / "nhacviec.db"):
        result = CliRunner().invoke(app, ["rehearse", "--folder", str(no_settings)], catch_exceptions=False)

    assert result.exit_code == 2
    assert "another nhacviec" in result.stderr
    assert "Starting the sandbox" not in result.stdout


# ---- backup and restore ----


async def test_a_bot_goes_on_when_a_backup_is_put_in_force_under_it(town: Town, tmp_path: Path) -> None:
    chosen = settings(tmp_path, town.url)
    file = tmp_path / "backup.db"
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, "connected")
        invite = await done(tmp_path, "invite", "invite", "STP", **chosen)
        [code] = set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", invite.said))
        await town.says(LAN, f"/start {code}")
        await hears(town, 1)
        backup = await done(tmp_path, "backup", "backup", str(file), **chosen)
        await town.says(LAN, "/due")
        await hears(town, 2)

        talking = asyncio.create_task(talk(town, times=20))
        restore = await done(tmp_path, "restore", "restore", str(file), "--yes", **chosen)
        await talking
        await said(bot, "a backup was put in force")
        before = len(await town.heard(LAN))
        asked = await town.says(LAN, "/due")
        await hears(town, before + 1)
        assert await bot.stop(signal.SIGTERM) == 0

    assert backup.process.returncode == 0, backup.complained
    assert "It holds" in backup.said
    assert restore.process.returncode == 0, restore.complained
    assert "What was in force until now is kept" in restore.said
    [*_, answer] = await town.heard(LAN)
    assert answer.id > asked
    assert "/done_1_1" in answer.text
    assert "Traceback" not in bot.complained
    assert '"error"' not in re.findall(r'"level": ("\w+")', bot.complained)


async def talk(town: Town, *, times: int) -> None:
    for _ in range(times):
        await town.says(LAN, "/due")
        await asyncio.sleep(0.05)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


async def put_back(backup: Path, office: Office) -> None:
    now = wall_clock()
    with staged(backup, office.folder / "nhacviec.db") as ready:
        await ready.put_in_force(at=now, day=now.date())


async def test_after_a_restore_the_plans_file_as_it_is_now_is_in_force_again(office: Office) -> None:
    take_backup(office.folder / "nhacviec.db", office.folder / "backup.db", overwrite=False)
    await office.write(MOVED)
    await put_back(office.folder / "backup.db", office)
    of_the_backup = await office.entry("STP", "1.1")

    await office.service.clockwork.refresh()

    after = await office.entry("STP", "1.1")
    assert of_the_backup is not None
    assert after is not None
    assert (of_the_backup.due, after.due) == (date(2023, 3, 31), date(2023, 6, 30))


async def test_after_a_restore_an_unchanged_file_is_taken_over_once(office: Office) -> None:
    take_backup(office.folder / "nhacviec.db", office.folder / "backup.db", overwrite=False)
    await put_back(office.folder / "backup.db", office)
    keeper, now = office.service.clockwork.keeper, office.clock()

    looks = [await keeper.refresh(now=now, wall=wall_clock()) for _ in range(3)]

    assert looks == [True, False, False]


async def test_an_old_button_does_not_confirm_what_was_asked_after_the_restore(office: Office) -> None:
    take_backup(office.folder / "nhacviec.db", office.folder / "backup.db", overwrite=False)
    await office.town.says(STP, "/done 1.1 5/KH-STP", who=OPERATOR)
    await office.settled()
    [*_, old_question] = await office.town.heard(STP)
    await put_back(office.folder / "backup.db", office)
    # The backup's inbox does not know that update.
    office.town.updates -= 1
    await office.town.says(STP, "/done 1.1 6/KH-STP", who=OPERATOR)
    await office.settled()
    [*_, question] = await office.town.heard(STP)

    await office.town.taps(STP, old_question, "Xác nhận", who=OPERATOR)
    await office.settled()
    by_the_old = await office.entry("STP", "1.1")
    await office.town.taps(STP, question, "Xác nhận", who=OPERATOR)
    await office.settled()
    by_the_new = await office.entry("STP", "1.1")

    assert by_the_old is not None
    assert by_the_new is not None
    assert by_the_old.is_open
    assert (by_the_new.is_open, by_the_new.document) == (False, "6/KH-STP")


Run = Callable[..., Result]


@pytest.fixture
def run(no_settings: Path, own_logs: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NHACVIEC_PLANS", str(write_plan(no_settings)))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{no_settings / 'store.db'}")

    def short(*args: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, args, input=answer, catch_exceptions=False)

    return short


def test_a_restore_asks_first(run: Run, no_settings: Path) -> None:
    run("invite", "STP")
    run("backup", "backup.db")
    before = (no_settings / "store.db").read_bytes()

    refused = run("restore", "backup.db", answer="n\n")
    after = (no_settings / "store.db").read_bytes()
    agreed = run("restore", "backup.db", answer="y\n")

    assert refused.exit_code == 1
    assert "backup.db holds" in refused.stdout
    assert "7 assignments (0 done)" in refused.stdout
    assert after == before
    assert agreed.exit_code == 0
    assert "It is in force." in agreed.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["backup", "tasks.yaml"],
            "tasks.yaml is there already.\nName another file, or overwrite it with --force.",
        ),
        (
            ["backup", "no/folder/x.db"],
            "There is no folder no/folder.\nMake it, or name a file in another folder.",
        ),
        (["backup", "store.db", "--force"], "store.db belongs to the database itself.\nName another file."),
        (
            ["restore", "tasks.yaml"],
            "tasks.yaml is not a SQLite database.\nName a file that `nhacviec backup`",
        ),
        (
            ["restore", "nothing.db"],
            "There is no file nothing.db.\nName a file that `nhacviec backup` has written.",
        ),
    ],
)
def test_what_cannot_be_is_said_with_a_remedy(run: Run, args: list[str], words: str) -> None:
    run("invite", "STP")

    result = run(*args)

    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(("name", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_postgresql_its_own_tools_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, tool: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://u:p@127.0.0.1:1/db")

    result = run(name, "backup.db")

    assert result.exit_code == 2
    assert tool in result.stderr


# ---- a database that is not there yet ----


async def test_a_file_that_is_locked_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage._TRY_AGAIN_SECONDS", 0.01)
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        waiting = asyncio.create_task(opened(f"sqlite:///{tmp_path / 'store.db'}"))
        # Longer than a connection waits by itself.
        await asyncio.sleep(6)
        while_locked = waiting.done()
        holder.execute("ROLLBACK")

    assert await asyncio.wait_for(waiting, 30) == max(known_revisions())
    assert not while_locked


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder) as is_mounted:
        if not is_mounted:
            pytest.skip("this user may not mount a disk")
        yield folder


@pytest.mark.parametrize("is_set_up", [False, True], ids=["fresh", "set up"])
async def test_a_disk_that_is_full_at_the_start_is_waited_for(
    town: Town, tmp_path: Path, disk: Path, is_set_up: bool
) -> None:
    chosen = settings(tmp_path, town.url, DATABASE_URL=f"sqlite:///{disk / 'store.db'}")
    if is_set_up:
        # As a bot leaves it: SQLite's log is gone, and the lock file is there.
        await opened(chosen["DATABASE_URL"])
        (disk / "store.db.lock").write_text("4711\n")
    full = FullDisk(disk)
    await full.begin()
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, f"the disk of {disk / 'store.db'} is full")
        still_there = bot.process.returncode is None
        invite = await done(tmp_path, "invite", "invite", "STP", **chosen)
        await full.end()
        await said(bot, "connected")
        assert await bot.stop(signal.SIGTERM) == 0

    assert still_there
    assert invite.process.returncode == 2
    assert "Make room on it" in invite.complained
    assert "Traceback" not in bot.complained + invite.complained


@pytest.mark.parametrize("has_lock_file", [False, True], ids=["at the lock", "at the database"])
async def test_a_bot_that_waits_for_room_on_the_disk_can_be_stopped(
    town: Town, tmp_path: Path, disk: Path, has_lock_file: bool
) -> None:
    chosen = settings(tmp_path, town.url, DATABASE_URL=f"sqlite:///{disk / 'store.db'}")
    if has_lock_file:
        (disk / "store.db.lock").write_text("4711\n")
    await FullDisk(disk).begin()
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, f"the disk of {disk / 'store.db'} is full")
        assert await bot.stop(signal.SIGTERM) == 0


async def opened(url: str) -> object:
    async with awaited_database(url) as database, database.read() as session:
        return await session.scalar(text("SELECT version_num FROM alembic_version"))


async def test_a_server_that_still_starts_is_waited_for_and_a_refused_password_is_not(
    town: Town, tmp_path: Path
) -> None:
    data = tmp_path / "pg"
    with server_in(data) as url:
        await with_a_password(url, data)
    chosen = settings(tmp_path, town.url, DATABASE_URL=url)
    async with command(tmp_path, "run", **chosen) as bot:
        await said(bot, "the database is not available yet; trying again")
        still_there = bot.process.returncode is None
        with server_in(data):
            await said(bot, "connected")
            wrong = make_url(url).set(username="lan", password="not-this-one")
            refused = await done(
                tmp_path, "refused", "run",
                **chosen | {"DATABASE_URL": wrong.render_as_string(hide_password=False)},
            )  # fmt: skip
            assert await bot.stop(signal.SIGTERM) == 0

    assert still_there
    assert refused.process.returncode == 2
    assert "password authentication failed" in refused.complained
    assert "not-this-one" not in refused.complained


async def with_a_password(url: str, data: Path) -> None:
    """A role that must give one."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE ROLE lan LOGIN PASSWORD 'this-one'"))
    await database.close()
    rules = data / "pg_hba.conf"
    rules.write_text("local all lan scram-sha-256\n" + rules.read_text())


async def test_several_that_start_at_the_same_moment_on_an_empty_server_all_bring_the_plan_in(
    tmp_path: Path,
) -> None:
    file, now = write_plan(tmp_path), at("2023-03-07")

    async def start(url: str) -> int:
        async with awaited_database(url) as database:
            await PlanKeeper(database, [file], TIMETABLE).start(now=now, wall=wall_clock())
            async with database.read() as session:
                return len(list(await session.scalars(select(AssignmentRow.id))))

    with server_in(tmp_path / "pg") as url:
        found = await asyncio.gather(*(start(url) for _ in range(4)))

    assert found == [7] * 4
