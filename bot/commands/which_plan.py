"""Which of several plans is meant."""

from collections.abc import Sequence

from store.tables import PlanRow


def plan_named(plans: Sequence[PlanRow], typed: str) -> tuple[PlanRow | None, str]:
    """The plan whose key stands among the words, None when none does, and the other words."""
    words = typed.split()
    plan = next((one for one in plans if one.key in words), None)
    return plan, " ".join(word for word in words if plan is None or word != plan.key)
