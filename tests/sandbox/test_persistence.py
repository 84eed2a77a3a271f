import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.persistence import StateFile, StateUnreadable
from sandbox.world import Settings, World
from tests.ports import free_port
from tests.sandbox.hands import GROUP, LAN, Hands


@contextmanager
def program(state: Path, *more: str) -> Iterator[tuple[Hands, "subprocess.Popen[str]"]]:
    """The sandbox as a process of its own; stopped by SIGTERM at the end."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(state),
        "--no-limits",
        *more,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert re.fullmatch(r"Sandbox: http://127\.0\.0\.1:\d+/\n", line)
            with httpx.Client(timeout=10) as http:
                yield Hands(f"http://127.0.0.1:{port}", http), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


def test_a_second_start_continues_where_the_first_one_stopped(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    with program(state, "--clock-from", "2023-03-01T07:00:00+07:00") as (sandbox, _):
        sandbox.office()
        sandbox.control("PUT", "/clock", {"running": False, "speed": 60})
        sandbox.control("PUT", "/clock/stops", [{"label": "16/3", "at": "2023-03-16T07:00:00+07:00"}])
        sent = sandbox.ok(
            "sendMessage",
            chat_id=LAN,
            text="📌 <b>Hạn</b>",
            parse_mode="HTML",
            reply_markup={"inline_keyboard": [[{"text": "Xong", "callback_data": "done"}]]},
        )
        sandbox.control(
            "POST", f"/chats/{LAN}/taps", {"from": LAN, "message_id": sent["message_id"], "data": "done"}
        )
        document = sandbox.http.post(
            f"{sandbox.url}/bot2023:SANDBOX-TOKEN/sendDocument",
            data={"chat_id": str(GROUP)},
            files={"document": ("a.bin", bytes(range(256)))},
        ).json()["result"]["document"]
        sandbox.ok("pinChatMessage", chat_id=LAN, message_id=sent["message_id"])
        sandbox.ok("setMyCommands", commands=[{"command": "due", "description": "Hạn"}])
        sandbox.control("POST", f"/chats/{GROUP}/block")
        updates = sandbox.ok("getUpdates")
        before = sandbox.control("GET", "/state")

    with program(state) as (sandbox, _):
        after = sandbox.control("GET", "/state")
        path = sandbox.ok("getFile", file_id=document["file_id"])["file_path"]
        content = sandbox.http.get(f"{sandbox.url}/file/bot2023:SANDBOX-TOKEN/{path}").content

        assert after["clock"].pop("version") > before["clock"].pop("version")
        assert after == before
        assert sandbox.ok("getUpdates") == updates
        assert sandbox.ok("answerCallbackQuery", callback_query_id=updates[0]["callback_query"]["id"])
        assert content == bytes(range(256))
        sent_now = sandbox.ok("sendMessage", chat_id=LAN, text="x")
        assert sent_now["message_id"] > sandbox.messages()[-2]["message_id"]
        assert sent_now["date"] == before["chats"][0]["last_message"]["date"]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_open_polls_and_event_streams_do_not_keep_the_sandbox_from_stopping(
    tmp_path: Path, stop: signal.Signals
) -> None:
    answers: list[httpx.Response] = []

    def poll(url: str) -> None:
        with httpx.Client(timeout=60) as http:
            answers.append(http.post(f"{url}/bot2023:SANDBOX-TOKEN/getUpdates", json={"timeout": 50}))

    with program(tmp_path / "sandbox.json") as (sandbox, process):
        thread = threading.Thread(target=poll, args=[sandbox.url])
        with httpx.stream("GET", f"{sandbox.url}/control/events") as stream:
            assert next(stream.iter_lines()) == ": connected"
            thread.start()
            sandbox.office()
            while thread.is_alive() and not sandbox.control("GET", "/state")["polling"]:
                pass
            process.send_signal(stop)
            process.wait(timeout=10)
        thread.join()

    assert [answer.json() for answer in answers] == [{"ok": True, "result": []}]
    assert '"Lan"' in (tmp_path / "sandbox.json").read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"world": {}}', '{"world": 1, "chats": 2}'])
def test_a_file_that_is_no_state_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    state = tmp_path / "sandbox.json"
    state.write_text(content)

    with pytest.raises(StateUnreadable, match="is not a state file of the sandbox"):
        StateFile(state).load(World(Settings()))

    assert state.read_text() == content


def test_an_unreadable_state_ends_the_program_with_advice(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    state.write_text("{}")

    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--state", str(state)], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "Move the file away to start anew" in ended.stderr
