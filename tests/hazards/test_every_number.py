"""The list of hazards is covered from its first number to its last."""

import re
from pathlib import Path

HAZARDS = range(1, 87)


def test_every_hazard_has_a_test_that_is_named_after_its_number() -> None:
    sources = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {
        int(number)
        for source in sources
        for number in re.findall(r"^def test_hazard_(\d\d)_", source, re.MULTILINE)
    }
    assert named >= set(HAZARDS), sorted(set(HAZARDS) - named)
