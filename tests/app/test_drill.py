"""The drill as a command: with one bot on SQLite, and with three at once on PostgreSQL."""

import signal
from pathlib import Path

from tests.app.processes import command
from tests.app.town import eventually
from tests.databases import at_the_server, new_database

_PATIENCE_SECONDS = 240


async def test_the_command_kills_counts_and_says_that_the_promise_was_kept(tmp_path: Path) -> None:
    async with command(tmp_path, "drill", "--kills", "10", "--seed", "3") as bot:
        code = await bot.ended(within=_PATIENCE_SECONDS)

    rows = {cells[0]: cells[1:] for cells in table_in(bot.said)}
    assert code == 0, bot.said + bot.complained
    assert "10 kills on 1 working days" in bot.said
    assert list(rows) == ["", "reminders", "answers", "taps answered", "all"]
    assert rows[""] == ["owed", "sent", "lost", "repeated", "marked", "failed"]
    assert rows["reminders"][0] == "68"
    assert int(rows["answers"][0]) > 35
    assert rows["all"][2:4] == ["0", "0"]
    assert "The promise was kept." in bot.said


async def test_three_bots_on_one_database_lose_and_repeat_nothing_whichever_of_them_die(
    tmp_path: Path, postgresql_server: str
) -> None:
    url = new_database(postgresql_server, "drill")
    options = ("--kills", "15", "--processes", "3", "--seed", "5", "--database-url", url)
    async with command(tmp_path, "drill", *options) as bots:
        code = await bots.ended(within=_PATIENCE_SECONDS)

    assert code == 0, bots.said + bots.complained
    assert "The promise was kept." in bots.said


async def test_a_drill_that_is_stopped_leaves_nobody_behind(tmp_path: Path) -> None:
    async with command(tmp_path, "drill", "--kills", "100") as bot:

        async def has_begun() -> bool:
            return len(bot.children()) > 1

        await eventually(has_begun)
        children = bot.children()
        code = await bot.stop(signal.SIGTERM)

    async def are_gone() -> bool:
        return not any(is_alive(child) for child in children)

    await eventually(are_gone)
    assert code == 1
    assert "Stopped before the end." in bot.complained
    assert "Traceback" not in bot.complained


async def test_a_database_that_holds_anything_is_not_drilled_on(
    tmp_path: Path, postgresql_server: str
) -> None:
    url = new_database(postgresql_server, "in_use")
    at_the_server(url, "CREATE TABLE plans (key text)")

    async with command(tmp_path, "drill", "--kills", "1", "--database-url", url) as bot:
        code = await bot.ended()

    assert code == 2
    assert "The database is not empty: it has the table plans." in bot.complained
    assert "Traceback" not in bot.complained


async def test_several_bots_need_a_database_that_can_bear_them(tmp_path: Path) -> None:
    async with command(tmp_path, "drill", "--processes", "2") as bot:
        code = await bot.ended()

    assert code == 2
    assert "SQLite is for one bot at a time" in bot.complained


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def table_in(said: str) -> list[list[str]]:
    """The cells of a table drawn with lines."""
    return [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]
        for line in said.splitlines()
        if line.startswith(("│", "┃"))
    ]
