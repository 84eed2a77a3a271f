"""When: scan for due notices, deliver messages, refresh the plan, and the clockwork that wakes them."""
