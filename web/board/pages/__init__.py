"""What each page of the board shows: read from the store, worded as in the chat."""
