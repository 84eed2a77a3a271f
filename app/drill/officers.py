"""What officers do while the bots die: ask for lists, say what is done, and confirm it; by chance, from a seed."""

import random
from collections.abc import Mapping
from datetime import date

from app.drill.owed import Closed
from app.drill.town import Group, Town
from app.drill.verdict import Tapped, commands_in

_QUESTIONS = ("/due", "/due 7", "/due all", "/reports", "/help", "/han", "/task 2.6")
_YES = "Xác nhận"
_ASKS, _CLOSES = 0.5, 0.8
_CLOSED_A_DAY = 4


class Officers:
    """The officers of all agencies. `tapped` is what they have confirmed."""

    def __init__(self, town: Town, groups: Mapping[str, Group], dice: random.Random) -> None:
        """`groups` by the agency's code."""
        self._town, self._groups, self._dice = town, groups, dice
        self._asked: dict[tuple[str, int], Closed] = {}
        self._said: set[Closed] = set()
        self._said_today = 0
        self.tapped: list[Tapped] = []

    def begin_the_day(self) -> None:
        self._said_today = 0

    async def ask(self) -> None:
        """Somebody wants a list."""
        await self._town.says(self._anybody(), self._dice.choice(_QUESTIONS))

    async def close(self, today: date) -> None:
        """Somebody asks, or says that something is done, or confirms it."""
        chance = self._dice.random()
        if chance < _ASKS:
            await self.ask()
        elif chance < _CLOSES and self._said_today < _CLOSED_A_DAY:
            await self._say_done()
        else:
            await self.confirm(today)

    async def confirm(self, today: date) -> None:
        """Tap "Xác nhận" under every question of the bot that nobody has tapped yet."""
        for (agency, asked), closed in list(self._asked.items()):
            group = self._groups[agency]
            for message in await self._town.seen(group.chat, after=asked):
                action = message.button(_YES)
                if message.answers == asked and action is not None:
                    del self._asked[agency, asked]
                    self.tapped.append(Tapped(closed=closed, day=today, question=message))
                    await self._town.taps(group, message.id, action)
                    break

    async def _say_done(self) -> None:
        """Of something that a morning message has offered."""
        agency = self._dice.choice(sorted(self._groups))
        group = self._groups[agency]
        offered = [
            Closed(agency=agency, command=command)
            for message in await self._town.seen(group.chat)
            if message.outgoing and message.text.startswith("🔔")
            for command in commands_in(message.text)
        ]
        fresh = [one for one in dict.fromkeys(offered) if one not in self._said]
        if fresh:
            closed = self._dice.choice(fresh)
            self._said.add(closed)
            self._said_today += 1
            asked = await self._town.says(group, f"{closed.command} {self._dice.randint(1, 99)}/BC")
            self._asked[agency, asked] = closed

    def _anybody(self) -> Group:
        return self._groups[self._dice.choice(sorted(self._groups))]
