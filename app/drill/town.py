"""The chats of a drill, as people have them before them: what they write and tap, and what they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.rehearsal import Sandbox
from plan.vietnam import day_of

MARK = "(gửi lại, có thể anh/chị đã nhận)"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One message as a chat shows it: `answers` is the number of the one that it replies to, `buttons` are actions by
    label. The mark of a repeat is not part of the text."""

    id: int
    outgoing: bool
    day: date
    text: str
    marked: bool
    answers: int | None
    buttons: Mapping[str, str]

    def button(self, label: str) -> str | None:
        return next((action for shown, action in self.buttons.items() if shown.startswith(label)), None)


@dataclass(frozen=True, kw_only=True)
class Group:
    """An agency's group, its officer in it."""

    chat: int
    officer: int


class Town:
    """The sandbox from outside, over its control API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._control = sandbox.control

    async def set_clock(self, now: datetime) -> None:
        """Business time stands still at `now` (aware)."""
        await self._ask("PUT", "/clock", {"now": now.isoformat(), "running": False})

    async def lift_limits(self) -> None:
        """Telegram's flood limits would only make it slow; they are proven elsewhere."""
        await self._ask("PUT", "/limits", {"enabled": False})

    async def groups(self) -> dict[str, Group]:
        """Every group by its title."""
        state = await self._ask("GET", "/state")
        return {
            chat["title"]: Group(chat=chat["id"], officer=chat["members"][0]["id"])
            for chat in state["chats"]
            if chat["type"] != "private"
        }

    async def says(self, group: Group, text: str) -> int:
        """An officer writes; returns the message's number."""
        written = await self._ask(
            "POST", f"/chats/{group.chat}/messages", {"from": group.officer, "text": text}
        )
        return int(written["message_id"])

    async def taps(self, group: Group, message: int, action: str) -> None:
        tap = {"from": group.officer, "message_id": message, "data": action}
        await self._ask("POST", f"/chats/{group.chat}/taps", tap)

    async def seen(self, chat: int, *, after: int = 0) -> list[Seen]:
        """The messages of a chat, oldest first."""
        found: list[Seen] = []
        while True:
            answer = await self._ask("GET", f"/chats/{chat}/messages?limit=1000&after={after}")
            page = [_seen(message) for message in answer["messages"]]
            if not page:
                return found
            found += page
            after = page[-1].id

    async def waiting_updates(self) -> int:
        """How many updates the bot has not confirmed."""
        state = await self._ask("GET", "/state")
        return int(state["webhook"]["pending_update_count"])

    async def _ask(self, verb: str, path: str, body: object = None) -> Any:
        answer = await self._control.request(verb, f"/control{path}", json=body)
        return answer.raise_for_status().json()


def _seen(message: dict[str, Any]) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    answered, text = message.get("reply_to_message"), message.get("text", "")
    return Seen(
        id=message["message_id"],
        outgoing=message["outgoing"],
        day=day_of(datetime.fromtimestamp(message["date"], UTC)),
        text=text.removeprefix(MARK).lstrip(),
        marked=text.startswith(MARK),
        answers=answered["message_id"] if answered else None,
        buttons={button["text"]: button.get("callback_data", "") for row in rows for button in row},
    )
