"""What differs between the channels in the life of an office: its chats, its words, and how a question is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.rehearsal import TOKEN, ZALO_TOKEN
from config.settings import Tokens
from sandbox.zalo_addresses import ZALO_CHAT_BASE, person_address
from tests.app.town import TELEGRAM, ZALO, Seen

NAMES = {"STP": "Sở Tư pháp", "SNV": "Sở Nội vụ", "HKS": "UBND huyện Kế Sách"}
_OFFICER = 1001


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Where an agency's officer (`who`) writes: a group, or on Zalo a private chat; `address` is what the bot calls it."""

    chat: int
    who: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Customs:
    """`tasks` of Sở Tư pháp are so many that its morning leaves in two pieces. `offer` finds what a message offers to say
    done. A question is answered `in_place`, or by a message of its own. `forgets`: an event that was handed to the bot is
    gone with it. `counts`: messages are counted, and each chat has a note that waits for another message to ride with."""

    channel: str
    tokens: Tokens
    seats: Mapping[str, Seat]
    tasks: int
    asking: str
    closing: str
    offer: re.Pattern[str]
    in_place: bool
    forgets: bool
    counts: bool

    @property
    def told(self) -> Mapping[str, list[str]]:
        """The codes of what each agency is told in the morning."""
        return {"STP": [f"1.{number}" for number in range(1, self.tasks + 1)], "SNV": ["2.1"], "HKS": ["3.1"]}

    def codes_in(self, text: str) -> list[str]:
        """What a message offers to say done: "1.12" for "/done_1_12" and for “xong 1.12”."""
        return [code.replace("_", ".") for code in self.offer.findall(text)]

    def asks(self, message: Seen, said: int) -> bool:
        """Whether the message, which came after what was said, is the question that it led to."""
        has_yes = any(label.startswith("Xác nhận") for label, _ in message.buttons)
        return has_yes and (message.answers == said or not self.in_place)


ON_TELEGRAM = Customs(
    channel=TELEGRAM,
    tokens=Tokens(telegram=TOKEN),
    seats={
        agency: Seat(chat=chat, who=_OFFICER, address=str(chat))
        for agency, chat in zip(NAMES, (-2001, -2002, -2003), strict=True)
    },
    tasks=26,
    asking="/due",
    closing="/done {code} 12/BC",
    offer=re.compile(r"/done_(\d+_\d+)\b"),
    in_place=True,
    forgets=False,
    counts=False,
)
ON_ZALO = Customs(
    channel=ZALO,
    tokens=Tokens(zalo=ZALO_TOKEN),
    seats={
        agency: Seat(chat=ZALO_CHAT_BASE + who, who=who, address=person_address(who))
        for agency, who in zip(NAMES, (2001, 2002, 2003), strict=True)
    },
    tasks=12,
    asking="hạn",
    closing="xong {code} 12/BC",
    offer=re.compile(r"“xong (\d+\.\d+)”"),
    in_place=False,
    forgets=True,
    counts=True,
)
