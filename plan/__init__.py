"""The ground of the tower: what a plan says and what follows from it.

Pure: no clock, no network, no database, no files but the plan's own. `now` and `today` come in as arguments.
"""
