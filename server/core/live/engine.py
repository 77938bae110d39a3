"""The rules of the room: what a command makes happen. Values in, values out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.answers import MOST_LINES, check_entries, contact_details, held_back, the_input
from server.core.live.boards import wondered
from server.core.live.protocol import Step
from server.core.live.refusals import Refused
from server.core.live.scene import Scene, limit
from server.core.live.state import Line, Phase, Room, apply_room, current_step
from server.core.live.turns import TurnNow, turn_now
from server.core.live.works import Entries, MemberId, Work


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, and the words that go with it (stored in the same transaction).

    `refused` is set where the words are kept although the command came too late for its step.
    """

    events: tuple[e.AnyEvent, ...] = ()
    works: tuple[Work, ...] = ()
    refused: Refused | None = None


def decide_room(room: Room, scene: Scene, sender: c.Sender, command: c.RoomDecision) -> Decision:
    """Return what `command` makes happen in the room, or raise Refused. Changes nothing."""
    if isinstance(sender, c.Student) and isinstance(command, c.Answer) and _sat_here(room, scene, sender.member):
        # At the bell what was half-written is kept where it was written, although its writer was moved since.
        return _late(room, scene, sender.member, command)
    if scene.session.status == "closed" and isinstance(sender, c.Student) and isinstance(command, c.Answer | c.AddLine):
        # The bell rang: what was being written is kept, whatever the step.
        return _late(room, scene, _seated(room, scene, sender.member), command)
    # What was on its way when the lesson was set aside still comes in.
    last_words = scene.session.status == "set_aside" and isinstance(sender, c.Student) and isinstance(command, c.Answer)
    if scene.session.status != "running" and not last_words:
        raise Refused("not_running")
    match sender, command:
        case c.Student(member=member), c.AskHelp() | c.CancelHelp():
            return _help(room, scene, _seated(room, scene, member), command)
        case c.Student(member=member), c.StepCommand():
            return _student(room, scene, _seated(room, scene, member), command)
        case c.Teacher(), c.RoomCommand():
            return _teacher(room, scene, sender, command)
        case c.Clock(), c.Tick():
            return _tick(room, scene, command)
        case _:
            raise Refused("not_allowed")


def _seated(room: Room, scene: Scene, member: MemberId) -> MemberId:
    if member not in scene.seated(room):
        raise Refused("not_your_room")
    return member


def _sat_here(room: Room, scene: Scene, member: MemberId) -> bool:
    """Whether a member sat in this room earlier in the lesson and does no more."""
    return member not in scene.seated(room) and room.id in scene.session.former.get(member, ())


def _help(room: Room, scene: Scene, member: MemberId, command: c.AskHelp | c.CancelHelp) -> Decision:
    step = current_step(room, scene.session)
    match command:
        case c.AskHelp(reason=given):
            # The partner sees the reason too.
            reason = "" if contact_details(given) else given
            # Asking again says more: the place in the queue stays, and so does the teacher who is on the way.
            call = room.help
            same = call is not None and (call.reason == reason or (reason == "" and call.member != member))
            return Decision(() if same else (e.HelpAsked(step=step, member=member, reason=reason),))
        case c.CancelHelp():
            return Decision((e.HelpCleared(step=step),) if room.help else ())
        case _:
            assert_never(command)


def _student(room: Room, scene: Scene, member: MemberId, command: c.StepCommand) -> Decision:
    now_at = current_step(room, scene.session)
    if command.step > now_at:
        raise Refused("step_not_reached")
    if command.step < now_at:
        if isinstance(command, c.Answer | c.AddLine):
            return _late(room, scene, member, command)
        raise Refused("step_is_over")
    if scene.session.paused and not isinstance(command, c.Answer):
        raise Refused("paused")
    step = scene.step(room)
    if step is None:
        raise Refused("step_is_over")
    match command:
        case c.Answer():
            return _answer(room, scene, step, member, command)
        case c.Finish():
            events = (
                () if member in room.finished and room.step == now_at else (e.Finished(step=now_at, member=member),)
            )
            return Decision(_with_advance(room, scene, events))
        case c.Reopen():
            return Decision((e.Reopened(step=now_at, member=member),) if member in room.finished else ())
        case c.TakeTurn(passed=passed):
            return Decision(_with_advance(room, scene, _turn_taken(room, scene, member, passed=passed)))
        case c.Confirm():
            return Decision(_with_advance(room, scene, _confirmed(room, scene, step, member, command)))
        case c.Share():
            return Decision(_shared(room, scene, member, command))
        case c.WonderToo():
            return Decision(wondered(room, scene, member, command))
        case _:
            return _line(room, scene, step, member, command)


