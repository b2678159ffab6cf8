"""Write docs/messages.md again."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.messages.examples import examples
from tests.messages.page import ROOT, page

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        (ROOT / "docs" / "messages.md").write_text(page(examples(Path(folder))), encoding="utf-8")
