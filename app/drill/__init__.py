"""The drill behind `nhacviec drill`: kill the bot again and again while it works, and look at what its chats show."""
