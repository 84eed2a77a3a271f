"""Walking over a plan file that may be wrong anywhere: every step gives a place that knows its line, and a value
that is not there or not of the expected shape reads as nothing (the shape check has already complained)."""

from dataclasses import dataclass

from plan.problems import Origin, Problem, Severity
from plan.yaml_source import Plain, Source, Steps


@dataclass(frozen=True, kw_only=True)
class Place:
    """A value in a file, with the way to it."""

    source: Source
    path: Steps = ()
    value: Plain

    @classmethod
    def root(cls, source: Source) -> "Place":
        """The file as a whole."""
        return cls(source=source, value=source.data)

    @property
    def origin(self) -> Origin:
        """File, line and field of this value."""
        return self.source.origin(self.path)

    @property
    def text(self) -> str | None:
        """The value with its spaces tidied, or None when it is not text or says nothing."""
        if not isinstance(self.value, str):
            return None
        return " ".join(self.value.split()) or None

    @property
    def items(self) -> tuple["Place", ...]:
        """The values of a list; nothing when it is none."""
        if not isinstance(self.value, list):
            return ()
        return tuple(
            Place(source=self.source, path=(*self.path, index), value=value)
            for index, value in enumerate(self.value)
        )

    @property
    def texts(self) -> tuple[tuple["Place", str], ...]:
        """The texts of a list with their places."""
        return tuple((item, item.text) for item in self.items if item.text is not None)

    def has(self, key: str) -> bool:
        """Whether this is a mapping in which `key` was written."""
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> "Place":
        """The value behind `key`; an empty place when there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(source=self.source, path=(*self.path, key), value=value)

    def problem(self, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """A finding about this value."""
        return self.origin.problem(message, severity)
