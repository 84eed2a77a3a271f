"""Measurements of Nhắc Việc, side by side with what people use instead: `make bench`, or `python -m bench SECTION`.

The sandbox stands in for Telegram, in a process of its own; bots whose speed is measured run in processes of their own
too; this program puts load on them and reads the clock.
"""
