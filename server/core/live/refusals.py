"""Why a command was refused: a stable code for programs, and elsewhere a sentence that a child can read."""

from typing import Literal, get_args

RefusalCode = Literal[
    "not_running",
    "not_your_room",
    "not_your_turn",
    "not_yours",
    "step_is_over",
    "step_not_reached",
    "paused",
    "unknown_input",
    "unknown_option",
    "unknown_line",
    "unknown_word",
    "unknown_room",
    "unknown_member",
    "too_many_entries",
    "too_many_lines",
    "nothing_written",
    "room_is_full",
    "room_changed",
    "nobody_left",
    "shared_device",
    "no_gate_left",
    "somebody_was_faster",
    "already_running",
    "no_rooms",
    "adult_missing",
    "not_agreed",
    "consent_missing",
    "keep_apart",
    "changed_by_hand",
    "partners_first",
    "may_not_cross",
    "not_together",
    "unknown_entry",
    "round_is_full",
    "too_late_to_fit",
    "not_allowed",
    "not_at_this_device",
    "not_here",
]
REFUSAL_CODES: tuple[str, ...] = get_args(RefusalCode)


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """A rule says no. `kept` is true where the words were stored all the same."""

    def __init__(self, code: RefusalCode, *, kept: bool = False) -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.kept = kept
