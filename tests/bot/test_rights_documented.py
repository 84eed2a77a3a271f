"""docs/rights.md says what bot/rights.py does."""

from pathlib import Path

from bot.commands.menu import MENU, Command
from bot.rights import Verdict, admins_only, judge
from store.states import Role

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
COLUMNS: tuple[frozenset[Role], ...] = (
    frozenset(),
    frozenset({Role.OFFICER}),
    frozenset({Role.STANDING_OFFICE}),
    frozenset({Role.LEADER}),
    frozenset({Role.OPERATOR}),
)


def rows() -> dict[str, list[str]]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `/")
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def in_a_group(command: Command) -> str:
    if admins_only(command, group_is_strict=False):
        return "admins"
    return "as set" if admins_only(command, group_is_strict=True) else "any member"


def test_the_page_has_a_row_for_every_command_in_the_order_of_the_menu() -> None:
    assert list(rows()) == [f"/{item.command.value}" for item in MENU]


def test_every_cell_of_the_page_is_what_the_program_does() -> None:
    expected = {
        f"/{item.command.value}": [
            *("yes" if judge(item.command, roles) is Verdict.YES else "" for roles in COLUMNS),
            in_a_group(item.command),
        ]
        for item in MENU
    }

    assert rows() == expected
