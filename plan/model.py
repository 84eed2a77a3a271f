"""What a plan says: areas, tasks, outputs, reports, and the agencies of its year. Frozen values, no behaviour
beyond looking things up. Names follow the glossary in docs/architecture.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plan.deadlines import Deadline


class AgencyKind(StrEnum):
    """Level of an agency: department of the province, district, or other."""

    DEPARTMENT = "so"
    DISTRICT = "huyen"
    COMMUNE = "xa"
    OTHER = "khac"


@dataclass(frozen=True, kw_only=True)
class Agency:
    """One office that can owe something. `code` is typed without diacritics, such as "STP"."""

    code: str
    name: str
    kind: AgencyKind
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """A name that stands for several agencies in the plan's year, such as "Các sở, ban, ngành tỉnh".

    `members` are agency codes, fully expanded. A group whose members are not known yet has none of its own:
    `stands_in` then says which groups' members answer for it (their codes are in `members`), and `unnamed` is
    true for groups that the plan leaves open ("các cơ quan có liên quan"), which nobody answers for.
    """

    code: str
    name: str
    members: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    stands_in: tuple[str, ...] = ()
    unnamed: bool = False


@dataclass(frozen=True, kw_only=True)
class Area:
    """One numbered field of the plan, such as 1 "Cải cách thể chế"."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Output:
    """What is handed in. `code` is what officers type ("2.6a"); `schedule` is the annex's phrase word for word."""

    code: str
    product: str
    schedule: str
    deadline: Deadline


@dataclass(frozen=True, kw_only=True)
class Task:
    """One row of the annex. `lead` and `support` are names as printed; `lead_agencies` are the codes behind them."""

    code: str
    area: int
    title: str
    heading: str | None
    outputs: tuple[Output, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]
    lead_agencies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReportPeriod:
    """A period of reporting: data from `data_from` to `cutoff` (chốt số liệu), handed in by `due` (hạn nộp)."""

    key: str
    name: str
    data_from: date
    cutoff: date
    due: date


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report that some agencies owe for every report period of the plan."""

    code: str
    title: str
    owed_by: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One document of one year, with the agencies of that year."""

    key: str
    year: int
    title: str
    document: str
    standing_office: str
    report_address: str | None
    areas: tuple[Area, ...]
    tasks: tuple[Task, ...]
    report_periods: tuple[ReportPeriod, ...]
    reports: tuple[Report, ...]
    agencies: Mapping[str, Agency]
    groups: Mapping[str, Group]
