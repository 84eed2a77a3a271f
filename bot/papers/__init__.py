"""What the bot hands out as files: from plain data to bytes. Heavy libraries are imported where they are needed only."""
