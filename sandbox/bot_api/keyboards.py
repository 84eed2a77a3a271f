"""Buttons under a message and keyboards in place of the phone's. https://core.telegram.org/bots/api#inlinekeyboardmarkup"""

from dataclasses import dataclass

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.bot_api.params import Params
from sandbox.chats import Chat
from sandbox.entities.links import checked_url, mentioned_user
from sandbox.json_types import JsonObject

CALLBACK_DATA_MAX_BYTES = 64
COPY_TEXT_MAX = 256
BUTTONS_MAX = 100
_STYLES = frozenset({"primary", "success", "danger"})
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Markup:
    """`inline` belongs to the message and is shown by the Bot API; `keyboard` is any other kind."""

    inline: JsonObject | None = None
    keyboard: JsonObject | None = None


def read_markup(params: Params, chat: Chat) -> Markup:
    """The `reply_markup` of a call; 400 in Telegram's words when it will not do."""
    given = params.structure("reply_markup", "can't parse reply markup JSON object")
    if given is None:
        return Markup()
    if not isinstance(given, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in given:
        rows = _rows(given["inline_keyboard"], "inline_keyboard", "InlineKeyboardButton")
        shown = [[_inline_button(button, chat) for button in row] for row in rows if row]
        if sum(map(len, shown)) > BUTTONS_MAX:
            raise bad_request("reply markup is too long")
        return Markup(inline={"inline_keyboard": shown} if shown else None)
    if "keyboard" in given:
        rows = _rows(given["keyboard"], "keyboard", "KeyboardButton")
        shown = [[_reply_button(button) for button in row] for row in rows if row]
        if not shown:
            return Markup()
        return Markup(keyboard=given | {"keyboard": shown})
    if given.get("remove_keyboard") is True or given.get("force_reply") is True:
        return Markup(keyboard=dict(given))
    return Markup()


def _rows(given: object, name: str, button: str) -> list[list[object]]:
    if not isinstance(given, list):
        raise bad_request(f'field "{name}" of the {name.replace("_", " ")} must be an Array')
    for row in given:
        if not isinstance(row, list):
            raise bad_request(f'field "{name}" must be an Array of Arrays of {button}')
    return given


def _inline_button(given: object, chat: Chat) -> JsonObject:
    if not isinstance(given, dict):
        raise _unreadable("expected an Object")
    text = given.get("text")
    if not isinstance(text, str):
        raise _unreadable('Can\'t find field "text"')
    if not text.strip():
        raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    actions = [name for name in _ACTIONS if given.get(name) is not None]
    if not actions:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    action = actions[0]
    button: JsonObject = {"text": text.strip(), action: _action(action, given[action], chat)}
    if (style := given.get("style")) is not None:
        if style not in _STYLES:
            raise _unreadable("Invalid button style specified")
        button["style"] = style
    return button


def _action(action: str, value: object, chat: Chat) -> object:
    match action:
        case "callback_data":
            if not isinstance(value, str) or not 1 <= len(value.encode()) <= CALLBACK_DATA_MAX_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
            return value
        case "url":
            url = checked_url(value) if isinstance(value, str) else None
            if url is None:
                raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
            return value if isinstance(value, str) and mentioned_user(value) else url
        case "copy_text":
            copied = value.get("text") if isinstance(value, dict) else None
            if not isinstance(copied, str) or not 1 <= len(copied) <= COPY_TEXT_MAX:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
            return {"text": copied}
        case "web_app":
            address = value.get("url") if isinstance(value, dict) else None
            if not isinstance(address, str) or not address.startswith("https://"):
                raise bad_request(
                    f"inline keyboard button Web App URL '{address}' is invalid: Only HTTPS links are allowed"
                )
            if not chat.is_private:
                raise bad_request("BUTTON_TYPE_INVALID")
            return {"url": address}
        case _:
            return value


def _reply_button(given: object) -> JsonObject:
    if isinstance(given, str):
        given = {"text": given}
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ApiError(400, "Bad Request: can't parse keyboard button: Can't find field \"text\"")
    if not str(given["text"]).strip():
        raise ApiError(400, "Bad Request: keyboard button text must be non-empty")
    return dict(given)


def _unreadable(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse inline keyboard button: {reason}")
