"""What an operator sets: environment variables and the two YAML files beside this one. Read by app only."""
