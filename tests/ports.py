"""A port for a server of a test."""

import socket


def free_port() -> int:
    """One on this machine that nobody listens to just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
