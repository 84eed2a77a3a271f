"""What an address in a link becomes at Telegram."""

import re
from urllib.parse import parse_qs, urlsplit

from sandbox.entities.model import Entity

_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
_HOST = re.compile(r"^(?:[^\s/@]+@)?([\w-]+(?:\.[\w-]+)+|localhost|\[[0-9a-f:]+\])\.?(?::\d+)?$")


def link_entity(address: str, offset: int, length: int) -> Entity | None:
    """A link or, for tg://user?id=…, a mention of a user by id; None when Telegram would drop the link."""
    user_id = mentioned_user(address)
    if user_id is not None:
        return Entity(type="text_mention", offset=offset, length=length, extra={"user": {"id": user_id}})
    url = checked_url(address)
    if url is None:
        return None
    return Entity(type="text_link", offset=offset, length=length, extra={"url": url})


def mentioned_user(address: str) -> int | None:
    """The user id of a tg://user?id=… address."""
    if not address.lower().startswith("tg://user?"):
        return None
    digits = parse_qs(urlsplit(address).query).get("id", [""])[0]
    return int(digits) if digits.isdecimal() and int(digits) > 0 else None


def checked_url(address: str) -> str | None:
    """An address in Telegram's normal form: with its scheme, and a slash after a bare host; None if unusable."""
    address = address.strip()
    found = _SCHEME.match(address)
    if found is None or address[found.end() : found.end() + 1].isdecimal():
        address = "http://" + address
    parts = urlsplit(address)
    if parts.scheme.lower() in {"tg", "ton"}:
        return address if parts.netloc or parts.path else None
    if parts.scheme.lower() not in {"http", "https"} or not _HOST.match(parts.netloc.lower()):
        return None
    path = parts.path or "/"
    rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return f"{parts.scheme.lower()}://{parts.netloc}{path}{rest}"