def _late(room: Room, scene: Scene, member: MemberId, command: c.Answer | c.AddLine) -> Decision:
    """The lesson moved on; the words must not be lost."""
    over = Refused("step_is_over", kept=True)
    passed = scene.as_met(scene.lesson.steps[command.step], room) if _exists(scene, command.step) else None
    if passed is None or not _says_something(command.entries):
        raise Refused("step_is_over")
    if (passed.kind == "together") != isinstance(command, c.AddLine):
        raise Refused("unknown_input")
    asked = the_input(passed, command.input)
    check_entries(asked, command.entries, scene.lesson)
    now_at = current_step(room, scene.session)
    event = e.Answered(step=now_at, member=member, of_step=command.step, input=asked.id, work=scene.new_id, late=True)
    return Decision((event,), (_work(scene, member, command.entries, passed),), over)


def _exists(scene: Scene, index: int) -> bool:
    return 0 <= index < len(scene.lesson.steps)


def _says_something(entries: Entries) -> bool:
    return any(entry.says_something() for entry in entries)


def _work(scene: Scene, member: MemberId, entries: Entries, step: Step) -> Work:
    shown_to_partner = step.visibility in ("after_reveal", "live")
    return Work(scene.new_id, member, tuple(entries), held_back(entries) if shown_to_partner else "")


def _answer(room: Room, scene: Scene, step: Step, member: MemberId, command: c.Answer) -> Decision:
    if step.kind == "together":
        raise Refused("unknown_input")
    asked = the_input(step, command.input)
    check_entries(asked, command.entries, scene.lesson)
    now_at = command.step
    event = e.Answered(step=now_at, member=member, of_step=now_at, input=asked.id, work=scene.new_id)
    return Decision((event,), (_work(scene, member, command.entries, step),))


def _turn_taken(room: Room, scene: Scene, member: MemberId, *, passed: bool) -> tuple[e.RoomEvents, ...]:
    turn = turn_now(_arrived(room, scene), scene)
    if turn is None or turn.acts != member:
        raise Refused("not_your_turn")
    at = current_step(room, scene.session)
    if turn.phase == "speak" and (passed or turn.listener is None or _kind(room, scene) != "restate"):
        return (e.TurnTaken(step=at, member=turn.speaker, key=turn.key, passed=passed),)
    match turn.phase:
        case "speak":
            return (e.PhaseMoved(step=at, speaker=turn.speaker, phase="restate"),)
        case "restate":
            return (e.PhaseMoved(step=at, speaker=turn.speaker, phase="confirm", loops=turn.loops + 1),)
        case "show":
            return (e.PhaseMoved(step=at, speaker=turn.speaker, phase="ask", loops=turn.loops),)
        case "confirm":
            raise Refused("not_your_turn")
        case "ask":
            return (e.TurnTaken(step=at, member=turn.speaker, key=turn.key),)
        case _:
            assert_never(turn.phase)


def _kind(room: Room, scene: Scene) -> str:
    step = scene.step(room)
    return step.kind if step else ""


def _confirmed(room: Room, scene: Scene, step: Step, by: MemberId, command: c.Confirm) -> tuple[e.RoomEvents, ...]:
    at = command.step
    if step.completion == "partner_confirms" and command.member:
        if partner_of(command.member, scene.seated(room)) != by:
            raise Refused("not_yours")
        return (e.PartnerConfirmed(step=at, member=command.member, by=by, right=command.right),)
    turn = turn_now(_arrived(room, scene), scene)
    if turn is None or turn.phase != "confirm" or turn.acts != by:
        raise Refused("not_your_turn")
    return (e.PhaseMoved(step=at, speaker=turn.speaker, phase=_after_confirm(turn, step, command), loops=turn.loops),)


