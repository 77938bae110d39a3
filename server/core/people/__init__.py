"""Who takes part, in which role, and what their families agreed to."""
