"""Who a name stands for: agencies and groups of one year, found by code, name or alias, however they were typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from plan.model import Agency, Group, Plan
from plan.text import fold


def name_key(name: str) -> str:
    """The form in which names meet: "Sở TT&TT", "so tttt" and "SO TT-TT" are one; "" when nothing is left."""
    return "".join(char for char in fold(name) if char.isalnum())


@dataclass(frozen=True)
class Directory:
    """The agencies and groups of a plan's year by their codes."""

    agencies: Mapping[str, Agency]
    groups: Mapping[str, Group]

    @classmethod
    def of(cls, plan: Plan) -> "Directory":
        """The directory of a loaded plan."""
        return cls(agencies=plan.agencies, groups=plan.groups)

    def find(self, name: str) -> Agency | Group | None:
        """The agency or group that `name` (a code, a name, an alias) means; None when it means none."""
        return self._by_key.get(name_key(name))

    def codes(self, names: Iterable[str]) -> tuple[str, ...]:
        """The codes of all agencies behind `names`, each once, in order; unknown names add nothing."""
        codes: dict[str, None] = {}
        for name in names:
            match self.find(name):
                case Agency(code=code):
                    codes[code] = None
                case Group(members=members):
                    codes.update(dict.fromkeys(members))
                case None:
                    pass
        return tuple(codes)

    def suggestion(self, name: str) -> str | None:
        """'"Sở Tư pháp" (STP)': what `name` was probably meant to be; None when nothing is near."""
        key = name_key(name)
        near = process.extractOne(key, self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=65)
        entry = None if near is None else self._by_key[near[0]]
        return None if entry is None else f'"{entry.name}" ({entry.code})'

    @cached_property
    def _by_key(self) -> Mapping[str, Agency | Group]:
        entries: tuple[Agency | Group, ...] = (*self.agencies.values(), *self.groups.values())
        return {
            name_key(name): entry for entry in entries for name in (entry.name, *entry.aliases, entry.code)
        }
