"""Doors and pages: health, and where services bring what comes in."""
