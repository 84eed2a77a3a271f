"""What holds for every test."""

import os

from hypothesis import settings

# No deadlines: how fast the machine is today is no property of the program. CI tries the same examples each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
