"""Sending through Telegram."""

import asyncio
from dataclasses import replace
from typing import Any

from telegram import Bot, ReplyParameters
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.channel import Destination, File, Outcome, RetryLater, Sent, Uncertain
from bot.message import Message
from bot.pieces import marked_as_repeat
from bot.telegram.outcomes import outcome_of
from bot.telegram.render import keyboard, split, to_html

NAME = "telegram"
_NO_LONGER_EDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
# Everybody's updates wait for the answer.
_ADMINS_SECONDS = 5.0
_ASKING_MESSAGE_IS_GONE = "message to be replied not found"


class TelegramChannel:
    """Writes messages with python-telegram-bot's Bot; pacing and retries are the deliverer's."""

    name = NAME
    has_buttons = True
    takes_files = True

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

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
        if destination.acknowledges is not None:
            await self._acknowledge(destination.acknowledges)
        try:
            if file is not None:
                return await self._hand_over(piece, file, destination, repeat=repeat)
            if destination.replaces is not None:
                return await self._edit(piece, destination, repeat=repeat)
            return await self._write(piece, destination, repeat=repeat)
        except TelegramError as error:
            return outcome_of(error)

    async def _write(self, piece: Message, destination: Destination, *, repeat: bool) -> Outcome:
        shown = marked_as_repeat(piece) if repeat else piece
        try:
            sent: TelegramMessage = await self._bot.send_message(
                chat_id=destination.address,
                text=to_html(shown),
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(shown),
                reply_parameters=ReplyParameters(
                    int(destination.replies_to), allow_sending_without_reply=True
                )
                if destination.replies_to
                else None,
                disable_notification=destination.pins,
            )
        except BadRequest as error:
            if destination.replies_to and _ASKING_MESSAGE_IS_GONE in error.message.lower():
                return await self._write(piece, replace(destination, replies_to=None), repeat=repeat)
            raise
        if destination.pins:
            await self._pin(destination.address, sent.message_id)
        return Sent(external_id=str(sent.message_id))

    async def _hand_over(
        self, piece: Message, file: File, destination: Destination, *, repeat: bool
    ) -> Outcome:
        """A picture is shown with the words under it, any other file comes as a document (sendPhoto, sendDocument)."""
        shown = marked_as_repeat(piece) if repeat else piece
        common: dict[str, Any] = {
            "chat_id": destination.address,
            "caption": to_html(shown),
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard(shown),
            "reply_parameters": ReplyParameters(int(destination.replies_to), allow_sending_without_reply=True)
            if destination.replies_to
            else None,
        }
        sent: TelegramMessage
        if file.media_type.startswith("image/"):
            sent = await self._bot.send_photo(photo=file.content, filename=file.name, **common)
        else:
            sent = await self._bot.send_document(document=file.content, filename=file.name, **common)
        return Sent(external_id=str(sent.message_id))

    async def _pin(self, address: str, message_id: int) -> None:
        """Where the bot may not pin (Bot API, pinChatMessage: a right of its own in groups) the message stands unpinned."""
        try:
            await self._bot.pin_chat_message(address, message_id, disable_notification=True)
        except TelegramError:
            return

    async def _edit(self, piece: Message, destination: Destination, *, repeat: bool) -> Outcome:
        """An edit made twice shows once: it needs no mark, and an uncertain one is simply made again."""
        replaced = destination.replaces or ""
        try:
            await self._bot.edit_message_text(
                chat_id=destination.address,
                message_id=int(replaced),
                text=to_html(piece),
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(piece),
            )
        except BadRequest as error:
            text = error.message.lower()
            if "message is not modified" in text:
                return Sent(external_id=replaced)
            if any(mark in text for mark in _NO_LONGER_EDITABLE):
                return await self._write(piece, replace(destination, replaces=None), repeat=repeat)
            raise
        except TelegramError as error:
            outcome = outcome_of(error)
            return RetryLater(reason=outcome.reason) if isinstance(outcome, Uncertain) else outcome
        return Sent(external_id=replaced)

    async def admins(self, address: str) -> tuple[str, ...] | None:
        """Bot API, getChatAdministrators."""
        try:
            async with asyncio.timeout(_ADMINS_SECONDS):
                found = await self._bot.get_chat_administrators(address)
        except (TelegramError, TimeoutError):
            return None
        return tuple(str(member.user.id) for member in found)

    async def _acknowledge(self, tap_id: str) -> None:
        """Stop the tapped button's spinner. It is a courtesy: that it failed or came too late changes nothing."""
        try:
            await self._bot.answer_callback_query(tap_id)
        except TelegramError:
            return
