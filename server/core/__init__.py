"""The rules of Havruta: values in, values out; no I/O, no clock, no randomness."""
