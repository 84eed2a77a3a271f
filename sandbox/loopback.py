"""Which addresses are this machine: webhooks are delivered nowhere else."""

import ipaddress


def loopback_address(host: str) -> str | None:
    """The address that a host of a URL stands for; None when it is not this machine."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        return host if ipaddress.ip_address(host).is_loopback else None
    except ValueError:
        return None
