"""Every message of the live room. Commands come in with an id; views, rows, notices and signals go out."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from server.core.live import commands as c
from server.core.live import views as v
from server.core.live.boards import BoardView
from server.core.live.guests import GuestView, PassesView
from server.core.live.media import TalkView
from server.core.live.projector import ProjectorView
from server.core.live.rounds import RoundView
from server.core.live.works import Entries, MemberId, RoomId

LARGEST_MESSAGE = 32_768
CommandId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Message(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SaveDraft(Message):
    """What I have typed so far; the highest `sequence` wins. Seen by nobody else."""

    kind: Literal["save_draft"] = "save_draft"
    step: c.StepIndex
    input: c.Short
    sequence: Annotated[int, Field(ge=0, le=2**53)]
    entries: Entries


class ReportConcern(Message):
    """Report a concern: about my partner, an adult here, or me or home. `apart`: I want to be apart from my partner now."""

    kind: Literal["report_concern"] = "report_concern"
    about: Literal["partner", "adult", "me"]
    words: Annotated[str, Field(max_length=2_000)] = ""
    apart: bool = False


class DeviceState(Message):
    """Which of my devices work: marks in the teacher's lobby and for my partner. `holding`: I hold to talk out of turn.

    `line`: how this device finds its own way out; the teachers' board shows it.
    """

    kind: Literal["device_state"] = "device_state"
    camera: Literal["on", "off", "none", "refused"]
    microphone: Literal["on", "off", "none", "refused"]
    holding: bool = False
    line: Literal["good", "weak"] = "good"


class AdultBeside(Message):
    """Whether an adult sits beside me (at home, or an aide): a sign for my partner and the teachers. Kept by nobody."""

    kind: Literal["adult_beside"] = "adult_beside"
    here: bool


class TalkShare(Message):
    """How many seconds I have talked in this step so far, measured here; `reliable` with headphones. Kept by nobody."""

    kind: Literal["talk_share"] = "talk_share"
    step: c.StepIndex
    seconds_spoken: Annotated[int, Field(ge=0, le=4 * 60 * 60)]
    reliable: bool = False


class Resync(Message):
    """Send me everything again (a gap was noticed)."""

    kind: Literal["resync"] = "resync"


SideCommand = SaveDraft | ReportConcern | DeviceState | AdultBeside | TalkShare | Resync
Incoming = Annotated[
    c.StudentCommand | c.TeacherRoomCommand | c.ProposeRooms | c.ArrangeRooms | c.SessionCommand | SideCommand,
    Field(discriminator="kind"),
]
_INCOMING: TypeAdapter[Incoming] = TypeAdapter(Incoming)
_ID: TypeAdapter[str] = TypeAdapter(CommandId)
_AS: TypeAdapter[str | None] = TypeAdapter(Annotated[str | None, Field(min_length=1, max_length=64)])
# A field's name is whatever the client wrote.
LONGEST_DETAIL = 300
FROM_SERVER_ONLY = frozenset({"lay_out_rooms"})


class Malformed(Exception):  # noqa: N818 -- the client's bug, answered
    """The message is not one of ours; `code` is stable, `detail` is for the client's author."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Ack(Message):
    """The answer to a command. `version`: of the stream that the command changed. `kept`: the words are stored.

    `message` is for the person, in their language; `detail` for the author of a client whose message was malformed.
    """

    ok: bool
    version: int | None = None
    code: str | None = None
    message: str | None = None
    detail: str | None = None
    kept: bool | None = None
    held: str | None = None


class Signal(Message):
    """WebRTC signalling between two peers of one room; the server adds `sender`."""

    to: Annotated[str, Field(max_length=64)]
    description: dict[str, str] | None = None
    candidate: dict[str, str | int | None] | None = None


class SignalOut(Message):
    """A relayed signal."""

    sender: str
    description: dict[str, str] | None = None
    candidate: dict[str, str | int | None] | None = None


