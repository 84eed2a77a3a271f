"""`python -m bench.echo_bot URL`: python-telegram-bot's echo bot, as its documentation writes one."""

import sys

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bench.town import TOKEN


async def echo(update: Update, _: object) -> None:
    """Say what was said."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main(url: str, at_once: int) -> None:
    """Polls until SIGTERM, handling so many updates at once (0: one after the other, the library's default)."""
    builder = Application.builder().token(TOKEN).base_url(f"{url}/bot").concurrent_updates(at_once or False)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=[Update.MESSAGE])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
