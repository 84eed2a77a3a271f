"""The Zalo channel, through the Zalo Bot Platform: plain words, nothing to tap, few messages."""
