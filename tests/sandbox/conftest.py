from collections.abc import Iterator

import httpx
import pytest

from sandbox.limits import LimitSettings
from sandbox.server import create_app, serve
from sandbox.world import Settings
from tests.sandbox.hands import Hands
from tests.sandbox.zalo_hands import ZaloHands, meet_on_zalo


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Hands]:
    """One sandbox without flood limits for all tests that need nothing special."""
    settings = Settings(limits=LimitSettings(enabled=False), webhook_first_delay=0.01)
    with serve(create_app(settings)) as url, httpx.Client(timeout=10) as http:
        yield Hands(url, http)


@pytest.fixture
def sandbox(running_sandbox: Hands) -> Hands:
    """The sandbox with a small office in it, and nothing said yet."""
    running_sandbox.control("POST", "/reset")
    running_sandbox.office()
    return running_sandbox


@pytest.fixture
def zalo(sandbox: Hands) -> ZaloHands:
    """The same sandbox with two chats on Zalo, in which nothing was said yet."""
    return meet_on_zalo(sandbox)
