"""/who: what this chat is bound as, and what it may do. It names no person."""

from bot.commands.asked import Answer, Asked
from bot.commands.binding_words import bound_to, held_words, role_may, since_words
from bot.commands.group import setting_words
from bot.message import Block, Message, block, bold, line, message
from bot.wording import SEE_DUE, SEE_HELP, capitalised, way_in
from store.bindings import bindings_held
from store.invites import requests_of
from store.lookup import standing_offices
from store.states import ChatKind, Role
from store.tables import AgencyRow


async def who(asked: Asked) -> Answer:
    """For a chat that is bound as nothing: how to get in."""
    held = await bindings_held(asked.session, chat_id=asked.chat.id)
    waiting = await _waiting(asked)
    if not held:
        rest = way_in(await standing_offices(asked.session)) if not waiting else message()
        return Answer(message=Message(blocks=(*waiting, *rest.blocks), choices=((SEE_HELP,),)))
    roles = list(dict.fromkeys(one.role for one in held))
    lines = [line("• ", bold(capitalised(held_words(one))), f" · {since_words(one)}") for one in held]
    in_group = asked.chat.kind is ChatKind.GROUP
    readers = set(roles) - {Role.OPERATOR}
    return Answer(
        message=message(
            block(
                line(bold("Nhóm này" if in_group else "Cuộc trò chuyện này"), " đang kết nối với:"), *lines
            ),
            *waiting,
            *([setting_words(asked.chat.admins_only)] if in_group else []),
            f"Được làm: {'; '.join(role_may(role) for role in roles)}.",
            choices=[[SEE_DUE, SEE_HELP] if readers else [SEE_HELP]],
        )
    )


async def _waiting(asked: Asked) -> list[Block]:
    """What the chat has asked to be bound as, until the standing office decides."""
    blocks = []
    for request in await requests_of(asked.session, asked.chat.id):
        agency = await asked.session.get(AgencyRow, request.details["agency"])
        office = await asked.session.get(AgencyRow, request.office)
        what = bound_to(Role(request.details["role"]), agency.name if agency else "")
        blocks.append(
            block(f"Kết nối với {what} đang chờ {office.name if office else 'cơ quan thường trực'} đồng ý.")
        )
    return blocks
