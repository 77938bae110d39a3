"""What a protocol file says: steps in order, each with its prompts, inputs and turns. Data only, checked on reading."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from server.core.languages import Wording, missing_languages

Band = Literal["A", "B", "C"]
Practice = Literal["listening", "articulating", "wondering", "focusing", "supporting", "challenging"]
Habit = Literal["used_text", "shared_time"]
StepKind = Literal["frame", "read", "solo", "reveal", "turns", "talk", "restate", "together", "board", "round"]
InputKind = Literal["text", "list", "marks", "choice", "rating"]
BoardKind = Literal["list", "wall", "spectrum", "readings"]
RoundOf = Literal["children", "rooms", "volunteers"]
Each = Literal["statement", "first_statement"]

PLAN = "plan."
SHORT_FORM_LIMIT = 15.0
LARGEST_USUAL = 3
"""Odd numbers make rooms of three; four meet only where one class is more than twice the other, and take a turn longer."""


def _complete(wording: dict[str, str]) -> dict[str, str]:
    if missing := missing_languages(wording):
        raise ValueError(f"no wording in {', '.join(missing)}")
    return wording


FullWording = Annotated[Wording, AfterValidator(_complete)]
"""A wording that is complete in English and Hebrew."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a misspelt field in a protocol file is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Model):
    """One choice of an input: a stance, a level of a scale, a kind of question, an icon card."""

    id: Identifier
    label: FullWording
    describe: FullWording | None = None
    icon: str | None = None


class Input(Model):
    """Something a learner gives. Every answer is a list of entries (see works.Entry), whatever the kind.

    text: one entry of words. list: several entries. marks: word spans only. choice: one option (or `many`).
    rating: one level of `options` for `practice`, anchored in a moment (a step of this lesson).
    """

    id: Identifier
    kind: InputKind
    prompt: FullWording
    hint: FullWording | None = None
    min: int = Field(default=1, ge=0, le=10)
    max: int = Field(default=1, ge=1, le=20)
    evidence: Literal["none", "optional", "wanted"] = "none"
    because: FullWording | None = None
    options: tuple[Option, ...] = ()
    tags: tuple[Option, ...] = ()
    many: bool = False
    practice: Practice | Habit | Literal["intention", "protocol"] | None = None
    each: Each | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind in ("choice", "rating") and len(self.options) < 2:
            raise ValueError(f"input '{self.id}': a {self.kind} needs at least two options")
        if self.kind == "rating" and self.practice is None:
            raise ValueError(f"input '{self.id}': a rating names its practice")
        if self.kind == "marks" and self.evidence != "wanted":
            raise ValueError(f"input '{self.id}': marks are evidence; write 'evidence: wanted'")
        if self.min > self.max:
            raise ValueError(f"input '{self.id}': min {self.min} is more than max {self.max}")
        return self


class InputOverride(Model):
    """What changes in one input for an age band or a group size."""

    prompt: FullWording | None = None
    min: int | None = Field(default=None, ge=0, le=10)
    max: int | None = Field(default=None, ge=1, le=20)
    options: tuple[Option, ...] | None = None
    evidence: Literal["none", "optional", "wanted"] | None = None
    each: Each | None = None


class Override(Model):
    """What changes in a step for some age bands or some group sizes (all that are named must fit)."""

    bands: tuple[Band, ...] = ()
    groups: tuple[int, ...] = ()
    skip: bool = False
    title: FullWording | None = None
    prompt: FullWording | None = None
    minutes: float | None = Field(default=None, gt=0, le=60)
    stems: tuple[FullWording, ...] | None = None
    roles: dict[str, FullWording] | None = None
    rounds: int | None = Field(default=None, ge=1, le=6)
    turn_seconds: int | None = Field(default=None, ge=10, le=600)
    inputs: dict[str, InputOverride] = {}

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.bands and not self.groups:
            raise ValueError("an override names bands or groups")
        return self


class Step(Model):
    """One screen of a protocol.

    frame: words only. read: the text read aloud, once in each language. solo: silent work on `inputs`.
    reveal: everyone's answers to `uses` turned over at the same moment. turns: one speaks at a time.
    talk: open conversation. restate: speak, restate until accepted (at most `max_loops`), ask.
    together: attributed lines that all may add and approve. board: whole class, what rooms chose to share; a gate.
    round: whole class, one after the other with the one open microphone; a gate.
    """

    id: Identifier
    kind: StepKind
    title: FullWording
    prompt: FullWording
    alone: FullWording | None = None
    scope: Literal["self", "group", "class"] = "group"
    channel: Literal["speak", "type", "both"] = "both"
    core: bool = True
    minutes: float = Field(gt=0, le=60)
    short_minutes: float | None = Field(default=None, ge=0, le=60)
    turn_seconds: int | None = Field(default=None, ge=10, le=600)
    rounds: int = Field(default=1, ge=1, le=6)
    rotate: int = Field(default=0, ge=0, le=3)
    max_loops: int = Field(default=2, ge=1, le=5)
    reread: bool = False
    loop: Identifier | None = None
    text_shown: Literal["both", "own", "source", "none"] = "both"
    uses: tuple[str, ...] = ()
    output: Identifier | None = None
    visibility: Literal["private", "after_reveal", "live", "teacher"] = "after_reveal"
    keep: Literal["session", "record"] = "record"
    completion: Literal["all", "turns", "partner_confirms", "timer", "teacher"] = "all"
    inputs: tuple[Input, ...] = ()
    choose_one: bool = False
    board: BoardKind = "list"
    round_of: RoundOf = "children"
    most: int | None = Field(default=None, ge=1, le=60)
    roles: dict[str, FullWording] = {}
    stems: tuple[FullWording, ...] = ()
    deeper: tuple[FullWording, ...] = ()
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        problem = _step_problem(self)
        if problem:
            raise ValueError(f"step '{self.id}': {problem}")
        return self


