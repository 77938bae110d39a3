"""A year of lessons that never happened, written as if they had: for demos, and to measure how looking back holds up."""
