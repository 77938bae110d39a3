"""The `havruta` command (also `python -m server`)."""

import argparse
import asyncio
import gc
import json
import shlex
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from server.adapters.protocol_files import ProtocolFileError, load_protocols, read_protocol
from server.adapters.seed import MOST_OF_A_CLASS
from server.app import HOUSE, House, make_app, product_version
from server.bot_days import Shares
from server.bots import BotClass, knock, read_codes, read_stand_ins
from server.core.languages import say
from server.demo import DemoSummary, demo_door, make_demo, make_year, summary
from server.edges.origin import is_loopback
from server.edges.pages.entrance import DEMO
from server.logs import configure_logs
from server.rehearsing import offer_rehearsals
from server.settings import Settings
from server.setup_link import first_link, reset_password
from server.troubles import FAILED, USAGE, Trouble, listening_trouble, trouble_of

OK = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 failed, 2 used wrongly."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if not hasattr(given, "run"):
        parser.print_help()
        return USAGE
    try:
        return int(given.run(given))
    except KeyboardInterrupt:
        return OK
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        print(trouble, file=sys.stderr)
        return trouble.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="havruta", description="Live paired learning between twinned schools.")
    parser.add_argument("--version", action="version", version=f"havruta {product_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    serve = commands.add_parser("serve", help="start the server (settings come from HAVRUTA_… variables)")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=_port, help="port to listen on (default 8080)")
    serve.add_argument("--data", type=Path, help="folder for the database and the secret (default ./data)")
    serve.set_defaults(run=_serve)

    demo = commands.add_parser("demo", help="start a server with a sample twinning to play with")
    demo.add_argument("--port", type=_port, default=8080, help="port to listen on (default 8080; 0 picks a free one)")
    demo.add_argument("--data", type=Path, default=Path("data"), help="folder for the database (default ./data)")
    demo.add_argument("--bots", type=_count, default=0, metavar="N", help="let N simulated students come at once")
    demo.add_argument("--year", action="store_true", help="with a year of invented lessons to look back at")
    demo.add_argument(
        "--each",
        type=_each,
        metavar="N",
        help="make each class this large, up to 500 invented students (default 12 and 11)",
    )
    demo.add_argument("--json", action="store_true", help="print one JSON object as the first line")
    demo.set_defaults(run=_demo)

    bots = commands.add_parser("bots", help="simulated students, over the real wire")
    bots.add_argument(
        "--url", type=_address, default="http://127.0.0.1:8080", help="the server (default http://127.0.0.1:8080)"
    )
    bots.add_argument("--codes", type=Path, help="file with one personal code a line (default: all of the local store)")
    bots.add_argument("--data", type=Path, default=Path("data"), help="data folder of the local store (default ./data)")
    bots.add_argument("--count", type=_count, help="how many students at most")
    bots.add_argument("--each", type=_count, metavar="N", help="how many of each school at most (of the local store)")
    life = Shares()
    bots.add_argument(
        "--arrive-over",
        type=_seconds,
        default=life.arrive_over,
        metavar="SECONDS",
        help="a class arrives over so long, at pace 1 (default 150)",
    )
    for name, share, what in (
        ("late", life.late, "come late"),
        ("absent", life.absent, "never come"),
        ("drop", life.drop, "drop out and come back, some of them twice"),
        ("ask-help", life.help, "ask for help once"),
    ):
        bots.add_argument(
            f"--{name}", type=_share, default=share, metavar="PERCENT", help=f"so many {what} (default {share * 100:g})"
        )
    bots.add_argument("--minutes", type=_minutes, default=60.0, help="leave after this many minutes (default 60)")
    bots.add_argument("--pace", type=_pace, default=1.0, help="1 is as quick as people, 10 ten times quicker")
    bots.add_argument("--seed", type=_seed, default=1, help="the same seed makes the same choices")
    bots.set_defaults(run=_bots)

    protocols = commands.add_parser("protocols", help="check and show learning protocols")
    of_protocols = protocols.add_subparsers(metavar="ACTION", required=True)
    check = of_protocols.add_parser("check", help="check protocol files; says file, line and field of each mistake")
    check.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: those that ship)"
    )
    check.set_defaults(run=_check)
    show = of_protocols.add_parser("show", help="print a protocol step by step")
    show.add_argument("id")
    show.add_argument("--lang", default="en", help="language of the wording (default en)")
    show.set_defaults(run=_show)

    reset = commands.add_parser("reset-password", help="set a new password for an adult")
    reset.add_argument("email")
    reset.add_argument("--data", type=Path, help="data folder of the local store (default ./data)")
    reset.set_defaults(run=_reset)
    return parser


