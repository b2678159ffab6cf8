"""Commands to begin with: settings for a plant, and a registry to try things out."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def init(
    file: Annotated[
        str | None, typer.Argument(help="A log of the plant. Without: a commented template.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The plant's time zone, such as Europe/Berlin.")
    ] = None,
    target: Annotated[
        Literal["local", "sandbox", "production"] | None,
        typer.Option(help="Which registry to ask for the ids of feedstocks, when there are credentials."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The file to write. Default: pipeline.toml.")] = None,
) -> None:
    """Write pipeline.toml for a plant, proposed from FILE: its headers, its dates, its names.

    Every guess stands there with its reason, and what nobody can guess is left to fill in. On a terminal
    some of that is asked. A file that is there already is never overwritten. Nothing is sent.
    """
    from pipeline.cli import starting

    raise typer.Exit(starting.init(file, timezone, config, target))


def registry(
    port: Annotated[int, typer.Option(help="The loopback port; 0 for any free one.")] = 8765,
    store: Annotated[Path | None, typer.Option(help="Default: the store that local runs use.")] = None,
    faults: Annotated[
        str, typer.Option(metavar="SCRIPT", help='Misbehave: "lose-answer:every=7; 429:first=3".')
    ] = "",
    duplicates: Annotated[
        Literal["409", "400", "422", "allow"], typer.Option(help="How a repeated reference is answered.")
    ] = "409",
    order: Annotated[
        Literal["ascending", "descending"], typer.Option(help="The order of the list.")
    ] = "ascending",
    list_lag: Annotated[
        float, typer.Option(metavar="SECONDS", help="How late a new batch appears in the list.")
    ] = 0.0,
) -> None:
    """Run the local registry, for trying things out and for other people's clients."""
    from pipeline.cli import serving

    raise typer.Exit(serving.registry(port, store, faults, (duplicates, order, list_lag)))
