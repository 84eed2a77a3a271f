"""How people find the bot: on each channel that is on, under which name, by which links, and what reaches it in a group."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Links:
    """Addresses that open the bot with an invite's code by a tap: templates with `{code}`, for a private chat and for a
    group."""

    private: str
    group: str

    def carrying(self, code: str) -> "Links":
        """The addresses themselves. A link has letters, digits, _ and - at most; the code is read with or without dash."""
        bare = code.replace("-", "")
        return Links(private=self.private.format(code=bare), group=self.group.format(code=bare))


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """`channel` is its name in the store, `label` its name to people, `bot_name` the bot's there, without an @. `in_groups`
    says which messages of a group reach the bot; without `links` a person has to look the bot up and write to it.
    `takes_files`: the bot can send files there."""

    channel: str
    label: str
    bot_name: str
    in_groups: str
    links: Links | None = None
    takes_files: bool = True
