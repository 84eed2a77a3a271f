"""What keeps the board's pages to themselves: headers on every answer, cookies, and proofs that a form is ours."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none';"
        " base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}
_TOKEN_BYTES = 32


class Headers:
    """Puts the headers on every answer of the application behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers)


class Cookie:
    """A cookie that no script reads and no other site sends along. Where people come by https its name binds it to this very
    host (RFC 6265bis, `__Host-`)."""

    def __init__(self, name: str, *, https: bool, lives: timedelta, strict: bool) -> None:
        self._name = f"__Host-{name}" if https else name
        self._https = https
        self._lives = lives
        self._strict = strict

    def of(self, request: Request) -> str | None:
        return request.cookies.get(self._name)

    def give(self, response: Response, value: str) -> None:
        response.set_cookie(
            self._name,
            value,
            max_age=int(self._lives.total_seconds()),
            path="/",
            secure=self._https,
            httponly=True,
            samesite="strict" if self._strict else "lax",
        )

    def take(self, response: Response) -> None:
        response.delete_cookie(
            self._name,
            path="/",
            secure=self._https,
            httponly=True,
            samesite="strict" if self._strict else "lax",
        )


def new_secret() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def proof_of(secret: str) -> str:
    """What a form carries to show that it is ours: only who can read the secret cookie can make it."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_ours(secret: str | None, proof: str) -> bool:
    """Whether a form with that proof was given to who has the secret."""
    return secret is not None and hmac.compare_digest(proof_of(secret).encode(), proof.encode())
