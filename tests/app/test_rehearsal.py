"""`make run` as a real process: it starts with nothing set, reminds, stops cleanly, and goes on where it was."""

import os
import signal
import socket
from pathlib import Path

from tests.app.processes import Running, command
from tests.app.town import Town, eventually, visit
from tests.ports import free_port

STP = "Sở Tư pháp"


async def is_open(bot: Running) -> None:
    async def tells_the_address() -> bool:
        return "in a browser. Ctrl-C ends the rehearsal." in bot.said or bot.process.returncode is not None

    await eventually(tells_the_address)
    assert bot.process.returncode is None, bot.said + bot.complained


async def chat_called(town: Town, title: str) -> int:
    state = await town.ask("GET", "/state")
    return next(int(chat["id"]) for chat in state["chats"] if chat["title"] == title)


async def jump(town: Town, instant: str) -> None:
    await town.ask("POST", "/clock/jump", {"to": instant})


async def mornings(town: Town, title: str) -> list[str]:
    found = await town.heard(await chat_called(town, title))
    return [message.text for message in found if message.text.startswith("🔔")]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_rehearsal_reminds_stops_and_goes_on_where_it_was(tmp_path: Path) -> None:
    port = str(free_port())
    rehearse = ("rehearse", "--port", port, "--folder", str(tmp_path / "rehearsal"))
    async with visit(f"http://127.0.0.1:{port}") as town:
        async with command(tmp_path, *rehearse) as bot:
            await is_open(bot)
            children = bot.children()
            await jump(town, "2023-03-07T07:31:00+07:00")

            async def reminded() -> bool:
                return bool(await mornings(town, STP))

            await eventually(reminded)
            first_day = await mornings(town, STP)
            code = await bot.stop(signal.SIGINT)
        first_words = bot.said

        async with command(tmp_path, *rehearse) as again:
            await is_open(again)
            after_the_start = await mornings(town, STP)
            await town.ask("PUT", "/clock", {"running": False})
            await jump(town, "2023-03-10T07:31:00+07:00")

            async def reminded_again() -> bool:
                return len(await mornings(town, STP)) > 1

            await eventually(reminded_again)
            second_day = await mornings(town, STP)
            second_code = await again.stop(signal.SIGTERM)

    assert f"Open http://127.0.0.1:{port} in a browser." in first_words
    assert "35 chats bound." in first_words
    assert "Going on where the last rehearsal ended." in again.said
    assert code == second_code == 0
    assert first_words.splitlines()[-1] == "Stopped. The next start goes on from here."
    assert len(children) == 1
    assert not any(is_alive(child) for child in children)
    assert len(first_day) == 1
    assert "/done_2_6a" in first_day[0]
    assert after_the_start == first_day
    assert len(second_day) == 2
    assert "/done_bc_q1" in second_day[1]
    assert "/done_2_6a" not in second_day[1]
    assert bot.complained == again.complained == ""


async def test_the_clock_of_the_page_is_offered_where_to_jump(tmp_path: Path) -> None:
    port = str(free_port())
    async with (
        visit(f"http://127.0.0.1:{port}") as town,
        command(tmp_path, "rehearse", "--port", port, "--folder", "here") as bot,
    ):
        await is_open(bot)

        async def stops_are_there() -> bool:
            return len((await town.ask("GET", "/clock"))["stops"]) == 2

        await eventually(stops_are_there)
        stops = (await town.ask("GET", "/clock"))["stops"]
        await bot.stop(signal.SIGINT)

    assert {stop["label"] for stop in stops} == {"Tới ngày làm việc kế tiếp", "Tới lời nhắc kế tiếp"}
    assert (tmp_path / "here" / "nhacviec.db").exists()
    assert (tmp_path / "here" / "sandbox.json").exists()


async def test_a_port_that_is_taken_is_said_clearly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with command(tmp_path, "rehearse", "--port", port, "--folder", "here") as bot:
            code = await bot.ended()

    assert code == 2
    assert f"Port {port} cannot be used: Address already in use." in bot.complained
    assert "nhacviec rehearse --port" in bot.complained
    assert "Traceback" not in bot.complained


async def test_a_stop_while_it_still_starts_leaves_nothing_behind(tmp_path: Path) -> None:
    port = str(free_port())
    async with command(tmp_path, "rehearse", "--port", port, "--folder", "here") as bot:

        async def has_a_sandbox() -> bool:
            return bool(bot.children())

        await eventually(has_a_sandbox)
        children = bot.children()
        code = await bot.stop(signal.SIGINT)

    assert code == 0
    assert not any(is_alive(child) for child in children)
    assert "Traceback" not in bot.complained
