"""Settings from the environment and `.env`; .env.example lists them all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parent.parent
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_TAKEN_PATHS = ("/health", "/metrics", "/board", "/calendar")
_DRIVERS = {"sqlite", "postgresql+psycopg"}


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _host_and_port(place: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{place}")
        if parts.hostname and parts.port and parts.netloc == place and "@" not in place:
            return parts.hostname, parts.port
    except ValueError:
        pass
    return None


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The bot's tokens; on a service without one it is not to be reached."""

    telegram: str | None = None
    zalo: str | None = None


class Settings(BaseSettings):
    """Names in the environment are these in capitals, with NHACVIEC_ where it says so."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    telegram_bot_token: SecretStr | None = None
    telegram_bot_token_file: Path | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: SecretStr | None = None
    telegram_webhook_url: str | None = None
    zalo_bot_token: SecretStr | None = None
    zalo_bot_token_file: Path | None = None
    zalo_api_url: str = "https://bot-api.zaloplatforms.com"
    zalo_webhook_url: str | None = None
    zalo_monthly_messages: int = Field(default=3000, gt=0)
    zalo_users: int = Field(default=50, gt=0)
    database_url: str = f"sqlite:///{ROOT / 'var' / 'nhacviec.db'}"
    nhacviec_plans: Annotated[tuple[Path, ...], NoDecode] = (ROOT / "data" / "tasks.yaml",)
    nhacviec_reminders: Path = Field(default=ROOT / "config" / "reminders.yaml")
    nhacviec_working_days: Path = Field(default=ROOT / "config" / "working_days.yaml")
    nhacviec_listen: str | None = None
    nhacviec_public_url: str | None = None
    nhacviec_heartbeat_url: SecretStr | None = None
    nhacviec_log_level: str = "INFO"

    @field_validator(
        "telegram_bot_token",
        "telegram_bot_token_file",
        "telegram_proxy",
        "telegram_webhook_url",
        "zalo_bot_token",
        "zalo_bot_token_file",
        "zalo_webhook_url",
        "nhacviec_listen",
        "nhacviec_public_url",
        "nhacviec_heartbeat_url",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("nhacviec_plans", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("nhacviec_plans")
    @classmethod
    def _at_least_one(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        if not value:
            raise ValueError("name at least one plan file, such as data/tasks.yaml")
        return value

    @field_validator("telegram_api_url", "zalo_api_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// (or http:// for a server on this machine)")
        if not _has_host(value):
            raise ValueError("name a host, and a port if need be, such as https://api.telegram.org")
        return value

    @field_validator("telegram_proxy")
    @classmethod
    def _known_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            address = value.get_secret_value()
            if not address.startswith(("http://", "https://", "socks5://", "socks5h://")) or not _has_host(
                address
            ):
                raise ValueError("use http://host:port, https://host:port or socks5://host:port")
        return value

    @field_validator("telegram_webhook_url", "zalo_webhook_url")
    @classmethod
    def _webhook_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value) if _has_host(value) else None
        if parts is None or parts.query or parts.fragment or parts.path in ("", "/"):
            raise ValueError(
                "name a host and a path, such as https://nhacviec.example.vn/telegram (or /zalo)"
            )
        if parts.path.startswith(_TAKEN_PATHS):
            taken = ", ".join(_TAKEN_PATHS)
            raise ValueError(f"the paths under {taken} are taken; choose another one, such as /telegram")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
            raise ValueError("must start with https:// (or http:// for this machine)")
        return value

    @field_validator("nhacviec_listen")
    @classmethod
    def _place_to_listen(cls, value: str | None) -> str | None:
        if value is not None and _host_and_port(value) is None:
            raise ValueError("name a host and a port, such as 127.0.0.1:8080 (or 0.0.0.0:8080 for all)")
        return value

    @field_validator("nhacviec_public_url")
    @classmethod
    def _public_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value) if _has_host(value) else None
        if (
            parts is None
            or parts.path not in ("", "/")
            or parts.query
            or parts.fragment
            or "@" in parts.netloc
        ):
            raise ValueError("name a host without a path, such as https://nhacviec.example.vn")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
            raise ValueError("must start with https:// (http:// is for this machine only)")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("nhacviec_heartbeat_url")
    @classmethod
    def _heartbeat_address(cls, value: SecretStr | None) -> SecretStr | None:
        address = value.get_secret_value() if value is not None else None
        if address is not None and not (address.startswith(("https://", "http://")) and _has_host(address)):
            raise ValueError("must be a web address, such as https://hc.example.vn/ping/…")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.drivername not in _DRIVERS:
            raise ValueError(
                "use sqlite:///path/to/file.db or postgresql+psycopg://user:password@host/database"
            )
        if url.drivername == "sqlite" and (url.username or url.password or url.host or url.port):
            path = "/".join(part for part in (url.host, url.database) if part)
            raise ValueError(f"a file is on no host, it comes after three slashes: sqlite:///{path}")
        return value

    @field_validator("nhacviec_log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.telegram_bot_token and self.telegram_bot_token_file:
            raise ValueError("set TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_FILE, not both")
        if self.zalo_bot_token and self.zalo_bot_token_file:
            raise ValueError("set ZALO_BOT_TOKEN or ZALO_BOT_TOKEN_FILE, not both")
        return self

    @model_validator(mode="after")
    def _door_for_a_webhook(self) -> Self:
        urls = {"TELEGRAM_WEBHOOK_URL": self.telegram_webhook_url, "ZALO_WEBHOOK_URL": self.zalo_webhook_url}
        given = [name for name, url in urls.items() if url]
        if given and not self.nhacviec_listen:
            raise ValueError(
                f"{given[0]} needs NHACVIEC_LISTEN, the host and port where updates arrive, such as 127.0.0.1:8080"
            )
        if len(given) > 1 and len({urlsplit(url).path for url in urls.values() if url}) == 1:
            raise ValueError("TELEGRAM_WEBHOOK_URL and ZALO_WEBHOOK_URL need paths of their own")
        return self

    @model_validator(mode="after")
    def _room_for_a_public_url(self) -> Self:
        if self.nhacviec_public_url and not self.nhacviec_listen:
            raise ValueError(
                "NHACVIEC_PUBLIC_URL needs NHACVIEC_LISTEN, the host and port of the web room, such as 127.0.0.1:8080"
            )
        return self

    def listen(self) -> tuple[str, int] | None:
        """Host and port of the web room; None when there is to be none."""
        return _host_and_port(self.nhacviec_listen) if self.nhacviec_listen else None

    def heartbeat_url(self) -> str | None:
        """Where to say that all is well; None when nowhere."""
        return self.nhacviec_heartbeat_url.get_secret_value() if self.nhacviec_heartbeat_url else None

    def tokens(self) -> Tokens:
        """The bot's tokens, read from the files where these are named. Raises UnreadableToken."""
        return Tokens(
            telegram=_token("TELEGRAM_BOT_TOKEN_FILE", self.telegram_bot_token_file, self.telegram_bot_token),
            zalo=_token("ZALO_BOT_TOKEN_FILE", self.zalo_bot_token_file, self.zalo_bot_token),
        )


class UnreadableToken(Exception):
    """The file that `setting` names cannot be read."""

    def __init__(self, setting: str, file: Path, reason: str) -> None:
        super().__init__(f"{setting}: {file}: {reason}")


def _token(setting: str, file: Path | None, token: SecretStr | None) -> str | None:
    if file is None:
        return token.get_secret_value() if token else None
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise UnreadableToken(setting, file, error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise UnreadableToken(setting, file, "not a text file") from error
