"""The lists of commands that a bot shows, by scope and language.

https://core.telegram.org/bots/api#determining-list-of-commands
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.chats import Chat


@dataclass(frozen=True, kw_only=True)
class Scope:
    """For whom a list is; `type` in the Bot API's words for a BotCommandScope."""

    type: str
    chat_id: int = 0
    user_id: int = 0


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command without its slash, and what it says about itself."""

    command: str
    description: str


class CommandLists:
    """The lists by scope and language code ("" for all languages)."""

    def __init__(self) -> None:
        self.lists: dict[tuple[Scope, str], tuple[Command, ...]] = {}

    def put(self, scope: Scope, language: str, commands: tuple[Command, ...]) -> None:
        """Replaces a list; an empty one is removed."""
        if commands:
            self.lists[scope, language] = commands
        else:
            self.lists.pop((scope, language), None)

    def exactly(self, scope: Scope, language: str) -> tuple[Command, ...]:
        """The list of just this scope and language."""
        return self.lists.get((scope, language), ())

    def shown_to(self, chat: Chat, *, user_id: int, language: str | None) -> tuple[Command, ...]:
        """What a person sees in a chat: the narrowest scope that has a list, own language first."""
        if chat.is_zalo:  # which knows no lists of commands
            return ()
        for scope in _narrowest_first(chat, user_id):
            for code in (language or "", ""):
                if commands := self.lists.get((scope, code)):
                    return commands
        return ()


def _narrowest_first(chat: Chat, user_id: int) -> Iterator[Scope]:
    if chat.is_private:
        yield Scope(type="chat", chat_id=chat.id)
        yield Scope(type="all_private_chats")
        yield Scope(type="default")
        return
    yield Scope(type="chat_member", chat_id=chat.id, user_id=user_id)
    if user_id in chat.admins:
        yield Scope(type="chat_administrators", chat_id=chat.id)
    yield Scope(type="chat", chat_id=chat.id)
    if user_id in chat.admins:
        yield Scope(type="all_chat_administrators")
    yield Scope(type="all_group_chats")
    yield Scope(type="default")
