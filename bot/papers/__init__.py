"""Papers that the bot hands out: from plain data to the bytes of a file. Nothing here reads the store or a clock, and heavy
libraries are imported where they are needed only."""
