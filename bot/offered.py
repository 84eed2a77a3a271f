"""Commands that a text offers: to tap where commands can be tapped, in Vietnamese words to type where they cannot."""

from bot.commands.menu import Command
from bot.message import Span, tappable

_SAID = {
    Command.DUE: "hạn",
    Command.DONE: "xong",
    Command.PROGRESS: "tiến độ",
    Command.TASK: "việc",
    Command.HISTORY: "lịch sử",
    Command.INVITE: "mời",
    Command.REVOKE: "ngắt kết nối",
}


def offered(command: Command, tapped: str, typed: str) -> Span:
    """The command with what it is about, as it is tapped and as it is typed: "/done_2_6a", "xong 2.6a"."""
    return tappable(f"/{command.value}_{tapped}", typed=f"{_SAID[command]} {typed}")
