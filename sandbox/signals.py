"""Wake-up calls inside one event loop, for long polls."""

import asyncio


class Signal:
    """Lets coroutines wait until something happens. Not bound to a loop until somebody waits."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wakes everybody who waits now."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def coming(self) -> asyncio.Future[None]:
        """A future of the next notification, from this moment on; cancel it when it is no longer wanted."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    async def wait(self, seconds: float | None) -> bool:
        """True when notified; False when `seconds` of real time passed first (None: no end)."""
        future = self.coming()
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            future.cancel()
        return True
