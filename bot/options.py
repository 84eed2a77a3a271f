"""What the standing office has chosen for itself (config/reminders.yaml), and where the operator serves the board."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whether the standing office confirms new bindings, and whether a done waits for its approval. `public_url` is where
    people reach the web room (no slash at its end); None when there is no board."""

    confirms_bindings: bool = False
    approves_done: bool = False
    public_url: str | None = None
