"""The grammar of deadline phrases."""

from plan.phrases.reading import judge
from plan.phrases.verdict import Verdict

__all__ = ["Verdict", "judge"]
