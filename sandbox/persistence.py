"""The state file: one JSON file, replaced as a whole, so that a second start continues.

What a message or an upload looks like in the file is made once and kept, so that saving costs little however
much has been said.
"""

import asyncio
import base64
import contextlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import ValidationError

from sandbox.chats import Chat, StoredMessage
from sandbox.files import StoredFile
from sandbox.json_types import JsonObject
from sandbox.saved import SavedChat, SavedFile, SavedMessage, SavedWorld, restore_world, world_to_save
from sandbox.world import World

PAUSE_SECONDS = 0.5
# A save may take at most this share of the time.
_SHARE = 0.1

_log = logging.getLogger("sandbox")


class StateUnreadable(Exception):
    """The state file is not one that the sandbox wrote."""


class StateFile:
    """Loads and saves a world. Saves come at most every half second, and once more at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uploads: dict[int, bytes] = {}

    def load(self, world: World) -> None:
        """Continues from the file, if there is one; StateUnreadable when it cannot be read."""
        if not self._path.exists():
            return
        try:
            content = json.loads(self._path.read_bytes())
            head = SavedWorld.model_validate(content["world"])
            chats = [SavedChat.model_validate(one) for one in content["chats"]]
            messages = {
                int(chat_id): [SavedMessage.model_validate(one) for one in kept]
                for chat_id, kept in content["messages"].items()
            }
            files = [SavedFile.model_validate(one) for one in content["files"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
            raise StateUnreadable(f"{self._path} is not a state file of the sandbox: {error}") from error
        restore_world(world, head)
        for saved_chat in chats:
            chat = Chat(**saved_chat.model_dump())
            for one in messages.get(chat.id, ()):
                chat.add(StoredMessage(**one.model_dump()))
            world.chats[chat.id] = chat
        for file in files:
            fields = file.model_dump() | {"content": base64.b64decode(file.content)}
            world.files.restore(StoredFile(**fields))

    @contextlib.asynccontextmanager
    async def keeping(self, world: World) -> AsyncIterator[None]:
        """Saves after changes while the sandbox runs, and at its end."""
        stop = asyncio.Event()
        keeper = asyncio.create_task(self._keep(world, stop))
        try:
            yield
        finally:
            stop.set()
            world.dirty.notify()
            await keeper
            await self._save(world)

    async def _keep(self, world: World, stop: asyncio.Event) -> None:
        saved_revision = world.revision
        while not stop.is_set():
            if world.revision == saved_revision:
                await world.dirty.wait(None)
            if stop.is_set():
                return
            revision, took = world.revision, 0.0
            try:
                took = await self._save(world)
                saved_revision = revision
            except OSError:
                _log.warning("could not save to %s; trying again", self._path, exc_info=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(PAUSE_SECONDS, took / _SHARE)):
                    await stop.wait()

    async def _save(self, world: World) -> float:
        """Writes the world to the file; gives the real seconds that it took."""
        begin = time.monotonic()
        content = self._content(world)
        await asyncio.to_thread(_replace, self._path, content)
        return time.monotonic() - begin

    def _content(self, world: World) -> bytes:
        chats = b",\n".join(
            SavedChat.model_validate(chat, from_attributes=True).model_dump_json().encode()
            for chat in world.chats.values()
        )
        messages = b",\n".join(map(_messages_form, world.chats.values()))
        files = b",\n".join(map(self._file_form, world.files.by_id.values()))
        head = world_to_save(world).model_dump_json().encode()
        return b'{"world": %b,\n"chats": [%b],\n"messages": {%b},\n"files": [%b]}\n' % (
            head,
            chats,
            messages,
            files,
        )

    def _file_form(self, file: StoredFile) -> bytes:
        if file.number not in self._uploads:
            fields: JsonObject = {
                "number": file.number,
                "kind": file.kind.value,
                "name": file.name,
                "mime_type": file.mime_type,
                "width": file.width,
                "height": file.height,
                "content": base64.b64encode(file.content).decode(),
            }
            self._uploads[file.number] = _encoded(fields)
        return self._uploads[file.number]


def _messages_form(chat: Chat) -> bytes:
    return b'"%d": [%b]' % (chat.id, b",\n".join(map(_message_form, chat.messages.values())))


def _message_form(message: StoredMessage) -> bytes:
    if message.saved_form is None:
        message.saved_form = _encoded(
            {
                "api": message.api,
                "outgoing": message.outgoing,
                "keyboard": message.keyboard,
                "edited": message.edited,
                "deleted": message.deleted,
            }
        )
    return message.saved_form


def _encoded(fields: JsonObject) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
