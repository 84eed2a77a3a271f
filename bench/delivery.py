"""Delivery: 1,000 private chats, each with one morning message.

With Telegram's limits on, against the least time that they allow; with limits and our pace off, against
python-telegram-bot's bare `send_message`, eight at once, of the same texts to the same sandbox.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from telegram import Bot, Message
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from app.rules import read_rules
from bench.bots import our_bot
from bench.figures import AtLeast, AtMost, Figure
from bench.stock import agencies_to_hear_on, bind, bring_in_real_plan, open_store, sqlite_url
from bench.town import TOKEN, Sends, Town, open_town
from config.settings import Settings
from plan.vietnam import day_of

SECTION = "Delivery"
# The cutoff of quý I: every department and district hears of its report.
MORNING = datetime.fromisoformat("2023-03-14T08:00:00+07:00")
IN_FLIGHT = 8
_PER_SECOND = 30
_SCAN_EVERY = 1.0


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """The sends that the sandbox took, the time from the first to the last, the floods that it refused, and the sender's
    processor time for one message in ms."""

    sent: int
    seconds: float
    floods: int
    effort: float

    @property
    def per_second(self) -> float:
        return (self.sent - 1) / self.seconds


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Limits on once; limits off in turns with the library."""
    chats = 150 if quick else 1_000
    paced, _ = await _ours(folder / "paced", chats, limits=True)
    ours, theirs = [], []
    for turn in range(1 if quick else 3):
        delivered, texts = await _ours(folder / f"unpaced-{turn}", chats, limits=False)
        ours.append(delivered)
        theirs.append(await _library(folder / f"library-{turn}", texts))
    return [
        Figure(
            section=SECTION,
            what=f"Telegram's limits on, {chats:,} private chats: seconds from the first send to the last",
            ours=paced.seconds,
            places=2,
            beside=f"the least that the limits allow: {chats - 1:,} gaps of 1/{_PER_SECOND} s, no burst",
            theirs=(chats - 1) / _PER_SECOND,
            of_ratio=AtMost(value=1.02),
        ),
        Figure(section=SECTION, what="limits on: answers 429", ours=paced.floods, of_ours=AtMost(value=0)),
        Figure(
            section=SECTION,
            what="limits off: messages a second",
            ours=median(one.per_second for one in ours),
            beside=f"PTB's bare `send_message`, {IN_FLIGHT} at once, the same texts",
            theirs=median(one.per_second for one in theirs),
            of_ratio=AtLeast(value=0.8),
        ),
        Figure(
            section=SECTION,
            what="limits off: processor time for a message, ms (ours with the scan)",
            ours=median(one.effort for one in ours),
            places=1,
            beside="PTB's bare `send_message`",
            theirs=median(one.effort for one in theirs),
        ),
    ]


async def _ours(folder: Path, chats: int, *, limits: bool) -> tuple[Delivered, list[Message]]:
    """Our bot's morning, and the messages of it."""
    people = range(1, chats + 1)
    async with open_town(folder / "sandbox", limits=limits) as town:
        await town.settle(people)
        url = sqlite_url(folder)
        await stock_morning(url, people)
        bot = our_bot(
            folder / "bot", town, url, clock_from=MORNING, unpaced=not limits, scan_every=_SCAN_EVERY
        )
        async with bot as process:
            await town.polled_by(process)
            used = process.cpu_seconds()
            delivered = await delivery_of(town, chats, lambda: process.cpu_seconds() - used)
        heard = [message for person in people for message in await town.heard(person)]
    if len(heard) != chats:
        raise RuntimeError(f"{chats} chats heard {len(heard)} messages")
    unsent = Bot(TOKEN)
    return delivered, [Message.de_json(message, unsent) for message in heard]


async def stock_morning(url: str, people: Sequence[int]) -> None:
    """A store with the real plan, where each of the people hears something on the morning."""
    rules = read_rules(Settings())
    async with open_store(url) as database:
        await bring_in_real_plan(database, rules.timetable, now=MORNING - timedelta(hours=2))
        agencies = await agencies_to_hear_on(database, day_of(MORNING))
        await bind(database, people, agencies, now=MORNING - timedelta(hours=1))


async def delivery_of(town: Town, messages: int, used: Callable[[], float]) -> Delivered:
    """Wait until so many messages are taken by a sandbox in which nothing was said before; `used` tells the senders'
    processor seconds since the beginning."""
    sends = Sends(town, after=0)
    taken = await sends.until(messages)
    return Delivered(
        sent=len(taken),
        seconds=taken[-1].at - taken[0].at,
        floods=sends.floods,
        effort=used() / messages * 1000,
    )


async def _library(folder: Path, texts: Sequence[Message]) -> Delivered:
    """The library's Bot with nothing around it."""
    async with open_town(folder / "sandbox", limits=False) as town, _bare_bot(town) as bot:
        await town.settle({message.chat.id for message in texts})
        waiting = iter([(message.chat.id, message.text_html, message.reply_markup) for message in texts])

        async def hand() -> None:
            for chat, html, buttons in waiting:
                await bot.send_message(chat, html, parse_mode=ParseMode.HTML, reply_markup=buttons)

        start = time.process_time()
        await asyncio.gather(*(hand() for _ in range(IN_FLIGHT)))
        used = time.process_time() - start
        return await delivery_of(town, len(texts), lambda: used)


@asynccontextmanager
async def _bare_bot(town: Town) -> AsyncIterator[Bot]:
    request = HTTPXRequest(connection_pool_size=IN_FLIGHT, httpx_kwargs={"trust_env": False})
    async with Bot(TOKEN, base_url=f"{town.url}/bot", request=request) as bot:
        yield bot
