"""Plan files as plain data: a careful subset of YAML in which every scalar is text and every value has a line.

Plans come from people and by mail, so nothing is taken on trust: size, depth, aliases, tags and characters are
checked, and whatever is wrong becomes a Problem with its line.
"""

import hashlib
import math
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from plan.problems import Origin, Problem, field_path, shortened

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 12
MAX_VALUES = 100_000
MAX_BAD_CHARACTERS = 20

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
"""Text, a list, a mapping; None is a key with nothing behind it."""

Steps: TypeAlias = tuple[str | int, ...]

# The one written in C is some twenty times faster and is in every wheel; both give the same events.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
# Control, format (bidi overrides, zero width), surrogate, private use, line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file as read. `data` is None when the file gave nothing to work with; `problems` then says why.
    `digest` is the SHA-256 of its bytes, "" when they could not be read."""

    file: str
    data: Plain
    lines: Mapping[Steps, int]
    problems: tuple[Problem, ...]
    digest: str

    def origin(self, path: Steps) -> Origin:
        """The place of `path`; its line is that of the nearest thing around it when it is not there."""
        known = (path[:length] for length in range(len(path), -1, -1) if path[:length] in self.lines)
        line = self.lines[nearest] if (nearest := next(known, None)) is not None else None
        return Origin(file=self.file, line=line, field=field_path(path))


def read_source(path: Path) -> Source:
    """Read the plan file at `path`. Never raises for what is in or around the file, never reads more than 2 MB."""
    file = str(path)
    try:
        raw = _read_bytes(path)
    except _Unreadable as refusal:
        return _nothing(file, refusal, digest="")
    return source_of(file, raw)


def read_raw(path: Path) -> bytes | None:
    """The bytes of the plan file at `path`; None when `read_source` could not read them either."""
    try:
        return _read_bytes(path)
    except _Unreadable:
        return None


def source_of(file: str, raw: bytes) -> Source:
    """The same of bytes that were read already; `file` is how problems name it."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        reading = _Reading(file)
        reading.run(_decode(raw))
    except _Unreadable as refusal:
        return _nothing(file, refusal, digest=digest, before=reading.problems)
    return Source(
        file=file, data=reading.root, lines=reading.lines, problems=tuple(reading.problems), digest=digest
    )


def bad_characters(text: str) -> Iterator[tuple[int, str]]:
    """(index, description) of every character that has no place in a plan: control, invisible, bidi override."""
    for index, char in enumerate(text):
        if char != "\n" and unicodedata.category(char) in _REFUSED_CATEGORIES:
            name = unicodedata.name(char, "control character").lower()
            yield index, f"character U+{ord(char):04X} ({name}) is not allowed"


class _Unreadable(Exception):
    """The file cannot be read any further; (line, message) for each reason."""

    def __init__(self, *findings: tuple[int | None, str]) -> None:
        super().__init__(findings)
        self.findings = findings


