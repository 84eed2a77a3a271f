"""One bot on one SQLite file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.database import sqlite_file
from store.lock import AlreadyHeld, held_alone

HOLD = (
    "import sys, time",
    "from pathlib import Path",
    "from store.lock import held_alone",
    "with held_alone(Path(sys.argv[1])):",
    "    print('held', flush=True)",
    "    time.sleep(60)",
)


def test_a_file_is_held_by_one_at_a_time_and_by_the_next_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "store.db"

    with held_alone(file), pytest.raises(AlreadyHeld) as refused, held_alone(file):
        pass
    with held_alone(file):
        again = True

    assert refused.value.holder == os.getpid()
    assert again


def test_a_holder_that_is_killed_holds_no_more(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    code = "\n".join(HOLD)
    with subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(AlreadyHeld) as refused, held_alone(file):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()

        with held_alone(file):
            held = True

    assert refused.value.holder == holder.pid
    assert held


def test_a_file_is_the_same_by_whatever_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").symlink_to(tmp_path / "here", target_is_directory=True)
    (tmp_path / "here").mkdir()
    (tmp_path / "linked.db").symlink_to(tmp_path / "here" / "store.db")
    monkeypatch.chdir(tmp_path)

    names = ("here/store.db", "there/store.db", "here/../there/store.db", "linked.db")

    assert {sqlite_file(f"sqlite:///{name}") for name in names} == {tmp_path.resolve() / "here" / "store.db"}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://u@h/d"])
def test_what_is_no_file_has_none(url: str) -> None:
    assert sqlite_file(url) is None