def _step_problem(step: Step) -> str | None:
    match step.kind:
        case "solo" if not step.inputs:
            return "silent work needs at least one input"
        case "together" if len(step.inputs) != 1 or step.inputs[0].kind != "list":
            return "lines written together need exactly one input of kind 'list'"
        case "reveal" | "board" if not step.uses:
            return f"a {step.kind} says in 'uses' whose words it shows"
        case "board" | "round" if step.scope != "class":
            return f"a {step.kind} is for the whole class; write 'scope: class'"
        case "frame" | "read" | "talk" | "turns" | "restate" | "reveal" | "board" | "round" if step.inputs:
            return f"a step of kind '{step.kind}' takes no inputs; put them in a solo or together step"
        case _:
            pass
    if step.scope == "class" and step.completion != "teacher":
        return "a whole-class step is a gate; write 'completion: teacher'"
    if step.completion == "turns" and step.kind not in ("turns", "read", "restate"):
        return "only steps with turns complete by turns"
    if step.kind != "board" and step.board != "list":
        return "'board' says how a board shows what was shared; only steps of kind 'board' have one"
    if step.kind != "round" and (step.round_of != "children" or step.most is not None):
        return "'round_of' and 'most' say who speaks in a round; only steps of kind 'round' have them"
    known = {i.id for i in step.inputs}
    for override in step.overrides:
        if unknown := set(override.inputs) - known:
            return f"an override names inputs that the step does not have: {', '.join(sorted(unknown))}"
    if len(known) != len(step.inputs):
        return "two inputs have the same id"
    return None


class Say(Model):
    """One line of a sample dialogue."""

    who: FullWording
    says: FullWording


class TeacherNotes(Model):
    """The teacher's view of a protocol."""

    purpose: FullWording
    choose_text: FullWording
    dialogue: tuple[Say, ...] = Field(min_length=2)
    look_for: tuple[FullWording, ...] = Field(min_length=1)
    traps: tuple[FullWording, ...] = Field(min_length=1)
    debrief: tuple[FullWording, ...] = Field(min_length=1)
    adaptations: tuple[FullWording, ...] = Field(min_length=1)
    source: FullWording | None = None


class Protocol(Model):
    """One protocol file. `version` grows with every change that a learner could notice."""

    id: Identifier
    version: int = Field(ge=1)
    title: FullWording
    summary: FullWording
    group: Literal["text", "warm_up", "advisory", "partnership", "reflection"]
    practices: tuple[Practice, ...] = Field(min_length=1)
    bands: tuple[Band, ...] = Field(min_length=1)
    group_sizes: tuple[int, ...] = (2, 3, 4)
    loop_segments: int = Field(default=3, ge=1, le=6)
    needs_text: bool = True
    statements: tuple[FullWording, ...] = ()
    teacher: TeacherNotes
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"step '{step.id}' stands twice")
            for used in step.uses:
                if not used.startswith(PLAN) and used not in seen:
                    raise ValueError(f"step '{step.id}' uses '{used}', which is no earlier step")
            seen.add(step.id)
        if any(i.each for s in self.steps for i in s.inputs) and not self.statements:
            raise ValueError("inputs repeat for each statement, but 'statements' is empty")
        for band in self.bands:
            if (short := self.minutes(band, LARGEST_USUAL, short=True)) > SHORT_FORM_LIMIT:
                raise ValueError(
                    f"the short form takes three learners {short:g} minutes in band {band}; at most {SHORT_FORM_LIMIT:g}"
                )
        return self

    def minutes(self, band: Band, group_size: int, *, short: bool = False) -> float:
        """Return the minutes of all steps for one age band and the largest room's size."""
        return sum(step_minutes(s, band, group_size, short=short) for s in self.steps)


def resolved(step: Step, band: Band, group_size: int) -> Step | None:
    """Return the step with the overrides for `band` and `group_size` applied, or None where it is skipped."""
    for override in step.overrides:
        if override.bands and band not in override.bands:
            continue
        if override.groups and group_size not in override.groups:
            continue
        if override.skip:
            return None
        step = _overridden(step, override)
    return step


def _overridden(step: Step, override: Override) -> Step:
    plain = ("title", "prompt", "minutes", "stems", "roles", "rounds", "turn_seconds")
    changed: dict[str, object] = {f: v for f in plain if (v := getattr(override, f)) is not None}
    if override.inputs:
        changed["inputs"] = tuple(
            i.model_copy(
                update=override.inputs[i.id].model_dump(exclude_none=True) | _options_of(override.inputs[i.id])
            )
            if i.id in override.inputs
            else i
            for i in step.inputs
        )
    return step.model_copy(update=changed)


def _options_of(override: InputOverride) -> dict[str, object]:
    # model_dump turns the options into plain dicts; the models themselves must stay.
    return {} if override.options is None else {"options": override.options}


def step_minutes(step: Step, band: Band, group_size: int, *, short: bool = False) -> float:
    """Return the minutes of one step: 0 where skipped; steps with turns grow by a turn for a third and a fourth."""
    fitted = resolved(step, band, group_size)
    if fitted is None or (short and fitted.short_minutes is None and not fitted.core):
        return 0.0
    minutes = fitted.short_minutes if short and fitted.short_minutes is not None else fitted.minutes
    if fitted.kind in ("turns", "restate"):
        minutes *= max(group_size, 2) / 2
    return minutes
