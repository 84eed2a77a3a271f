"""Formatted text as Telegram sees it: characters and the entities over them, measured in UTF-16 code units."""
