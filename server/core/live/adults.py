"""What the adults of a lesson may do there: a substitute most of what helps children, a guest nothing but look."""

from typing import Literal

from server.core.live import commands as c

PeerKind = Literal["student", "teacher", "guest"]

SUBSTITUTE_MAY: tuple[type[c.Command], ...] = (
    # One by one, and nothing by default: what is new is refused until somebody has thought about it.
    c.AddTime,
    c.MoveRoomOn,
    c.TakeHelp,
    c.ClearHelp,
    c.EnterRoom,
    c.LeaveRoom,
    c.ProposeRooms,
    c.MoveSeat,
    c.StartLesson,
    c.NextGate,
    c.Pause,
    c.Resume,
    c.ExtendAll,
    c.SendNote,
    c.PartRoom,
    c.ShareClassroom,
    c.GiveFloor,
    c.PutHandDown,
    c.MutePerson,
    c.Spotlight,
    c.StartModelling,
    c.EndModelling,
    c.SplitRoom,
    c.MergeRooms,
    c.EndRoom,
    c.ChooseArrivals,
    c.DoPlacing,
    c.DeclinePlacing,
    c.UndoPlacing,
    c.OfferFloor,
    c.NextSpeaker,
    c.OrderRound,
    c.PutAside,
    c.PinEntry,
    c.WarnMinute,
    c.FitToBell,
    c.CancelWrapUp,
    c.ArrangeRooms,
    c.StartPartners,
)


def substitute_may(command: c.TeacherCommand) -> bool:
    """Whether a substitute may give this command: never what outlasts the lesson (taking a child out, closing it)."""
    return isinstance(command, SUBSTITUTE_MAY)
