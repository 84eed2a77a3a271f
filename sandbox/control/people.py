"""Users and chats: who is there, and whether the bot may talk to them."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.chats import BotStatus, Chat, ChatType, Platform, User
from sandbox.control.body import Body, ControlError, answer, chat_of, read_body, whole_query
from sandbox.control.views import chat_view
from sandbox.control.zalo_chats import put_zalo_chat
from sandbox.conversation import service, set_bot_status
from sandbox.world import World
from sandbox.zalo_addresses import ZALO_CHAT_BASE

FIRST_USER_ID = 1_001
SUPERGROUP_BASE = -1_000_000_000_000


class People:
    """The part of the control API that is about users and chats."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def put_user(self, request: Request) -> Response:
        """Makes a user, or updates the one of the same id."""
        world, body = self._world, await read_body(request)
        number = body.whole_or_none("id")
        if number is None:
            number = max((*world.users, FIRST_USER_ID - 1)) + 1
        if not 0 < number <= ZALO_CHAT_BASE or number in {world.bot.id, world.zalo.bot.id}:
            raise ControlError(f"a user's id lies between 1 and {ZALO_CHAT_BASE} and is not a bot's")
        world.users[number] = User(
            id=number,
            first_name=body.text("first_name"),
            last_name=body.text_or_none("last_name"),
            username=body.text_or_none("username"),
            language_code=body.text_or_none("language_code"),
        )
        self._tell(number)
        return answer(world.users[number].as_api())

    async def put_chat(self, request: Request) -> Response:
        """Makes a chat, or updates the one of the same id, of Telegram unless `platform` says otherwise."""
        world, body = self._world, await read_body(request)
        if body.choice_or_none("platform", Platform) is Platform.ZALO:
            chat = put_zalo_chat(world, body)
        else:
            chat = self._put_telegram_chat(body)
        self._tell(chat.id)
        return answer(chat_view(world, chat))

    def _put_telegram_chat(self, body: Body) -> Chat:
        """With `announce` the bot hears that it was added to a group."""
        world, kind = self._world, body.choice("type", ChatType)
        members, admins = body.wholes_or_none("members"), body.wholes_or_none("admins")
        number = body.whole_or_none("id")
        if kind is ChatType.PRIVATE and number is None:
            number = members[0] if members else None
        number = self._checked_id(number, kind)
        known = world.chats.get(number)
        chat = known or Chat(id=number, type=kind)
        if chat.type is not kind:
            raise ControlError(f"chat {number} is a {chat.type.value} chat")
        people = [number] if kind is ChatType.PRIVATE else members
        unknown = [one for one in (*(people or ()), *(admins or ())) if one not in world.users]
        unknown = [one for one in unknown if one != world.bot.id]
        if unknown:
            raise ControlError(f"there is no user {unknown[0]}", 404)
        self._apply(chat, title=body.text_or_none("title"), members=people, admins=admins)
        started = body.flag_or_none("started")
        chat.started = chat.started if started is None else started
        world.chats[number] = chat
        if known is None and body.flag_or_none("announce") and kind is not ChatType.PRIVATE:
            status, chat.bot_status = chat.bot_status, BotStatus.LEFT
            set_bot_status(
                world, chat, status, by=world.users[chat.members[0]] if chat.members else world.bot
            )
        return chat

    async def block(self, request: Request) -> Response:
        """The person blocks the bot, or the group removes it."""
        return self._status(request, BotStatus.KICKED)

    async def unblock(self, request: Request) -> Response:
        """The person lets the bot talk again, or the group adds it back."""
        return self._status(request, BotStatus.MEMBER)

    async def migrate(self, request: Request) -> Response:
        """A group becomes a supergroup with a new id."""
        world, old = self._world, chat_of(self._world, request)
        if old.type is not ChatType.GROUP or old.is_zalo or old.migrated_to is not None:
            raise ControlError("only a group of Telegram that has not moved yet can become a supergroup", 409)
        new = Chat(
            id=SUPERGROUP_BASE - abs(old.id),
            type=ChatType.SUPERGROUP,
            title=old.title,
            members=list(old.members),
            admins=set(old.admins),
            bot_status=old.bot_status,
            migrated_from=old.id,
        )
        world.chats[new.id] = new
        by = world.users[old.members[0]] if old.members else world.bot
        service(world, old, by, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        service(world, new, by, {"migrate_from_chat_id": old.id})
        self._tell(old.id)
        self._tell(new.id)
        return answer(chat_view(world, new))

    async def read(self, request: Request) -> Response:
        """Somebody looked: nothing is unread."""
        chat = chat_of(self._world, request)
        if chat.unread:
            chat.unread = 0
            self._tell(chat.id)
        return answer({"ok": True})

    async def commands(self, request: Request) -> Response:
        """What one person sees in the chat's list of commands."""
        chat = chat_of(self._world, request)
        person = self._world.users.get(whole_query(request, "user") or chat.id)
        found = self._world.commands.shown_to(
            chat,
            user_id=0 if person is None else person.id,
            language=None if person is None else person.language_code,
        )
        shown = [{"command": one.command, "description": one.description} for one in found]
        return answer({"commands": shown})

    def _checked_id(self, number: int | None, kind: ChatType) -> int:
        """Private chats have the user's id, groups a negative one, supergroups -100…"""
        world = self._world
        match kind:
            case ChatType.PRIVATE:
                if number is None or number not in world.users:
                    raise ControlError("a private chat needs the id of a user", 404)
                return number
            case ChatType.GROUP:
                smallest = min((one for one in world.chats if SUPERGROUP_BASE < one < 0), default=-2_000)
                number = smallest - 1 if number is None else number
                if not SUPERGROUP_BASE < number < 0:
                    raise ControlError("a group's id is below 0 and above -1000000000000")
                return number
            case ChatType.SUPERGROUP:
                smallest = min((one for one in world.chats if one < SUPERGROUP_BASE), default=SUPERGROUP_BASE)
                number = smallest - 1 if number is None else number
                if number >= SUPERGROUP_BASE:
                    raise ControlError("a supergroup's id is below -1000000000000")
                return number

    def _apply(
        self, chat: Chat, *, title: str | None, members: list[int] | None, admins: list[int] | None
    ) -> None:
        bot_id = self._world.bot.id
        if title is not None:
            chat.title = title
        elif chat.title is None and not chat.is_private:
            raise ControlError("a group needs a title")
        if members is not None:
            chat.members = [one for one in dict.fromkeys(members) if one != bot_id]
        if admins is not None:
            missing = [one for one in admins if one not in chat.members and one != bot_id]
            chat.members.extend(dict.fromkeys(missing))
            chat.admins = {one for one in admins if one != bot_id}
            present = chat.bot_status in {BotStatus.MEMBER, BotStatus.ADMINISTRATOR}
            if present and not chat.is_private:
                chat.bot_status = BotStatus.ADMINISTRATOR if bot_id in admins else BotStatus.MEMBER

    def _status(self, request: Request, status: BotStatus) -> Response:
        world, chat = self._world, chat_of(self._world, request)
        blocked = status is BotStatus.KICKED
        inside = chat.bot_status in {BotStatus.MEMBER, BotStatus.ADMINISTRATOR}
        if inside == blocked and chat.migrated_to is None:
            by = world.users[chat.members[0]] if chat.members else world.bot
            set_bot_status(world, chat, status, by=by)
        return answer(chat_view(world, chat))

    def _tell(self, chat_id: int) -> None:
        self._world.changed()
        self._world.events.publish("chat", chat_id=chat_id)
