"""What papers are made with is heavy, and nobody waits for it but who wants a paper."""

import subprocess
import sys

HEAVY = ("matplotlib", "icalendar")
IMPORTED = f"import app.service, bot.charts, sys; print([name for name in {HEAVY!r} if name in sys.modules])"


def test_the_bot_starts_without_what_makes_papers() -> None:
    found = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
