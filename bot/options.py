"""What the standing office has chosen for itself (config/reminders.yaml)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whether the standing office confirms new bindings, and whether a done waits for its approval."""

    confirms_bindings: bool = False
    approves_done: bool = False
