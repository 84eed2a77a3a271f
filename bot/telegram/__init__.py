"""The Telegram channel, through python-telegram-bot's Bot. Receiving is ours: its updater confirms updates before they
are handled and stops for good at one that it cannot parse."""

import os

# RetryAfter.retry_after is a timedelta from the next major release on; say that we are ready for it.
os.environ.setdefault("PTB_TIMEDELTA", "true")
