"""Sending through the Zalo Bot Platform."""

from bot.channel import Destination, File, Outcome, Sent
from bot.message import Message
from bot.pieces import marked_as_repeat
from bot.zalo.api import Refused, ZaloApi, ZaloError
from bot.zalo.outcomes import outcome_of
from bot.zalo.render import Written, split, write

NAME = "zalo"


class ZaloChannel:
    """Writes messages as plain text; pacing and retries are the deliverer's. Nothing can be edited, replied to or pinned
    there, so that every message is a new one."""

    name = NAME
    has_buttons = False
    takes_files = False

    def __init__(self, api: ZaloApi) -> None:
        self._api = api

    def pieces(self, message: Message) -> list[Message]:
        return split(message)

    async def send(
        self,
        piece: Message,
        destination: Destination,
        *,
        repeat: bool = False,
        file: File | None = None,
    ) -> Outcome:
        written = write(marked_as_repeat(piece) if repeat else piece)
        try:
            return Sent(external_id=await self._write(destination.address, written))
        except ZaloError as error:
            return outcome_of(error)

    async def _write(self, address: str, written: Written) -> str:
        """Styles are a courtesy: where they are refused the words go without them."""
        try:
            sent = await self._api.send_message(address, written.text, written.styles)
        except Refused as error:
            if not (error.code == 400 and written.styles and "style" in error.description.lower()):
                raise
            sent = await self._api.send_message(address, written.text)
        return sent.id
