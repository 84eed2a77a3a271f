"""The board: pages for those who oversee a plan, drawn by the server, on a phone and on a wall screen alike."""
