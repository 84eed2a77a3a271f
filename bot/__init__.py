"""Talk: commands, wording, and the channels that carry them."""
