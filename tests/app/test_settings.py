"""Settings that are missing or wrong: named, with a remedy, without a traceback and without a secret."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from config.settings import Settings

pytestmark = pytest.mark.usefixtures("no_settings", "own_logs")

SECRET = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
TOKEN = f"1234567890:{SECRET}"
NOWHERE = "http://127.0.0.1:1"

WRONG = {
    "no token": ({}, "TELEGRAM_BOT_TOKEN is not set, nor is ZALO_BOT_TOKEN.", "@BotFather"),
    "an empty token": (
        {"TELEGRAM_BOT_TOKEN": ""},
        "TELEGRAM_BOT_TOKEN is not set, nor is ZALO_BOT_TOKEN.",
        "@BotFather",
    ),
    "half a token": (
        {"TELEGRAM_BOT_TOKEN": SECRET},
        "TELEGRAM_BOT_TOKEN does not look like a bot's token.",
        "@BotFather",
    ),
    "a token in two lines": (
        {"TELEGRAM_BOT_TOKEN": f"{TOKEN}\nx"},
        "TELEGRAM_BOT_TOKEN does not look like a bot's token.",
        "@BotFather",
    ),
    "a token file that is missing": (
        {"TELEGRAM_BOT_TOKEN_FILE": "no/such/file"},
        "TELEGRAM_BOT_TOKEN_FILE: no/such/file: No such file or directory",
        "Name a file that this user can read",
    ),
    "a token file that is a folder": (
        {"TELEGRAM_BOT_TOKEN_FILE": "."},
        "TELEGRAM_BOT_TOKEN_FILE: .: Is a directory",
        "Name a file that this user can read",
    ),
    "a token and a token file": (
        {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_BOT_TOKEN_FILE": "token"},
        "Settings: set TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_FILE, not both",
        ".env.example",
    ),
    "another kind of database": (
        {"DATABASE_URL": f"mysql://u:{SECRET}@host/db"},
        "Setting DATABASE_URL: use sqlite:///path/to/file.db or postgresql+psycopg://",
        ".env.example",
    ),
    "no database at all": (
        {"DATABASE_URL": "nhacviec.db"},
        "Setting DATABASE_URL: use sqlite:///path/to/file.db or postgresql+psycopg://",
        ".env.example",
    ),
    "a database file after two slashes": (
        {"DATABASE_URL": "sqlite://var/x.db"},
        "Setting DATABASE_URL: a file is on no host, it comes after three slashes: sqlite:///var/x.db",
        ".env.example",
    ),
    "a database file without a folder after two slashes": (
        {"DATABASE_URL": "sqlite://x.db"},
        "Setting DATABASE_URL: a file is on no host, it comes after three slashes: sqlite:///x.db",
        ".env.example",
    ),
    "a database file of another system after two slashes": (
        {"DATABASE_URL": "sqlite://C:/x.db"},
        "Setting DATABASE_URL: use sqlite:///path/to/file.db or postgresql+psycopg://",
        ".env.example",
    ),
    "a database file with somebody's password": (
        {"DATABASE_URL": f"sqlite://u:{SECRET}@var/x.db"},
        "Setting DATABASE_URL: a file is on no host, it comes after three slashes: sqlite:///var/x.db",
        ".env.example",
    ),
    "a database in a folder that cannot be": (
        {"DATABASE_URL": "sqlite:////proc/nowhere/store.db"},
        "DATABASE_URL: /proc/nowhere: No such file or directory",
        "a folder that this user can write to",
    ),
    "a database that is a folder": (
        {"DATABASE_URL": "sqlite:////tmp"},
        "DATABASE_URL: the database cannot be used: unable to open database file",
        "may this user write there",
    ),
    "a database that is another file": (
        {"DATABASE_URL": "sqlite:///letter.txt"},
        "DATABASE_URL: the database cannot be used: file is not a database",
        "Is the address right",
    ),
    "a public address that is not encrypted": (
        {"NHACVIEC_LISTEN": "127.0.0.1:8080", "NHACVIEC_PUBLIC_URL": "http://nhacviec.example.vn"},
        "Setting NHACVIEC_PUBLIC_URL: must start with https://",
        ".env.example",
    ),
    "a public address with a path": (
        {"NHACVIEC_LISTEN": "127.0.0.1:8080", "NHACVIEC_PUBLIC_URL": "https://example.vn/nhacviec"},
        "Setting NHACVIEC_PUBLIC_URL: name a host without a path",
        ".env.example",
    ),
    "a public address with nobody behind it": (
        {"NHACVIEC_PUBLIC_URL": "https://nhacviec.example.vn"},
        "Settings: NHACVIEC_PUBLIC_URL needs NHACVIEC_LISTEN",
        ".env.example",
    ),
    "an address without a scheme": (
        {"TELEGRAM_API_URL": "api.telegram.org"},
        "Setting TELEGRAM_API_URL: must start with https://",
        ".env.example",
    ),
    "an address without a host": (
        {"TELEGRAM_API_URL": "https://"},
        "Setting TELEGRAM_API_URL: name a host",
        ".env.example",
    ),
    "an address with an impossible port": (
        {"TELEGRAM_API_URL": "http://127.0.0.1:99999"},
        "Setting TELEGRAM_API_URL: name a host",
        ".env.example",
    ),
    "a proxy of an unknown kind": (
        {"TELEGRAM_PROXY": f"gopher://u:{SECRET}@host:1"},
        "Setting TELEGRAM_PROXY: use http://host:port",
        ".env.example",
    ),
    "a webhook without a scheme that Telegram accepts": (
        {"TELEGRAM_WEBHOOK_URL": "http://nhacviec.example.vn/telegram", "NHACVIEC_LISTEN": "127.0.0.1:8080"},
        "Setting TELEGRAM_WEBHOOK_URL: must start with https://",
        ".env.example",
    ),
    "a webhook without a path": (
        {"TELEGRAM_WEBHOOK_URL": "https://nhacviec.example.vn/", "NHACVIEC_LISTEN": "127.0.0.1:8080"},
        "Setting TELEGRAM_WEBHOOK_URL: name a host and a path, such as https://",
        ".env.example",
    ),
    "a webhook where health is": (
        {"TELEGRAM_WEBHOOK_URL": "https://example.vn/health/x", "NHACVIEC_LISTEN": "127.0.0.1:8080"},
        "Setting TELEGRAM_WEBHOOK_URL: the paths under /health, /metrics, /board, /calendar are taken",
        ".env.example",
    ),
    "a webhook and no place where it arrives": (
        {"TELEGRAM_WEBHOOK_URL": "https://nhacviec.example.vn/telegram"},
        "Settings: TELEGRAM_WEBHOOK_URL needs NHACVIEC_LISTEN, the host and port where updates arrive",
        ".env.example",
    ),
    "a place to listen without a port": (
        {"NHACVIEC_LISTEN": "127.0.0.1"},
        "Setting NHACVIEC_LISTEN: name a host and a port, such as 127.0.0.1:8080",
        ".env.example",
    ),
    "a place to listen that is an address": (
        {"NHACVIEC_LISTEN": "http://127.0.0.1:8080"},
        "Setting NHACVIEC_LISTEN: name a host and a port, such as 127.0.0.1:8080",
        ".env.example",
    ),
    "a port that cannot be": (
        {"NHACVIEC_LISTEN": "127.0.0.1:99999"},
        "Setting NHACVIEC_LISTEN: name a host and a port, such as 127.0.0.1:8080",
        ".env.example",
    ),
    "an address of another machine": (
        {"NHACVIEC_LISTEN": "192.0.2.1:8080"},
        "NHACVIEC_LISTEN: 192.0.2.1:8080: Cannot assign requested address",
        "name an address of this machine with a free port",
    ),
    "no plan": ({"NHACVIEC_PLANS": " , "}, "Setting NHACVIEC_PLANS: name at least one plan file", ".env"),
    "an unknown log level": (
        {"NHACVIEC_LOG_LEVEL": "chatty"},
        "Setting NHACVIEC_LOG_LEVEL: use DEBUG, INFO, WARNING or ERROR",
        ".env.example",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_setting_ends_the_bot_with_its_name_and_a_remedy(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    settings, problem, remedy = WRONG[wrong]
    (no_settings / "letter.txt").write_text("Kính gửi Sở Tư pháp " * 300)
    enough = {"TELEGRAM_API_URL": NOWHERE, "DATABASE_URL": f"sqlite:///{no_settings / 'store.db'}"}
    if wrong != "no token" and not any("TOKEN" in name for name in settings):
        enough["TELEGRAM_BOT_TOKEN"] = TOKEN
    for name, value in (enough | settings).items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(app, ["run"], catch_exceptions=False)

    words = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert problem in words
    assert remedy in words
    assert SECRET not in result.output + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:8080", ("::1", 8080)),
        ("localhost:80", ("localhost", 80)),
        ("", None),
    ],
)
def test_a_place_to_listen_is_a_host_and_a_port(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, written: str, place: tuple[str, int] | None
) -> None:
    monkeypatch.setenv("NHACVIEC_LISTEN", written)

    assert Settings().listen() == place


def test_a_file_that_is_no_text_is_no_token(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (no_settings / "token").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "token")

    result = CliRunner().invoke(app, ["run"], catch_exceptions=False)

    assert result.exit_code == 2
    assert "TELEGRAM_BOT_TOKEN_FILE: token: not a text file" in result.stderr


@pytest.mark.parametrize(
    "instant", ["yesterday", "2023-03-13", "2023-03-13T07:25:00", "2023-02-30T07:00:00+07:00"]
)
def test_an_instant_without_a_zone_or_that_is_none(monkeypatch: pytest.MonkeyPatch, instant: str) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)

    result = CliRunner().invoke(app, ["run", "--clock-from", instant], catch_exceptions=False)

    assert result.exit_code == 2
    assert f"--clock-from {instant} is not an instant." in result.stderr
    assert "2023-03-13T07:25:00+07:00" in result.stderr


def test_a_speed_without_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["run", "--clock-speed", "60"], catch_exceptions=False)

    assert result.exit_code == 2
    assert "--clock-speed goes with --clock-from." in result.stderr


FILES = {
    "missing": (None, "{path}: no such file"),
    "no YAML": ("tasks: [\n", "{path}:2: not readable as YAML"),
    "no text": ("\udcff", "{path}:1: byte 1 of this line is 0xFF, which is not UTF-8"),
    "wrong fields": (
        "tasks: { days_before: [30, hôm], while_late: tuesdays }\n",
        "{path}:1: tasks.while_late: expected 'mondays' or 'working-days', found \"tuesdays\"",
    ),
}


@pytest.mark.parametrize("setting", ["NHACVIEC_REMINDERS", "NHACVIEC_WORKING_DAYS", "NHACVIEC_PLANS"])
@pytest.mark.parametrize("mistake", FILES)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, setting: str, mistake: str
) -> None:
    content, words = FILES[mistake]
    path = no_settings / "file.yaml"
    if content is not None:
        path.write_bytes(content.encode(errors="surrogateescape"))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", NOWHERE)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{no_settings / 'store.db'}")
    monkeypatch.setenv(setting, str(path))

    result = CliRunner().invoke(app, ["run"], catch_exceptions=False)

    assert result.exit_code == 1
    shown = result.stderr.replace("\n", "")
    assert (words if setting == "NHACVIEC_REMINDERS" else "{path}").format(path=path) in shown
    assert "Nothing was changed. Mend what is named and try again." in result.stderr
    assert "Traceback" not in result.stderr
