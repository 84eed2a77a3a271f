"""A wire to PostgreSQL that can be frozen (the network is gone, nobody says goodbye) and cut."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"
_CHUNK = 65536


class Wire:
    def __init__(self, url: str) -> None:
        self.url = url
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def freeze(self) -> None:
        """From now on nothing comes through, in either direction."""
        self._flows.clear()

    def cut(self) -> None:
        """Both sides are told that it is over."""
        for writer in self._writers:
            writer.close()
        self._flows.set()

    async def connect(self, server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        far_reader, far_writer = await asyncio.open_unix_connection(server)
        self._writers.add(far_writer)
        if self._is_closed:
            # Who comes while the wire is taken down finds it cut.
            self.cut()
            return
        for source, target in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(self._pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def close(self) -> None:
        self._is_closed = True
        self.cut()
        while self._pumps:
            await asyncio.wait(self._pumps)
        for writer in self._writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_CHUNK):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        await self._flows.wait()
        target.close()


@contextlib.contextmanager
def _short_folder() -> Iterator[Path]:
    # The path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="wire") as folder:
        yield Path(folder)


@asynccontextmanager
async def open_wire(postgresql_url: str) -> AsyncIterator[Wire]:
    """`wire.url` is the same database at the other end."""
    url = make_url(postgresql_url)
    server = str(Path(str(url.query["host"])) / _SOCKET)
    with _short_folder() as folder:
        near = url.set(query={**url.query, "host": str(folder)})
        wire = Wire(near.render_as_string(hide_password=False))
        listening = await asyncio.start_unix_server(
            lambda reader, writer: wire.connect(server, reader, writer), path=folder / _SOCKET
        )
        async with listening:
            yield wire
            await wire.close()
