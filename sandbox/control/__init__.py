"""The control API: people, chats, time and failures, for the chat page and for tests."""