def _nothing(file: str, refusal: _Unreadable, *, digest: str, before: list[Problem] | None = None) -> Source:
    found = [Problem(file=file, line=line, field="", message=message) for line, message in refusal.findings]
    return Source(file=file, data=None, lines={}, problems=(*(before or ()), *found), digest=digest)


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _Unreadable((None, "is a folder; a plan is a file such as tasks.yaml"))
        # A pipe or a device would block or never end.
        if not stat.S_ISREG(status.st_mode):
            raise _Unreadable((None, "is not an ordinary file"))
        if status.st_size > MAX_BYTES:
            raise _Unreadable((None, _too_large(status.st_size)))
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _Unreadable((None, "no such file")) from None
    except PermissionError:
        raise _Unreadable((None, "may not be read: permission denied")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise _Unreadable((None, f"cannot be read: {reason or error}")) from None
    if len(raw) > MAX_BYTES:
        raise _Unreadable((None, _too_large(len(raw))))
    return raw


def _too_large(size: int) -> str:
    megabytes = math.ceil(size / 1024 / 1024 * 10) / 10
    return f"a plan file is at most 2 MB; this one is {megabytes:g} MB"


def _decode(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `error.object` lacks the byte order mark where there was one.
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        found = f"byte {column} of this line is 0x{error.object[error.start]:02X}, which is not UTF-8"
        raise _Unreadable((line, f"{found}; save the file as UTF-8")) from None
    # Word processors leave no-break spaces, which YAML would not take for indentation.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    findings: list[tuple[int | None, str]] = []
    for number, words in enumerate(text.split("\n"), start=1):
        if words.isascii() and words.isprintable():
            continue
        if "\t" in words:
            findings.append((number, "a tab character; use spaces"))
        findings.extend((number, why) for _, why in bad_characters(words.replace("\t", " ")))
        if len(findings) >= MAX_BAD_CHARACTERS:
            break
    if findings:
        raise _Unreadable(*findings)
    return unicodedata.normalize("NFC", text)


@dataclass(kw_only=True)
class _Frame:
    """A list or mapping that is being read; a mapping's `key` is None while a key is expected."""

    path: Steps
    container: "list[Plain] | dict[str, Plain]"
    key: str | None = None
    key_lines: dict[str, int] = field(default_factory=dict)


class _Reading:
    """One pass over the events of the parser: no recursion, no YAML types."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Plain = None
        self.lines: dict[Steps, int] = {}
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._documents = 0
        self._values = 0

    def run(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = None if mark is None else mark.line + 1
            what = ", ".join(part for part in (error.context, error.problem) if part)
            raise _Unreadable((line, f"not readable as YAML: {what}{_hint(what)}")) from None
        except (yaml.YAMLError, ValueError) as error:
            raise _Unreadable((None, f"not readable as YAML: {shortened(str(error))}")) from None
        if self.root is None and not self.problems:
            raise _Unreadable((None, "the file is empty"))

    def _take(self, event: yaml.Event) -> None:
        # The parser gives every event its place; the types allow for events made by hand.
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _Unreadable((line, 'a second document begins here ("---"); a file has one plan'))
            case yaml.AliasEvent():
                self._complain(line, f"*{event.anchor} is a YAML alias; write the value out instead")
                self._place(None, line, key=None)
            case yaml.ScalarEvent():
                self._look_at_marks(event, line)
                self._scalar(event, line)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._look_at_marks(event, line)
                self._open([] if isinstance(event, yaml.SequenceStartEvent) else {}, line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._stack.pop()
            case _:
                pass

    def _look_at_marks(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._complain(line, f"&{event.anchor} is a YAML anchor; write the value out where it is needed")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._complain(line, f"{shortened(str(tag))} is a YAML tag; plan files have none")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text: str = event.value
        # Characters that an escape such as "\u202e" brought in; those of the file itself were looked at before.
        for _, why in bad_characters(text.replace("\t", " ")):
            self._complain(line, why)
        plain_and_empty = not text and not event.style
        self._place(None if plain_and_empty else unicodedata.normalize("NFC", text), line, key=text)

    def _open(self, container: "list[Plain] | dict[str, Plain]", line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise _Unreadable((line, f"nested deeper than {MAX_DEPTH} levels"))
        path = self._place(container, line, key=None)
        self._stack.append(_Frame(path=path, container=container))

    def _place(self, value: Plain, line: int, *, key: str | None) -> Steps:
        """Put `value` where it belongs, or take `key` as the next key; returns the value's path."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise _Unreadable((line, f"more than {MAX_VALUES} values"))
        if not self._stack:
            self.root = value
            self.lines[()] = line
            return ()
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            path = (*frame.path, len(frame.container))
            frame.container.append(value)
            self.lines[path] = line
            return path
        if frame.key is None:
            if key is None:
                raise _Unreadable((line, "a key must be a word, followed by a colon"))
            frame.key = key
            path = (*frame.path, key)
            first = frame.key_lines.setdefault(key, line)
            if path in self.lines:
                self._complain(line, f'key "{shortened(key)}" was already given on line {first}', path)
            else:
                self.lines[path] = line
            return path
        path = (*frame.path, frame.key)
        # The first of two equal keys stands; the second was complained about and its value goes nowhere.
        frame.container.setdefault(frame.key, value)
        frame.key = None
        return path

    def _complain(self, line: int, message: str, path: Steps | None = None) -> None:
        if path is None and self._stack:
            frame = self._stack[-1]
            here = len(frame.container) if isinstance(frame.container, list) else frame.key
            path = frame.path if here is None else (*frame.path, here)
        self.problems.append(
            Problem(file=self.file, line=line, field=field_path(path or ()), message=message)
        )


def _hint(what: str) -> str:
    if "mapping values are not allowed" in what:
        return ' (text with ": " in it needs quotes; or the indentation is off)'
    if "expected ',' or" in what or "',' or ']'" in what or "',' or '}'" in what:
        return " (a bracket is not closed, or text with a comma needs quotes)"
    if "expected <block end>" in what or "block mapping" in what or "block collection" in what:
        return " (the indentation is off here or just above)"
    return ""
