"""Which methods the sandbox plays, by their names in lower case."""

from collections.abc import Callable

from sandbox.bot_api import chat_methods, command_methods, editing, file_methods, sending
from sandbox.bot_api.params import Params
from sandbox.world import World

Method = Callable[[World, Params], object]

METHODS: dict[str, Method] = {
    name.lower(): method
    for name, method in {
        "getMe": chat_methods.get_me,
        "getChat": chat_methods.get_chat,
        "getChatMember": chat_methods.get_chat_member,
        "getChatMemberCount": chat_methods.get_chat_member_count,
        "getChatAdministrators": chat_methods.get_chat_administrators,
        "leaveChat": chat_methods.leave_chat,
        "pinChatMessage": chat_methods.pin_chat_message,
        "unpinChatMessage": chat_methods.unpin_chat_message,
        "unpinAllChatMessages": chat_methods.unpin_all_chat_messages,
        "sendMessage": sending.send_message,
        "sendDocument": sending.send_document,
        "sendPhoto": sending.send_photo,
        "sendChatAction": sending.send_chat_action,
        "editMessageText": editing.edit_message_text,
        "editMessageCaption": editing.edit_message_caption,
        "editMessageReplyMarkup": editing.edit_message_reply_markup,
        "deleteMessage": editing.delete_message,
        "deleteMessages": editing.delete_messages,
        "answerCallbackQuery": editing.answer_callback_query,
        "setMyCommands": command_methods.set_my_commands,
        "getMyCommands": command_methods.get_my_commands,
        "deleteMyCommands": command_methods.delete_my_commands,
        "getFile": file_methods.get_file,
    }.items()
}
