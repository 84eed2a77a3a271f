"""The Telegram Bot API as the sandbox plays it. https://core.telegram.org/bots/api"""
