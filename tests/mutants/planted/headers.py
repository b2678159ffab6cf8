"""Bugs in what a log's headers are taken for, and in which unit its masses are."""

from tests.mutants.bug import Bug, Edit

_COLUMNS = "schemas/run_log/columns.py"
_NAME = "schemas/run_log/header_name.py"
_UNITS = "schemas/run_log/units.py"
_TESTS = "tests/pure/test_headers.py"

BUGS = (
    Bug(
        "brackets-not-read",
        "The start of feeding is registered as the start of production.",
        (
            Edit(
                _COLUMNS,
                "if field not in _MAY_STATE_A_UNIT and not _explains(name.brackets):",
                "if field is None:",
            ),
        ),
        (f"{_TESTS}::test_what_logs_hold_besides_names_no_field",),
    ),
    Bug(
        "offset-beside-utc",
        "The times of a header that says “UTC +2” are registered as UTC, two hours late.",
        (
            Edit(
                "schemas/run_log/header_zone.py",
                "return [word for word in words if not _is_harmless(word)]",
                "return [word for word in words if _is_zone(word)][:1]",
            ),
        ),
        ("tests/pure/test_columns.py",),
    ),
    Bug(
        "order-of-header-passed-over",
        "Under “yyyy-dd-mm”, the 5th of October is registered as the 10th of May.",
        (Edit("pipeline/check/fields.py", 'if self._orders.get(field) != "YDM"', "if field"),),
        ("tests/hazards/test_times.py",),
    ),
    Bug(
        "wet-mass-taken",
        "The wet mass of the feedstock is registered as the mass of the biochar.",
        (Edit(_NAME, "if self.of_biochar else ())", "if weighed else ())"),),
        (f"{_TESTS}::test_a_header_that_is_not_known_is_no_mass",),
    ),
    Bug(
        "temperature-in-tonnes",
        "A temperature of the biochar is registered as tonnes of it.",
        (Edit(_UNITS, 'text in ("T", "G") or ', ""),),
        (f"{_TESTS}::test_a_header_that_is_not_known_is_no_mass",),
    ),
    Bug(
        "rival-passed-over",
        "The weight of what went in is registered although the biochar's own mass stands beside it.",
        (Edit(_COLUMNS, 'rivals=() if "mass" in by_plant else _rivals(fields, names)', "rivals=()"),),
        ("tests/hazards/test_headers.py", "tests/pure/test_columns.py"),
    ),
    Bug(
        "first-of-two-taken",
        "Of two columns that name one field the first is registered without a word.",
        (Edit("pipeline/check/header.py", "_twice(header) or ", ""),),
        ("tests/hazards/test_headers.py",),
    ),
    Bug(
        "unit-row-passed-over",
        "Under a header over two rows, tonnes are registered as the kilograms of the settings.",
        (
            Edit(
                "pipeline/check/__init__.py",
                "    if two_rows := second_header_row(header, data):\n        return two_rows\n",
                "",
            ),
        ),
        ("tests/hazards/test_headers.py", "tests/pure/test_around.py"),
    ),
    Bug(
        "unit-in-more-words",
        "Under a row that says “in metric tonnes”, tonnes are registered as the kilograms of the settings.",
        (Edit("pipeline/check/two_rows.py", " or (no_run and bool(units_mentioned(said)))", ""),),
        ("tests/pure/test_around.py",),
    ),
    Bug(
        "unit-above-passed-over",
        "Under “Biochar (t)” in the row above the header, tonnes are registered as the settings' kilograms.",
        (
            Edit(
                "pipeline/check/__init__.py",
                "    if begun := header_begun_above(table, header, convention):\n        return begun\n",
                "",
            ),
        ),
        ("tests/pure/test_around.py",),
    ),
    Bug(
        "factor-passed-over",
        "Of a header that says “x 1000 kg”, thousands of kilograms are registered as kilograms.",
        (Edit(_NAME, "scale_stated(outside) if understood", '"" if understood'),),
        ("tests/hazards/test_units.py",),
    ),
    Bug(
        "rate-as-mass",
        "Kilograms an hour are registered as kilograms.",
        (Edit(_UNITS, ", all(map(unit_named, words)) and len(units) <= 1", ", True"),),
        ("tests/pure/test_units.py", "tests/pure/test_columns.py"),
    ),
    Bug(
        "ton-guessed",
        "A short ton, or a long one, is registered as a tonne.",
        (Edit(_UNITS, '"t, to, tonne, tonnes,', '"t, to, ton, tons, tonne, tonnes,'),),
        ("tests/pure/test_units.py",),
    ),
    Bug(
        "unaccented-colliding",
        "A word that is the start in one language and a batch in another is taken for either.",
        (Edit("schemas/run_log/headers/spanish.py", "N.º de lote | Lote", "N.º de lote | Início | Lote"),),
        (f"{_TESTS}::test_a_built_in_header_names_one_field_whatever_its_language_and_spelling",),
    ),
)
