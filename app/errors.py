"""Errors that end the program with a word to the operator instead of a traceback."""


class SettingError(Exception):
    """A setting is missing or wrong: what is the matter, and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy
