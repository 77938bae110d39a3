"""Puts static/ and protocols/ into the wheel, beside the package that serves them."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = {"static": "server/_bundle/static", "protocols": "server/_bundle/protocols"}


class Bundle(BuildHookInterface):  # pyright: ignore[reportMissingTypeArgument] # hatchling's generic has no useful argument here
    """Adds what lives outside server/; an editable install finds those directories in the checkout instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Force the bundled directories into a standard wheel, git-ignored browser libraries included."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "static" / "vendor").is_dir():
            raise FileNotFoundError(
                "static/vendor is missing: run `make setup` first, or the wheel would lack its libraries"
            )
        # File by file: a directory that is forced in brings its tests along, whatever `exclude` says.
        for source, target in BUNDLED.items():
            for file in (root / source).rglob("*"):
                inside = file.relative_to(root / source)
                if file.is_file() and "tests" not in inside.parts:
                    build_data["force_include"][str(file)] = f"{target}/{inside.as_posix()}"
