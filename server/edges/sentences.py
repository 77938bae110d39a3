"""What a refusal or a malformed message means, in a sentence that a child can read."""

from collections.abc import Callable


def sentence(code: str, say: Callable[[str], str]) -> str:
    """Return the sentence of a stable code in the language of `say` (a gettext function)."""
    return say(SENTENCES.get(code, SENTENCES["unknown"]))


def _(message: str) -> str:
    """Mark a message for the translators; it is translated when it is said."""
    return message


SENTENCES: dict[str, str] = {
    "not_running": _("The lesson is not running just now. What you wrote is kept on this device."),
    "not_your_room": _("You have no seat in this room just now. Your teacher will place you."),
    "not_your_turn": _("It is not your turn just now."),
    "not_yours": _("This belongs to somebody else, so it stays as it is."),
    "step_is_over": _("The class has moved on. Your words are kept."),
    "step_not_reached": _("You are not at this step yet."),
    "paused": _("The lesson is paused. You can go on when your teacher resumes it."),
    "unknown_input": _("This answer does not belong to the step. Reload the page and try again."),
    "unknown_option": _("This choice does not exist. Reload the page and try again."),
    "unknown_line": _("This line is not there any more."),
    "unknown_word": _("These words are not in the text. Mark them again."),
    "unknown_room": _("This room does not exist any more."),
    "unknown_member": _("This student is not in the lesson."),
    "too_many_entries": _("That is more than fits here. Take one out first."),
    "too_many_lines": _("Your list is full. Take a line out first."),
    "nothing_written": _("Write something, mark words in the text, or say it aloud and tick the box."),
    "room_is_full": _("This room is full. Choose another one."),
    "room_changed": _("This room has changed a moment ago. Look at who sits there now, then decide."),
    "nobody_left": _("Somebody must stay in the room. To end it, choose “End this room”."),
    "shared_device": _("These two share a device, so they move together."),
    "no_gate_left": _("There is no further step to open."),
    "somebody_was_faster": _("Somebody else did this a moment before you."),
    "already_running": _("The lesson is running already."),
    "no_rooms": _("There are no rooms yet. Propose rooms first."),
    "adult_missing": _("The adult in charge of one side is not signed in yet."),
    "not_agreed": _("Both schools must agree to the plan first."),
    "consent_missing": _(
        "On one side no student may learn with the partner school: the families’ answers are missing, or say otherwise."
    ),
    "keep_apart": _("These two students are to be kept apart."),
    "partners_first": _("The next part begins with new partners. Look at them first, or keep the same."),
    "changed_by_hand": _("These rooms were changed by hand. Look at them as they are now, then decide."),
    "may_not_cross": _("This student does not learn with the partner school in this lesson."),
    "not_together": _("The whole class is not together just now."),
    "unknown_entry": _("This is not on the board any more."),
    "round_is_full": _("Enough have asked to speak in this round. You can still answer with a sign."),
    "too_late_to_fit": _("Too little time is left to shorten the lesson. Bring everyone to the reflection."),
    "not_allowed": _("This is not possible here."),
    "not_at_this_device": _("This learner does not write at this device just now."),
    "not_here": _("This person is not here just now."),
    "malformed": _("That message could not be read. Reload the page and try again."),
    "unknown_kind": _("That message is not known here. Reload the page and try again."),
    "not_a_command": _("That message could not be read. Reload the page and try again."),
    "too_fast": _("That was very fast. Wait a moment, then try again."),
    "saving_is_delayed": _("Saving takes longer than usual. Your words are kept on this device; we are trying again."),
    "internal": _("Something went wrong on our side. Your words are kept on this device; we are trying again."),
    "unknown": _("That did not work. Try again."),
}
