"""setMyCommands, getMyCommands, deleteMyCommands."""

import re

from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.params import Params
from sandbox.bot_api.recipients import known_chat
from sandbox.command_lists import Command, Scope
from sandbox.world import World

COMMANDS_MAX = 100
DESCRIPTION_MAX = 256
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_WIDE = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_OF_CHAT = frozenset({"chat", "chat_administrators", "chat_member"})


def set_my_commands(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#setmycommands"""
    given = params.structure("commands", "can't parse commands JSON object")
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    commands = tuple(_command(one) for one in given)
    if len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.commands.put(_scope(world, params), _language(params), commands)
    _lists_changed(world)
    return True


def get_my_commands(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getmycommands"""
    found = world.commands.exactly(_scope(world, params), _language(params))
    return [{"command": one.command, "description": one.description} for one in found]


def delete_my_commands(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#deletemycommands"""
    world.commands.put(_scope(world, params), _language(params), ())
    _lists_changed(world)
    return True


def _lists_changed(world: World) -> None:
    world.changed()
    world.events.publish("commands")


def _command(given: object) -> Command:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = given.get("command"), given.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        missing = "command" if not isinstance(name, str) else "description"
        raise bad_request(f"can't parse BotCommand: Can't find field \"{missing}\"")
    if not _NAME.fullmatch(name.strip().removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= DESCRIPTION_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return Command(command=name.strip().removeprefix("/"), description=description.strip())


def _scope(world: World, params: Params) -> Scope:
    given = params.structure("scope", "can't parse BotCommandScope JSON object")
    if given is None:
        return Scope(type="default")
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommandScope: expected an Object")
    kind = given.get("type")
    if kind in _WIDE:
        return Scope(type=str(kind))
    if kind not in _OF_CHAT:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = known_chat(world, Params(values=given))
    if kind != "chat" and chat.is_private:
        raise bad_request("can't use specified scope in the private chat")
    user_id = Params(values=given).integer("user_id") if kind == "chat_member" else 0
    if kind == "chat_member" and user_id not in world.users:
        raise bad_request("can't parse BotCommandScope: invalid user_id specified")
    return Scope(type=str(kind), chat_id=chat.id, user_id=user_id)


def _language(params: Params) -> str:
    code = params.text("language_code").strip()
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("LANG_CODE_INVALID")
    return code
