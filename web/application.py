"""The web room as an application: what it answers to."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.routing import BaseRoute


def application(routes: Iterable[BaseRoute]) -> Starlette:
    """Answers to these routes and 404 to everything else."""
    return Starlette(routes=list(routes))
