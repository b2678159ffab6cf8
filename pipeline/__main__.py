"""`python -m pipeline` is `pipeline`. Signals are heeded before anything slow is imported."""

from pipeline import stopping, streams

stopping.at_once()


def main() -> None:
    """Import the program, and run what was typed."""
    streams.prepare()
    from pipeline.cli import main as run  # noqa: PLC0415  see above

    run()


if __name__ == "__main__":
    main()
