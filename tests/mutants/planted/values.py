"""Bugs in how references and masses are read."""

from tests.mutants.bug import Bug, Edit

_TEXTS = "schemas/run_log/texts.py"
_NUMBERS = "schemas/run_log/numbers.py"
_IDENTITY = "tests/hazards/test_identity.py::test_hazard"
_MASSES = "tests/hazards/test_numbers.py::test_hazard"

BUGS = (
    Bug(
        "long-number-as-reference",
        "A reference whose last digits a spreadsheet has lost is registered.",
        (Edit(_TEXTS, "_EXACT_DIGITS = 15", "_EXACT_DIGITS = 17"),),
        (f"{_IDENTITY}_04_a_number_of_16_digits_or_with_a_fraction_is_no_reference",),
    ),
    Bug(
        "two-forms-of-one-accent",
        "One batch is registered twice, since its reference was typed with another keyboard.",
        (Edit(_TEXTS, 'return unicodedata.normalize("NFC", raw)', "return raw"),),
        (f"{_IDENTITY}_12_accents_are_joined_to_their_letters_and_told_apart_from_space",),
    ),
    Bug(
        "money-as-mass",
        "What the biochar was sold for is registered as what it weighed.",
        (
            Edit(
                _NUMBERS,
                'if money or any(unicodedata.category(c) == "Sc" for c in section.words):',
                "if False:",
            ),
        ),
        (f"{_MASSES}_28_an_amount_of_money_is_no_mass",),
    ),
    Bug(
        "two-notations-believed",
        "In a log that writes 12,5 elsewhere, 1.234 kg is registered for 1,234 kg.",
        (Edit("pipeline/check/marks.py", 'if found == "either" or (', "if False or ("),),
        (f"{_MASSES}_21_where_both_notations_stand_what_could_be_either_is_refused",),
    ),
    Bug(
        "future-in-order-at-a-glance",
        "A run whose end was typed ahead is registered before it has happened.",
        (Edit("schemas/run_log/in_order.py", "EARLIEST <= start < end <= now", "EARLIEST <= start < end"),),
        ("tests/pure/test_judge.py::test_no_row_that_breaks_a_rule_is_in_order_at_a_glance",),
    ),
    Bug(
        "long-batch-at-a-glance",
        "A batch of a whole year goes out without a word, since its one row was in order.",
        (
            Edit(
                "pipeline/assemble/__init__.py",
                "run is None or run.ended_at - run.started_at > longest",
                "run is None",
            ),
        ),
        ("tests/pure/test_assemble.py::test_a_batch_that_is_seen_at_a_glance_is_the_batch_made_with_care",),
    ),
    Bug(
        "one-answer-for-every-unit",
        "Of the same number in two rows, in kilograms and in tonnes, only the first is read.",
        (
            Edit(
                "pipeline/check/columns.py",
                "answers[each] = self._answer(field, stand[:wide], stand[wide:] or of_all)",
                "answers[each] = self._answer(field, stand[:wide], parts(stands[0])[wide:] or of_all)",
            ),
        ),
        ("tests/pure/test_quickly.py::test_the_same_number_in_two_units_is_two_masses",),
    ),
    Bug(
        "date-as-reference",
        "A reference that a spreadsheet has made a date of goes out unnoticed.",
        (Edit(_TEXTS, "(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2}$)", ""),),
        ("tests/pure/test_quickly.py::test_a_reference_in_doubt_is_left_to_care",),
    ),
    Bug(
        "odd-number-ends-the-file",
        "One NaN that a program left in a sheet, and no row of the log is read.",
        (Edit("pipeline/read/numerals.py", "if may_be_odd.search(xml) else xml", "if False else xml"),),
        (f"{_MASSES}_24_what_is_no_number_in_a_workbooks_own_xml_is_refused_at_its_cell",),
    ),
)
