"""A code of the plan that this chat's agencies do not owe: who does."""

from bot.codes import code_key, code_stem
from bot.commands.asked import Answer, Asked
from bot.message import message
from bot.wording import joined, runs
from store.lookup import Item, items


async def items_of(asked: Asked, word: str) -> list[Item]:
    """Outputs of active plans that a code means, whoever owes them."""
    key = code_key(word)
    found = await items(asked.session)
    exact = [item for item in found if key in (code_key(item.code), code_key(item.task))]
    return exact or [item for item in found if code_stem(item.code) == key]


async def of_others(asked: Asked, word: str) -> Answer | None:
    """Say whose it is; None when no active plan has the code."""
    found = await items_of(asked, word)
    if not found:
        return None
    item = found[0]
    not_yours = f", không phải việc của {joined(asked.agency_names)}" if asked.agencies else ""
    return Answer(
        message=message(
            f"{item.code} do {joined(item.lead)} chủ trì{not_yours}.",
            choices=[[runs(f"Chi tiết {item.code}", f"/task {item.code}")]],
        )
    )
