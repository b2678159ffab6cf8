"""Whatever references a log holds: each arrives as it was written, or not at all."""

import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hazards.log import checked, csv_log, row

REPEATED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ODD = st.text(
    st.one_of(
        st.sampled_from("aB1 -_./\t\r\n\u00a0\u200b\ufeff\u0301\u00e9\u0410\u2011\u00ad\u3000\uff21\x07"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)


@REPEATED
@given(references=st.lists(ODD, min_size=1, max_size=20))
def test_whatever_a_reference_is_it_arrives_trimmed_and_composed_and_otherwise_unchanged_or_not_at_all(
    references: list[str], tmp_path: Path
) -> None:
    table = checked(csv_log(tmp_path, row(reference="first"), *(row(reference=each) for each in references)))
    by_row = {each.row: each for each in table.rows}
    assert len(by_row) == len(references) + 1
    for number, written in enumerate(references, 3):
        if run := by_row[number].run:
            read = run.reference
            assert 1 <= len(read) <= 100
            assert read == unicodedata.normalize("NFC", read) == read.strip()
            assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cn", "Co") for c in read)
            unwrapped = written.strip("\ufeff \u3000\u00a0\t\r\n")
            if unwrapped.startswith('="'):
                unwrapped = unwrapped.removeprefix('="').removesuffix('"')
            assert read == unicodedata.normalize("NFC", unwrapped.lstrip("\ufeff").strip())
        else:
            assert by_row[number].issues