def _after_confirm(turn: TurnNow, step: Step, command: c.Confirm) -> Phase:
    if command.right:
        return "ask"
    return "restate" if turn.loops < step.max_loops else "show"


def partner_of(member: MemberId, seated: tuple[MemberId, ...]) -> MemberId | None:
    """Return whose idea `member` writes down: the next in seat order, so that in a trio everyone is somebody's partner."""
    if member not in seated or len(seated) < 2:
        return None
    return seated[(seated.index(member) + 1) % len(seated)]


def _shared(room: Room, scene: Scene, member: MemberId, command: c.Share) -> tuple[e.RoomEvents, ...]:
    lesson_step = scene.lesson_step(room)
    if lesson_step is None or lesson_step.step.kind != "board":
        raise Refused("not_allowed")
    mine = {
        work
        for (index, _), given in room.answers.items()
        if scene.lesson.steps[index].id in lesson_step.uses
        for author, work in given.items()
        if author == member
    }
    lines = {line.work for line in room.lines if scene.lesson.steps[line.step].id in lesson_step.uses}
    if command.work not in mine | lines:
        raise Refused("not_yours")
    there = any(s.work == command.work and s.entry == command.entry and s.step == command.step for s in room.shared)
    event = e.Shared(step=command.step, member=member, work=command.work, entry=command.entry)
    return () if there else (event,)


def _line(room: Room, scene: Scene, step: Step, member: MemberId, command: c.StepCommand) -> Decision:
    if step.kind != "together":
        raise Refused("unknown_input")
    at = command.step
    match command:
        case c.AddLine(entries=entries):
            _check_line(step, scene, command.input, entries)
            if sum(line.step == at for line in room.lines) >= MOST_LINES:
                raise Refused("too_many_lines")
            event = e.LineAdded(step=at, member=member, line=scene.new_id, work=scene.new_id)
            return Decision((event,), (_work(scene, member, entries, step),))
        case c.RewordLine(line=line_id, entries=entries):
            line = _line_of(room, at, line_id)
            _check_line(step, scene, step.inputs[0].id, entries)
            work = _work(scene, member, entries, step)
            if line.author == member:
                return Decision((e.LineReworded(step=at, line=line.id, work=work.id),), (work,))
            if line.proposal is not None and line.proposal[0] != member:
                # The author has not answered yet, and nobody writes over another's words.
                raise Refused("somebody_was_faster")
            return Decision((e.LineProposed(step=at, member=member, line=line.id, work=work.id),), (work,))
        case c.AnswerProposal(line=line_id, accept=accept):
            line = _own_line(room, at, line_id, member)
            if line.proposal is None:
                raise Refused("unknown_line")
            if not accept:
                return Decision((e.ProposalDeclined(step=at, line=line.id),))
            return Decision((e.LineReworded(step=at, line=line.id, work=line.proposal[1]),))
        case c.ApproveLine(line=line_id, approves=approves):
            line = _line_of(room, at, line_id)
            return Decision((e.LineApproved(step=at, member=member, line=line.id, approves=approves),))
        case c.ChooseLine(line=line_id):
            return Decision((e.LineChosen(step=at, member=member, line=_line_of(room, at, line_id).id),))
        case c.WithdrawLine(line=line_id):
            return Decision((e.LineWithdrawn(step=at, line=_own_line(room, at, line_id, member).id),))
        case _:
            raise Refused("not_allowed")


def _check_line(step: Step, scene: Scene, input_id: str, entries: Entries) -> None:
    asked = the_input(step, input_id)
    if len(entries) != 1:
        raise Refused("too_many_entries" if entries else "nothing_written")
    if not _says_something(entries):
        raise Refused("nothing_written")
    check_entries(asked, entries, scene.lesson)


def _line_of(room: Room, at: int, line_id: str) -> Line:
    line = room.line(line_id)
    if line is None or line.step != at:
        raise Refused("unknown_line")
    return line


def _own_line(room: Room, at: int, line_id: str, member: MemberId) -> Line:
    line = _line_of(room, at, line_id)
    if line.author != member:
        raise Refused("not_yours")
    return line


