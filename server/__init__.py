"""Havruta's server: live protocol sessions for twinned classrooms."""
