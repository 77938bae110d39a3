"""Copies the browser libraries from node_modules into static/vendor/ and writes the import map that names them.

Standard library only: it runs before anything else is installed, also in a container that has nothing but Node and Python.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MODULES = {
    "preact": ("preact/dist/preact.mjs", "preact/preact.mjs"),
    "preact/hooks": ("preact/hooks/dist/hooks.mjs", "preact/hooks.mjs"),
    "htm": ("htm/dist/htm.mjs", "htm/htm.mjs"),
    "@preact/signals": ("@preact/signals/dist/signals.mjs", "signals/signals.mjs"),
    "@preact/signals-core": ("@preact/signals-core/dist/signals-core.mjs", "signals/signals-core.mjs"),
    "socket.io-client": ("socket.io-client/dist/socket.io.esm.min.js", "socket.io-client/socket.io.mjs"),
    "livekit-client": ("livekit-client/dist/livekit-client.esm.mjs", "livekit-client/livekit-client.mjs"),
    "uplot": ("uplot/dist/uPlot.esm.js", "uplot/uplot.mjs"),
}
"""What a page imports: (file in node_modules, file in static/vendor)."""

STYLES = {"uplot/dist/uPlot.min.css": "uplot/uplot.css"}

FONTS = {"frank-ruhl-libre": "Frank Ruhl Libre", "assistant": "Assistant"}
SUBSETS = ("hebrew", "latin-ext", "latin")

SOURCE_MAP = re.compile(r"^(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$", re.MULTILINE)
BARE_IMPORT = re.compile(
    r"""^\s*(?:im|ex)port\b[^"'()]*["']([a-z@][\w@/.-]*)["']|[;}]import\b[^"'()]*["']([a-z@][\w@/.-]*)["']""", re.M
)
FONT_FACE = re.compile(r"@font-face\s*\{(.*?)\}", re.DOTALL)


def main() -> None:
    """Rebuild static/vendor/ and static/importmap.json; stop with a sentence when something is missing."""
    modules, static = ROOT / "node_modules", ROOT / "static"
    fresh, vendor = static / "vendor.new", static / "vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in [*MODULES.values(), *STYLES.items()]:
        copy_text(modules / source, fresh / target)
    for name in FONTS:
        copy_fonts(modules / "@fontsource-variable" / name, fresh / "fonts" / name)
    write(fresh / "fonts" / "fonts.css", "\n".join(font_faces(modules, name) for name in FONTS))
    # A running server never sees half a directory.
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    imports = {name: f"/static/vendor/{target}" for name, (_, target) in MODULES.items()}
    write(static / "importmap.json", json.dumps({"imports": imports}, indent=2) + "\n")


def copy_text(source: Path, target: Path) -> None:
    """Copy a script or style without its pointer to a source map, which is not shipped; refuse unmapped imports."""
    text = SOURCE_MAP.sub("", read(source))
    unknown = {first or second for first, second in BARE_IMPORT.findall(text)} - set(MODULES)
    if unknown:
        sys.exit(
            f"{source.relative_to(ROOT)} imports {', '.join(sorted(unknown))}, which the import map does not name."
        )
    write(target, text)


def copy_fonts(package: Path, target: Path) -> None:
    """Copy the variable font files of the subsets we use, and the licence that must travel with them."""
    target.mkdir(parents=True)
    for subset in SUBSETS:
        name = f"{package.name}-{subset}-wght-normal.woff2"
        shutil.copyfile(package / "files" / name, target / name)
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def font_faces(modules: Path, name: str) -> str:
    """Return the @font-face rules of one family, with the weights and ranges its package declares."""
    rules: list[str] = []
    declared = FONT_FACE.findall(read(modules / "@fontsource-variable" / name / "index.css"))
    for subset in SUBSETS:
        file = f"{name}-{subset}-wght-normal.woff2"
        body = next((body for body in declared if f"/{file})" in body), None)
        if body is None:
            sys.exit(f"The font package {name} no longer declares {file}.")
        rules.append(
            "@font-face {\n"
            f'  font-family: "{FONTS[name]}";\n'
            "  font-style: normal;\n"
            "  font-display: swap;\n"
            f"  font-weight: {descriptor(body, 'font-weight')};\n"
            f'  src: url("./{name}/{file}") format("woff2");\n'
            f"  unicode-range: {descriptor(body, 'unicode-range')};\n"
            "}\n"
        )
    return "\n".join(rules)


def descriptor(body: str, name: str) -> str:
    """Return the value of one descriptor inside an @font-face rule."""
    found = re.search(rf"{name}\s*:\s*([^;]+)", body)
    if found is None:
        sys.exit(f"A font package declares no {name}.")
    return " ".join(found.group(1).split())


def read(path: Path) -> str:
    """Return the text of a file from a package, or stop with a sentence."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        sys.exit(f"{path.relative_to(ROOT)} is missing. Run: make setup")


def write(path: Path, text: str) -> None:
    """Write a file, making the directories it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