def _teacher(room: Room, scene: Scene, teacher: c.Teacher, command: c.RoomCommand) -> Decision:
    at = current_step(room, scene.session)
    match command:
        case c.AddTime(seconds=seconds):
            return Decision((e.TimeAdded(step=at, seconds=seconds, by=teacher.staff),))
        case c.MoveRoomOn(step=step):
            if step != at:
                raise Refused("somebody_was_faster")
            following = _following(room, scene, at)
            if following is None:
                raise Refused("no_gate_left")
            return Decision((e.StepEntered(step=following),))
        case c.TakeHelp():
            if room.help is None:
                raise Refused("somebody_was_faster")
            if room.help.taken_by and room.help.taken_by != teacher.staff:
                raise Refused("somebody_was_faster")
            return Decision((e.HelpTaken(step=at, by=teacher.staff),))
        case c.ClearHelp():
            return Decision((e.HelpCleared(step=at),) if room.help else ())
        case c.EnterRoom(listening_only=listening_only):
            came = e.TeacherCame(step=at, by=teacher.staff, listening_only=listening_only)
            # Whoever called has a teacher beside them now.
            cleared = (e.HelpCleared(step=at),) if room.help else ()
            return Decision((came, *cleared))
        case c.LeaveRoom():
            return Decision((e.TeacherWent(step=at, by=teacher.staff),) if teacher.staff in room.visitors else ())
        case _:
            raise Refused("not_allowed")


def _tick(room: Room, scene: Scene, command: c.Tick) -> Decision:
    """Early is harmless, late is harmless, twice is harmless."""
    at = current_step(room, scene.session)
    step = scene.step(room)
    if command.step != at or step is None or scene.session.paused:
        return Decision()
    over = scene.deadline(room)
    if step.completion == "timer" and over is not None and scene.now >= over:
        following = _following(room, scene, at)
        return Decision((e.StepEntered(step=following),) if following is not None else ())
    return Decision(_with_advance(room, scene, ()))


def _arrived(room: Room, scene: Scene) -> Room:
    """Return the room as it stands on its current step: a floor that moved on leaves what was done before behind."""
    at = current_step(room, scene.session)
    return room if room.step >= at else apply_room(room, e.StepEntered(step=at), scene.now)


def _with_advance(room: Room, scene: Scene, events: tuple[e.RoomEvents, ...]) -> tuple[e.RoomEvents, ...]:
    """Add the step that follows, once all who are present are done with this one."""
    after = _arrived(room, scene)
    for event in events:
        after = apply_room(after, event, scene.now)
    if not _complete(after, scene):
        return events
    following = _following(after, scene, current_step(after, scene.session))
    return events if following is None else (*events, e.StepEntered(step=following))


def _complete(room: Room, scene: Scene) -> bool:
    step = scene.step(room)
    here = scene.here(room)
    if step is None or not here or scene.session.paused or step.scope == "class" or step.completion == "teacher":
        return False
    if all(member in room.finished for member in here):
        return True
    # Where there was no turn to take (nobody here reads the text's languages), only Done ends the step.
    return step.completion == "turns" and bool(room.taken) and turn_now(room, scene) is None


def _following(room: Room, scene: Scene, at: int) -> int | None:
    """Return the next step for this room's size, or None where the class must be waited for."""
    last = limit(scene.lesson, scene.session)
    if at >= last:
        return None
    size = scene.group_size(room)
    fits: Callable[[int], bool] = lambda i: (  # noqa: E731 -- read in place
        i not in scene.session.left_out and scene.lesson.steps[i].fitted(size) is not None
    )
    return next((i for i in range(at + 1, last + 1) if i >= len(scene.lesson.steps) or fits(i)), None)


def look_again_at(room: Room, scene: Scene, grace: timedelta) -> datetime | None:
    """Return when the clock should look at this room without being asked, or None.

    A timed step ends by the clock; and a room in which somebody waits for somebody is looked at after the grace, so that
    a partner who vanished never freezes it.
    """
    step = scene.step(room)
    if step is None or scene.session.paused or scene.session.status != "running" or step.scope == "class":
        return None
    if step.completion == "timer":
        return scene.deadline(room)
    arrived = _arrived(room, scene)
    waiting = bool(arrived.finished) or bool(arrived.taken)
    return scene.now + grace if waiting and not _complete(arrived, scene) else None
