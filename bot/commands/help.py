"""/help: what this chat can ask for, by purpose, on one screen."""

from collections.abc import Collection

from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.purposes import DESCRIPTIONS, OVERSEERS, purposes
from bot.message import Block, Choice, block, bold, line, message
from bot.rights import Verdict, judge
from bot.wording import SEE_ALL, SEE_DUE, SEE_STATUS, joined, way_in
from store.lookup import standing_offices
from store.states import ChatKind, Role

_ASKS_FIRST = "Mọi ghi nhận đều được hỏi lại trước, và hoàn tác được trong 7 ngày."


def _served(asked: Asked) -> list[str]:
    """What the chat is bound as, in words."""
    offices = [f"cơ quan thường trực ({office.name})" for office in asked.bindings.offices]
    leaders = ["lãnh đạo"] if Role.LEADER in asked.bindings.roles else []
    return [*asked.agency_names, *offices, *leaders]


async def help_(asked: Asked) -> Answer:
    """The commands by purpose; a chat that speaks for nobody hears how to get in instead."""
    roles = asked.bindings.roles
    commands = [_purpose(name, some) for name, some in purposes(roles)]
    if not roles - {Role.OPERATOR}:
        operator = Role.OPERATOR in roles
        who = ["Cuộc trò chuyện này nhận tin vận hành hệ thống."] if operator else []
        blocks = () if operator else way_in(await standing_offices(asked.session)).blocks
        return Answer(message=message(*who, *blocks, *commands))
    hints = [_in_words(asked)]
    if judge(Command.DONE, roles) is Verdict.YES:
        hints.append(_ASKS_FIRST)
    return Answer(
        message=message(
            f"Nhắc Việc đang phục vụ {joined(_served(asked))}.",
            *commands,
            block(*hints),
            choices=[_first_steps(roles)],
        )
    )


def _purpose(name: str, commands: Collection[Command]) -> Block:
    return block(
        line(bold(name)),
        *(f"/{command.value} – {DESCRIPTIONS[command]}" for command in commands),
    )


def _in_words(asked: Asked) -> str:
    words = ["han", "xong 2.6a", "viec 2.6a"] if asked.agencies else ["tinh hinh", "han", "viec 2.6a"]
    if asked.chat.kind is ChatKind.PRIVATE:
        return f"Gõ tiếng Việt cũng được, có dấu hay không: {', '.join(words)}."
    in_groups = f"Trong nhóm, bot chỉ đọc {asked.entrance.in_groups}."
    return f"Gõ tiếng Việt cũng được: {', '.join(f'/{one}' for one in words)}. {in_groups}"


def _first_steps(roles: Collection[Role]) -> list[Choice]:
    if OVERSEERS.intersection(roles):
        return [SEE_STATUS, SEE_DUE]
    return [SEE_DUE, SEE_ALL]
