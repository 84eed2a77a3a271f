"""Papers that the bot hands out: from plain data to the bytes of a file. Nothing here reads the store or a clock."""