def _whole(text: str, least: int, most: int, what: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{what} is a whole number from {least} to {most}, not '{text}'")
    return number


def _port(text: str) -> int:
    return _whole(text, 0, 65535, "a port")


def _count(text: str) -> int:
    return _whole(text, 0, 10_000, "how many")


def _each(text: str) -> int:
    return _whole(text, 1, MOST_OF_A_CLASS, "the size of a class")


def _share(text: str) -> float:
    return _whole(text, 0, 100, "a share in percent") / 100


def _seconds(text: str) -> float:
    return float(_whole(text, 0, 3600, "how many seconds"))


def _seed(text: str) -> int:
    return _whole(text, 0, 2**63 - 1, "a seed")


def _number(text: str, most: float, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= most:
        raise argparse.ArgumentTypeError(f"{what} is a number above 0, at most {most:g}, not '{text}'")
    return number


def _minutes(text: str) -> float:
    return _number(text, 7 * 24 * 60, "a time in minutes")


def _pace(text: str) -> float:
    return _number(text, 1000, "a pace")


def _address(text: str) -> str:
    try:
        parsed = urlsplit(text)
        good = parsed.scheme in ("http", "https") and bool(parsed.hostname) and parsed.port != 0
    except ValueError:
        good = False
    if not good:
        raise argparse.ArgumentTypeError(f"an address looks like http://127.0.0.1:8080, not '{text}'")
    return text.rstrip("/")


# -- serving ----------------------------------------------------------------------------------------------------------


def _run(work: Callable[[], Awaitable[int]]) -> int:
    try:
        import uvloop
    except ImportError:  # uvloop does not exist everywhere; the loop of the standard library serves as well
        return asyncio.run(_awaited(work))
    return uvloop.run(_awaited(work))


async def _awaited(work: Callable[[], Awaitable[int]]) -> int:
    return await work()


_NOT_WITHOUT_TLS = """\
Havruta does not start on {origin}: without https, sign-ins and children's words could be read on the way, and browsers
give no camera. Set HAVRUTA_PUBLIC_URL to the https address that a proxy in front of this server serves, for example
https://havruta.example.org."""


def _serve(given: argparse.Namespace) -> int:
    wanted = {"host": given.host, "port": given.port, "data_dir": given.data}
    settings = Settings.read(**{name: value for name, value in wanted.items() if value is not None})
    if not settings.https and not is_loopback(urlsplit(settings.origin).hostname or ""):
        print(_NOT_WITHOUT_TLS.format(origin=settings.origin), file=sys.stderr)
        return USAGE
    configure_logs()

    async def before(house: House) -> Callable[[], Awaitable[None]]:
        offer_rehearsals(house)
        link = await first_link(house)

        async def ready() -> None:
            print(f"Havruta is ready on {house.settings.origin}")
            if link:
                print(f"Create the first school and its first teacher here (once, within a week):\n  {link}")
            sys.stdout.flush()

        return ready

    return _run(lambda: _until_stopped(settings, before))


def _demo(given: argparse.Namespace) -> int:
    settings = Settings.read(demo=True, port=given.port, data_dir=given.data, database_url=None, redis_url=None)
    configure_logs(quiet=True)

    async def before(house: House) -> Callable[[], Awaitable[None]]:
        people, bots = await make_demo(house, given.each)
        house.app[DEMO] = demo_door(people, bots)

        async def ready() -> None:
            if given.year:
                await make_year(house)
            printed = summary(house, people)
            if given.json:
                print(json.dumps(printed.as_json(), ensure_ascii=False), flush=True)
            else:
                _print_demo(printed)
            if given.bots:
                await bots.fill(given.bots)

        return ready

    return _run(lambda: _until_stopped(settings, before))


Before = Callable[[House], Awaitable[Callable[[], Awaitable[None]]]]
"""Prepares what is there before the first request, and returns what is said once the server listens."""


async def _until_stopped(settings: Settings, before: Before) -> int:
    settings = _with_free_port(settings)
    app = await make_app(settings)
    try:
        ready = await before(app[HOUSE])
    except BaseException:
        # Whoever starts the application closes its connections; it was not started.
        await app[HOUSE].engine.dispose()
        raise
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port, backlog=4096).start()
        except OSError as error:
            raise listening_trouble(error, settings.host, settings.port) from None
        _spare_the_collector()
        # Whoever reads that it is ready may ask it to stop in the same moment.
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        await ready()
        await stopped.wait()
    finally:
        await runner.cleanup()
    return OK


def _spare_the_collector() -> None:
    """What a start has made stays: looking through it again and again would stop a full school for tenths of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _with_free_port(settings: Settings) -> Settings:
    if settings.port:
        return settings
    with socket.socket() as probe:
        try:
            probe.bind((settings.host, 0))
        except OSError as error:
            raise listening_trouble(error, settings.host, 0) from None
        return settings.model_copy(update={"port": probe.getsockname()[1]})


def _print_demo(printed: DemoSummary) -> None:
    lines = ["", f"Havruta is ready: {printed.url}", ""]
    for teacher in printed.teachers:
        lines.append(f"  Teacher in {teacher.school}: {teacher.url}")
        lines.append(f"    {teacher.email}   password {teacher.password}")
    shown: set[str] = set()
    for student in printed.students:
        if student.school not in shown:
            shown.add(student.school)
            lines.append(f"  A student in {student.school} ({student.name}): {student.url}")
    lines += [
        "",
        "  Fill the class with simulated students: the button on the first page, or",
        f"    {_as_typed(sys.argv[0])} bots --url {printed.url} --data {shlex.quote(str(printed.data_dir))}",
        "",
        "  Stop with Ctrl-C. What you do is kept; the next start goes on from here.",
        "",
    ]
    print("\n".join(lines))


def _as_typed(running: str) -> str:
    """Return how this person can type the command that is running: `make demo` puts nothing on their path."""
    program = Path(running)
    if program.name == "__main__.py":
        return f"{_as_typed(sys.executable)} -m server"
    found = shutil.which(program.name)
    if found and program.exists() and Path(found).samefile(program):
        return program.name
    # Not resolved: an environment's own python is a link to another one.
    here = Path.cwd()
    shown = program.relative_to(here) if program.is_absolute() and program.is_relative_to(here) else program
    return shlex.quote(str(shown) if len(shown.parts) > 1 else f"./{shown}")


# -- bots -------------------------------------------------------------------------------------------------------------


def _bots(given: argparse.Namespace) -> int:
    async def work() -> int:
        codes = await read_codes(given.codes, given.data, given.each)
        if not codes:
            raise Trouble(
                "There are no students yet: give their codes with --codes FILE, or another folder with --data."
            )
        await knock(given.url)
        chosen = codes[: given.count] if given.count is not None else codes
        print(f"{len(chosen)} simulated students go to {given.url}; Ctrl-C sends them home.", flush=True)
        # In a demo the children's adults may be simulated too: without them children wait in the lobby.
        teachers, session = ((), None) if given.codes else read_stand_ins(given.data)
        bots = BotClass(
            given.url,
            chosen,
            teachers=teachers,
            session=session,
            pace=given.pace,
            seed=given.seed,
            shares=Shares(given.arrive_over, given.late, given.absent, given.drop, given.ask_help),
        )
        try:
            await bots.run(given.minutes * 60)
        finally:
            print(bots.tally.told(), flush=True)
        if bots.turned_away:
            print(
                f"{bots.turned_away} of {len(chosen)} codes open no door there: are they codes of this server?",
                file=sys.stderr,
            )
        return FAILED if bots.turned_away == len(chosen) else OK

    configure_logs(quiet=True)
    return _run(work)


# -- protocols --------------------------------------------------------------------------------------------------------


def _check(given: argparse.Namespace) -> int:
    paths: list[Path] = given.paths or [Settings.read().protocols_dir]
    problems: list[str] = []
    checked = 0
    for path in paths:
        if not path.exists():
            print(f"havruta: no such file or folder: {path}", file=sys.stderr)
            return USAGE
        try:
            checked += len(load_protocols(path)) if path.is_dir() else bool(read_protocol(path))
        except ProtocolFileError as error:
            problems += [str(problem) for problem in error.problems]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        print(f"{len(problems)} mistakes found.", file=sys.stderr)
        return FAILED
    print(f"{checked} protocols checked, no mistakes.")
    return OK


def _show(given: argparse.Namespace) -> int:
    protocols = load_protocols(Settings.read().protocols_dir)
    protocol = protocols.get(given.id)
    if protocol is None:
        print(f"There is no protocol '{given.id}'. There are: {', '.join(sorted(protocols))}", file=sys.stderr)
        return FAILED
    language: str = given.lang
    if language not in protocol.title:
        there = ", ".join(sorted(protocol.title))
        raise Trouble(f"'{given.id}' is not there in the language '{language}'. There are: {there}", USAGE)
    out = [
        f"{say(protocol.title, language)}  ({protocol.id}, version {protocol.version})",
        say(protocol.summary, language),
        "",
    ]
    for number, step in enumerate(protocol.steps, start=1):
        out.append(f"{number}. {say(step.title, language)}  [{step.kind}, {step.minutes:g} min]")
        out.append(f"   {say(step.prompt, language)}")
        out += [f"   - {say(asked.prompt, language)}" for asked in step.inputs]
        out += [f"   … {say(stem, language)}" for stem in step.stems]
        out.append("")
    print("\n".join(out))
    return OK


# -- passwords --------------------------------------------------------------------------------------------------------


def _reset(given: argparse.Namespace) -> int:
    settings = Settings.read(**({"data_dir": given.data} if given.data else {}))

    async def work() -> int:
        password = await reset_password(settings, given.email)
        if password is None:
            print(f"Nobody here signs in with {given.email}.", file=sys.stderr)
            return FAILED
        print(f"New password for {given.email}: {password}\nAll earlier sign-ins have ended.")
        return OK

    return _run(work)


if __name__ == "__main__":
    sys.exit(main())