class PeerView(Message):
    """A connection in the room. `peer` stays the same while a page stays, whatever becomes of its connections.

    When two peers meet, the one with the lower `order` is the impolite one (W3C perfect negotiation) from then on.
    `also`: the second learner at a shared device. `adult_beside`: the child says that an adult sits there, too.
    """

    peer: str
    who: str
    kind: Literal["student", "teacher"]
    order: int
    camera: str = "off"
    microphone: str = "off"
    also: tuple[MemberId, ...] = ()
    holding: bool = False
    adult_beside: bool = False


class PresenceView(Message):
    """Who is here now: no version; the newest message counts. `scope`: a room, or the session.

    In the session's scope students get `counts` (arrivals a side) and `adults` only; teachers everybody. `talk`: how
    a room shares the talking, where the plan shows it to rooms.
    """

    scope: str
    present: tuple[MemberId, ...]
    peers: tuple[PeerView, ...] = ()
    adults: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    talk: TalkView | None = None


class TakesPart(Message):
    """A student of the whole class, as the grid names them."""

    id: MemberId
    side: str
    names: dict[str, str]


class OfferView(Message):
    """A room is asked whether it wants to speak about an entry of the board."""

    room: RoomId
    entry: str


class PlenaryView(Message):
    """The whole class together. `people` are named only while it is: the rest of the lesson shows partners alone.

    `carrier`: who carries pictures; with "mesh", the connections in `circle` alone see and hear each other.
    """

    session: str
    version: int
    together: bool
    step: int
    carrier: Literal["livekit", "mesh"]
    hands: tuple[MemberId, ...] = ()
    speaker: MemberId | None = None
    spotlight: str | None = None
    muted: dict[str, str] = {}
    circle: tuple[PeerView, ...] = ()
    people: tuple[TakesPart, ...] = ()
    offer: OfferView | None = None
    round: RoundView | None = None


class MeView(Message):
    """This connection: its peer id, and whom it speaks for: `who`, and at a shared device `also`."""

    peer: str
    who: str
    role: Literal["student", "teacher", "guest"]
    session: str
    side: str
    also: tuple[MemberId, ...] = ()


class ViewOut(Message):
    """A part of what the browser shows; it keeps the newer of each (part, scope). `now`: server clock, ms."""

    part: Literal[
        "me", "session", "room", "mine", "board", "presence", "seats", "plenary", "guest", "passes", "projector"
    ]
    now: int
    view: (
        v.SessionView
        | v.RoomView
        | v.MineView
        | BoardView
        | v.SeatsView
        | PlenaryView
        | ProjectorView
        | PresenceView
        | MeView
        | GuestView
        | PassesView
    )


class RowsOut(Message):
    """Changed rows of the teacher's board, coalesced."""

    now: int
    rows: tuple[v.RowView, ...]


class Notice(Message):
    """Something to be told now, attributed where a person is behind it."""

    code: Literal["other_tab", "removed", "signed_out", "saving_is_delayed", "saving_works_again", "too_fast"]
    by: str | None = None
    room: RoomId | None = None


OUTGOING: dict[str, type[Message]] = {"view": ViewOut, "rows": RowsOut, "notice": Notice, "signal": SignalOut}


def read_command(message: object) -> tuple[str, MemberId | None, Incoming]:
    """Return (command id, in whose name, command), or raise Malformed. Both are taken out; the rest is the command.

    `as` chooses between those for whom the connection speaks; whether it may is asked by whoever knows the connection.
    """
    if not isinstance(message, dict):
        raise Malformed("not_a_command", "a command is a JSON object")
    fields: dict[str, object] = dict(message)  # pyright: ignore[reportUnknownArgumentType] -- JSON of any shape
    try:
        command_id = _ID.validate_python(fields.pop("id", None))
        speaks_as = _AS.validate_python(fields.pop("as", None))
        kind = fields.get("kind")
        if not isinstance(kind, str) or kind in FROM_SERVER_ONLY:
            raise Malformed("unknown_kind", "this is no command for browsers")
        return command_id, speaks_as, _INCOMING.validate_python(fields)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        code = "unknown_kind" if first["type"].startswith("union_tag") else "malformed"
        where = ".".join(str(part) for part in first["loc"])
        raise Malformed(code, f"{where}: {first['msg']}"[:LONGEST_DETAIL]) from None
