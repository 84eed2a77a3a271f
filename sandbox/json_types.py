"""The shapes of JSON that pass between the rooms of the sandbox."""

from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]
