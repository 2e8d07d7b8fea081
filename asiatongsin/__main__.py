"""The command `asiatongsin`: Scrapy's, with our settings and commands, wherever it is installed and started."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from scrapy import cmdline
from scrapy.commands import ScrapyCommand
from scrapy.utils.project import get_project_settings

from asiatongsin import __version__
from asiatongsin.help import LineByLine
from asiatongsin.nearest import nearest
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.project import name_settings

NAME = "asiatongsin"


class _Parser(cmdline.ScrapyArgumentParser):
    """Names this command in its help, where Scrapy would name its own, and keeps the lines of the help."""

    def __init__(self, *, usage: str, **given: Any) -> None:
        given["formatter_class"] = LineByLine
        super().__init__(prog=NAME, usage=usage.replace("scrapy", NAME, 1), **given)


def main() -> None:
    """Runs the command that the arguments name. Without one it says which there are."""
    name_settings()
    sys.path.append("")  # the folder it is started in may hold a settings module on top of ours
    settings = get_project_settings()
    name = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None)
    commands = _only(name, settings["COMMANDS_MODULE"]) or cmdline._get_commands_dict(settings, inproject=True)
    if name is None:
        show(overview(commands, settings["COMMANDS_MODULE"]))
    elif name not in commands:
        show(printable(f"{NAME}: there is no command {name!r}; the nearest is {nearest(name, commands)}"), sys.stderr)
        sys.exit(2)
    else:
        cmdline.ScrapyArgumentParser = _Parser  # type: ignore[assignment, misc]
        cmdline._get_commands_dict = lambda *_, **__: commands
        cmdline.execute([NAME, *sys.argv[1:]])


def _only(name: str | None, ours: str) -> dict[str, ScrapyCommand]:
    """Our command of this name, without a look at the others, which import much; nothing where there is none."""
    if not (ours and name and name.isidentifier()) or find_spec(f"{ours}.{name}") is None:
        return {}
    command = getattr(import_module(f"{ours}.{name}"), "Command", None)
    return {name: command()} if command else {}


def overview(commands: Mapping[str, ScrapyCommand], ours: str) -> str:
    """Our commands with what each does, and the names of Scrapy's."""
    own = {name: command for name, command in sorted(commands.items()) if command.__module__.startswith(f"{ours}.")}
    lines = [f"  {name:<10}{command.short_desc()}" for name, command in own.items()]
    others = ", ".join(sorted(commands.keys() - own))
    usage = f"{NAME} {__version__}\n\n  {NAME} <command> [options]\n  {NAME} <command> -h    explains a command"
    return "\n".join([f"{usage}\n", *lines, f"\nScrapy's own commands: {others}"])


if __name__ == "__main__":
    main()
