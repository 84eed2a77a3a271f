"""What the exceptions of httpx say of a request, whichever library made it."""

import httpx

# With these no request left, so that nothing can have been taken.
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
