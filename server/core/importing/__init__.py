"""Texts that a school brings: what was pasted, read from a file or fetched becomes one text in two languages."""
