"""Writing PNG files (https://www.w3.org/TR/png-3/) with the standard library."""

import struct
import zlib
from collections.abc import Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def gray_png(width: int, height: int, pixels: bytes) -> bytes:
    """One byte for a pixel, from black to white."""
    return _png(width, height, colour_type=0, before=b"", pixels=pixels)


def indexed_png(width: int, height: int, palette: Sequence[Sequence[int]], pixels: bytes) -> bytes:
    """One byte for a pixel: its place in a palette of red, green and blue."""
    colours = _chunk(b"PLTE", b"".join(bytes(colour) for colour in palette))
    return _png(width, height, colour_type=3, before=colours, pixels=pixels)


def _png(width: int, height: int, *, colour_type: int, before: bytes, pixels: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))
    # Each row begins with its filter: none.
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    return _SIGNATURE + header + before + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
