"""Updates that wait for the bot: kept until confirmed by a higher offset, or for 24 hours."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sandbox.json_types import JsonObject
from sandbox.signals import Signal

KEPT_SECONDS = 24 * 3600
FIRST_UPDATE_ID = 100_000_001
NOT_SENT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
UPDATE_KINDS = frozenset(
    {
        "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
        "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
        "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
        "chat_join_request", "chat_boost", "removed_chat_boost",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingUpdate:
    """An update that the bot has not confirmed; `made_at` in real seconds since 1970."""

    id: int
    content: JsonObject
    made_at: float

    @property
    def lane(self) -> int:
        """The chat whose updates must arrive one after the other."""
        for part in self.content.values():
            if isinstance(part, dict):
                message = part.get("message", part)
                chat = message.get("chat") if isinstance(message, dict) else None
                if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                    return int(chat["id"])
        return 0


class UpdateQueue:
    """The bot's queue. https://core.telegram.org/bots/api#getting-updates"""

    def __init__(self, *, real_time: Callable[[], float] = time.time) -> None:
        self._real_time = real_time
        self._waiting: deque[WaitingUpdate] = deque()
        self.next_id = FIRST_UPDATE_ID
        self.allowed: tuple[str, ...] = ()
        self.arrived = Signal()

    def __len__(self) -> int:
        self._drop_expired()
        return len(self._waiting)

    def allows(self, kind: str) -> bool:
        """Whether the bot asked for this kind of update; an empty list means Telegram's default."""
        return kind in self.allowed if self.allowed else kind not in NOT_SENT_BY_DEFAULT

    def allow(self, kinds: Iterable[str]) -> None:
        """Sets what the bot wants from now on. Unknown names are ignored, as Telegram does."""
        self.allowed = tuple(dict.fromkeys(kind for kind in kinds if kind in UPDATE_KINDS))

    def add(self, kind: str, content: JsonObject) -> int | None:
        """Queues an update of a kind; None when the bot did not ask for that kind."""
        return self.add_raw({kind: content}) if self.allows(kind) else None

    def add_raw(self, content: JsonObject) -> int:
        """Queues an update as it is, whatever is in it; gives it a number unless it carries a usable one."""
        self._drop_expired()
        wanted = content.get("update_id")
        number = wanted if isinstance(wanted, int) and wanted >= self.next_id else self.next_id
        self.next_id = number + 1
        body = {"update_id": number} | {key: value for key, value in content.items() if key != "update_id"}
        self._waiting.append(WaitingUpdate(id=number, content=body, made_at=self._real_time()))
        self.arrived.notify()
        return number

    def confirm_below(self, offset: int) -> bool:
        """Forgets the updates before `offset`; True when there were any."""
        before = len(self._waiting)
        while self._waiting and self._waiting[0].id < offset:
            self._waiting.popleft()
        return len(self._waiting) != before

    def keep_last(self, count: int) -> bool:
        """Forgets all but the last `count` updates; True when something was forgotten."""
        before = len(self._waiting)
        while len(self._waiting) > count:
            self._waiting.popleft()
        return len(self._waiting) != before

    def remove(self, update_id: int) -> None:
        """Forgets one update that a webhook accepted."""
        if self._waiting and self._waiting[0].id == update_id:
            self._waiting.popleft()
            return
        self._waiting = deque(one for one in self._waiting if one.id != update_id)

    def first(self, limit: int) -> list[WaitingUpdate]:
        """The oldest updates, at most `limit`."""
        self._drop_expired()
        return [update for update, _ in zip(self._waiting, range(limit), strict=False)]

    def waiting(self) -> Iterator[WaitingUpdate]:
        """All that wait, oldest first."""
        return iter(self._waiting)

    def restore(self, waiting: Iterable[WaitingUpdate]) -> None:
        """Continues a saved queue."""
        self._waiting = deque(waiting)

    def _drop_expired(self) -> None:
        oldest = self._real_time() - KEPT_SECONDS
        while self._waiting and self._waiting[0].made_at < oldest:
            self._waiting.popleft()
