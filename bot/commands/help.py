"""/help: what can be asked, on one screen."""

from bot.commands.asked import Answer, Asked
from bot.commands.menu import MENU, Command
from bot.message import block, bold, line, message
from bot.rights import Verdict, judge
from bot.wording import SEE_ALL, SEE_DUE, joined, way_in
from store.lookup import standing_offices
from store.states import ChatKind, Role

_FREE_WORDS = "Gõ tiếng Việt cũng được, có dấu hay không: han, xong 2.6a, viec 2.6a, bao cao."
# In a group the bot sees commands and replies to it only (Bot API, privacy mode).
_GROUP_WORDS = (
    "Gõ tiếng Việt cũng được: /han, /xong 2.6a, /viec 2.6a, /baocao. Trong nhóm, bot chỉ đọc tin bắt đầu bằng"
    " dấu / hoặc tin trả lời bot."
)


def _served(asked: Asked) -> list[str]:
    """What the chat is bound as, in words."""
    offices = [f"cơ quan thường trực ({office.name})" for office in asked.bindings.offices]
    leaders = ["lãnh đạo"] if Role.LEADER in asked.bindings.roles else []
    return [*asked.agency_names, *offices, *leaders]


async def help_(asked: Asked) -> Answer:
    """The commands; a chat that speaks for nobody hears how to get in as well."""
    commands = block(
        *(
            line(f"/{item.command.value}", f" – {item.description}")
            for item in MENU
            if item.command is not Command.HELP and judge(item.command, asked.bindings.roles) is Verdict.YES
        )
    )
    examples = block(
        line(bold("Ví dụ")),
        *(item.example for item in MENU if item.command in (Command.DUE, Command.DONE, Command.TASK)),
        _FREE_WORDS if asked.chat.kind is ChatKind.PRIVATE else _GROUP_WORDS,
    )
    if not asked.bindings.roles - {Role.OPERATOR}:
        operator = Role.OPERATOR in asked.bindings.roles
        who = "Cuộc trò chuyện này nhận tin vận hành hệ thống." if operator else None
        blocks = way_in(await standing_offices(asked.session)).blocks
        return Answer(message=message(*([who] if who else blocks), commands, examples))
    return Answer(
        message=message(
            f"Nhắc Việc đang phục vụ {joined(_served(asked))}.",
            commands,
            examples,
            block("Ghi nhận xong luôn được hỏi lại trước khi ghi, và hoàn tác được trong 7 ngày."),
            choices=[[SEE_DUE, SEE_ALL]],
        )
    )
