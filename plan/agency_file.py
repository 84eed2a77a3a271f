"""From an agencies file to a Directory: names that clash, members that nobody knows, groups inside themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from plan.directory import Directory, name_key
from plan.documents import MAX_AGENCIES, MAX_GROUPS
from plan.model import Agency, AgencyKind, Group
from plan.places import Place
from plan.problems import Origin, Problem

MAX_CYCLES = 20

_KINDS = {kind.value: kind for kind in AgencyKind}


@dataclass(frozen=True, kw_only=True)
class AgencyFile:
    """What could be read of the file, whatever is wrong around it. `origins` are by "agency SBN"."""

    directory: Directory
    origins: Mapping[str, Origin]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Entry:
    """One agency or group as written."""

    place: Place
    code: str

    @property
    def name(self) -> str:
        return self.place.at("name").text or self.code

    @property
    def aliases(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.place.at("aliases").texts)

    @property
    def names(self) -> tuple[tuple[Place, str], ...]:
        single = ((place, place.text) for place in (self.place.at("code"), self.place.at("name")))
        return (*((place, text) for place, text in single if text), *self.place.at("aliases").texts)


def read_agency_file(root: Place) -> AgencyFile:
    """Everything in the file that has a code or a name, with all that is wrong between the entries."""
    # The shape check complains of more; expanding them all could take the memory of the machine.
    agencies = _entries(root.at("agencies"))[:MAX_AGENCIES]
    groups = _entries(root.at("groups"))[:MAX_GROUPS]
    owners, problems = _owners((*agencies, *groups))
    directory_agencies: dict[str, Agency] = {}
    for entry in agencies:
        directory_agencies.setdefault(entry.code, _agency(entry))
    expansion = _Expansion(owners, directory_agencies, groups)
    return AgencyFile(
        directory=Directory(agencies=directory_agencies, groups=expansion.groups()),
        origins={f"agency {entry.code}": entry.place.origin for entry in (*groups, *agencies)},
        problems=(*problems, *expansion.problems),
    )


def _entries(listed: Place) -> tuple[_Entry, ...]:
    coded = ((item, item.at("code").text or item.at("name").text) for item in listed.items)
    return tuple(_Entry(place=item, code=code) for item, code in coded if code)


def _agency(entry: _Entry) -> Agency:
    kind = _KINDS.get(entry.place.at("kind").text or "", AgencyKind.OTHER)
    return Agency(code=entry.code, name=entry.name, kind=kind, aliases=entry.aliases)


def _owners(entries: Sequence[_Entry]) -> tuple[dict[str, _Entry], list[Problem]]:
    """Whom each name means, and the names that mean two."""
    owners: dict[str, _Entry] = {}
    problems = []
    for entry in entries:
        for place, name in entry.names:
            key = name_key(name)
            owner = owners.setdefault(key, entry)
            if not key:
                problems.append(place.problem(f'"{name}" has no letters or digits'))
            elif owner is not entry:
                line = owner.place.origin.line
                problems.append(
                    place.problem(f'"{name}" already means {owner.code} "{owner.name}" (line {line})')
                )
    return owners, problems


class _Expansion:
    """Groups with their members worked out, the innermost first."""

    def __init__(
        self, owners: Mapping[str, _Entry], agencies: Mapping[str, Agency], groups: Sequence[_Entry]
    ) -> None:
        self.problems: list[Problem] = []
        self._owners = owners
        self._agencies = agencies
        self._groups = {entry.code: entry for entry in groups}
        self._members = {entry.code: self._found(entry.place.at("members")) for entry in groups}
        self._falls_to = {entry.code: self._found(entry.place.at("falls_to")) for entry in groups}

    def groups(self) -> dict[str, Group]:
        done: dict[str, Group] = {}
        for code in self._innermost_first():
            done[code] = self._group(self._groups[code], done)
        return {code: done[code] for code in self._groups}

    def _group(self, entry: _Entry, done: Mapping[str, Group]) -> Group:
        kinds = {text for _, text in entry.place.at("kinds").texts}
        of_kind = [agency.code for agency in self._agencies.values() if agency.kind.value in kinds]
        members = _once((*of_kind, *self._expanded(self._members[entry.code], done)))
        falls_to = self._falls_to[entry.code]
        unnamed = entry.place.at("unnamed").text == "true"
        if unnamed and any(entry.place.has(key) for key in ("kinds", "members", "falls_to")):
            self.problems.append(
                entry.place.at("unnamed").problem("an unnamed group has no kinds, members or falls_to")
            )
        return Group(
            code=entry.code,
            name=entry.name,
            aliases=entry.aliases,
            members=members or _once(self._expanded(falls_to, done)),
            stands_in=() if members else falls_to,
            unnamed=unnamed,
        )

    def _expanded(self, codes: Iterable[str], done: Mapping[str, Group]) -> Iterable[str]:
        for code in codes:
            if code in self._agencies:
                yield code
            elif code in done:
                yield from done[code].members

    def _found(self, listed: Place) -> tuple[str, ...]:
        """The codes that `listed` names; what nobody knows is a problem."""
        codes = []
        for place, name in listed.texts:
            owner = self._owners.get(name_key(name))
            if owner is None:
                self.problems.append(place.problem(f'unknown agency or group "{name}"'))
            else:
                codes.append(owner.code)
        return _once(codes)

    def _innermost_first(self) -> tuple[str, ...]:
        inside = {
            code: {name for name in (*self._members[code], *self._falls_to[code]) if name in self._groups}
            for code in self._groups
        }
        for _ in range(MAX_CYCLES):
            try:
                return tuple(TopologicalSorter(inside).static_order())
            except CycleError as error:
                # The sorter names the inner group first.
                ring: list[str] = list(reversed(error.args[1]))
                self.problems.append(
                    self._groups[ring[0]].place.problem(
                        f"group {ring[0]} is inside itself: {' contains '.join(ring)}"
                    )
                )
                inside[ring[0]].discard(ring[1])
                self._members[ring[0]] = tuple(c for c in self._members[ring[0]] if c != ring[1])
                self._falls_to[ring[0]] = tuple(c for c in self._falls_to[ring[0]] if c != ring[1])
        return tuple(self._groups)


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
