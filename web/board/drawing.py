"""Pages out of templates: what people wrote is escaped, always."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.commands.board import PATH
from bot.message import Line, Span, Style
from bot.wording import capitalised, day_month, full_day, full_named_day, named_day
from store.agenda import Entry

_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.CODE: "code"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a template shows, under which title."""

    template: str
    title: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


def drawn(page: Page, **around: Any) -> str:
    """The page as HTML; `around` is what every page has."""
    return _templates().get_template(page.template).render(title=page.title, **around, **page.shows)


def words(*lines: Line) -> Markup:
    """Lines of a message, with their styles; a line break between two."""
    return Markup("<br>").join(Markup("").join(_span(span) for span in line) for line in lines)


def words_of(lines: Iterable[Line]) -> Markup:
    return words(*lines)


def task_path(plan: str, task: str) -> str:
    return f"{PATH}/task/{quote(plan, safe='')}/{quote(task, safe='')}"


def entry_path(entry: Entry) -> str:
    """Where an assignment stands on its task's page."""
    return f"{task_path(entry.plan_key, entry.task)}#a{entry.id}"


def agency_path(agency: str, **narrowed: object) -> str:
    return with_query(f"{PATH}/agency/{quote(agency, safe='')}", **narrowed)


def with_query(path: str, **narrowed: object) -> str:
    """The path with those of the filters that are set."""
    query = urlencode({name: value for name, value in narrowed.items() if value is not None})
    return f"{path}?{query}" if query else path


def _span(span: Span) -> Markup:
    text = escape(span.text)
    tag = _TAGS.get(span.style)
    return text if tag is None else Markup("<{0}>{1}</{0}>").format(Markup(tag), text)  # noqa: S704 (ours)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        home=PATH,
        words=words,
        words_of=words_of,
        task_path=task_path,
        entry_path=entry_path,
        agency_path=agency_path,
        with_query=with_query,
    )
    environment.filters.update(
        full_day=full_day,
        day_month=day_month,
        named_day=named_day,
        full_named_day=full_named_day,
        capitalised=capitalised,
    )
    return environment
