"""Errors that end the program with a word to the operator instead of a traceback."""

from collections.abc import Collection

from plan.problems import closest


class SettingError(Exception):
    """A setting is missing or wrong: what is the matter, and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy


def unknown_agency(code: str, known: Collection[str]) -> SettingError:
    """No agency has the code; the nearest one, or all there are."""
    near = closest(code.upper(), known)
    return SettingError(
        f"No agency has the code {code}.",
        f"Did you mean {near}?" if near else f"The codes are: {', '.join(sorted(known))}",
    )
