"""What an operator does after a run: put right what it says is wrong, in Excel, and drop it in again."""

import datetime as dt
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from tests.program.shell import Ran, Shell, held
from tests.program.test_sample_logs import HOLLIN_FARM, plant

KILN, END_DATE, MASS, REFERENCE = "Kiln", "End date", "Biochar mass (kg)", "Batch ref"


def folder_of(shell: Shell, ran: Ran) -> Path:
    return shell.folder / str(ran.json["folder"])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def put_right(path: Path, reference: str, column: str, value: Any, *, header: int = 1, nth: int = 0) -> None:
    """Type a value into the row of a reference, and save the workbook under its own name."""
    book = load_workbook(path)
    (sheet,) = [each for each in book.worksheets if each.sheet_state == "visible" and _titles(each, header)]
    titles = _titles(sheet, header)
    rows = [line for line in sheet.iter_rows(header + 1) if line[titles.index(REFERENCE)].value == reference]
    rows[nth][titles.index(column)].value = value
    book.save(path)


def _titles(sheet: Any, header: int) -> list[object]:
    titles = [cell.value for cell in sheet[header]]
    return titles if REFERENCE in titles else []


def content(path: Path) -> list[tuple[str, list[list[object]]]]:
    """The sheets of a workbook with all that they hold, but where a row came from."""
    return [
        (sheet.title, [list(line[:-1]) for line in sheet.iter_rows(values_only=True)])
        for sheet in load_workbook(path).worksheets
    ]


def test_rows_to_fix_are_put_right_some_at_a_time_until_all_are_registered_once(tmp_path: Path) -> None:
    shell, log = plant(tmp_path, HOLLIN_FARM)
    first = shell.run("upload", "--json", log)
    assert first.outcomes == {"created": 35, "invalid": 3, "conflict": 2}

    one = folder_of(shell, first) / "to_fix.xlsx"
    put_right(one, "HF-25-009", KILN, "Barn kiln")
    second = shell.run("upload", "--json", str(one))
    assert second.outcomes == {"created": 1, "invalid": 2, "conflict": 2}

    two = folder_of(shell, second) / "to_fix.xlsx"
    put_right(two, "HF-25-024", MASS, 599.2)
    put_right(two, "HF-25-031", REFERENCE, "HF-25-032", nth=1)
    third = shell.run("upload", "--json", str(two))
    assert third.outcomes == {"created": 3, "invalid": 1}

    three = folder_of(shell, third) / "to_fix.xlsx"
    put_right(three, "HF-25-017", END_DATE, "13/10/2025")
    fourth = shell.run("upload", "--json", str(three))
    assert fourth.outcomes == {"created": 1}
    assert "to_fix.xlsx" not in names(folder_of(shell, fourth))
    assert (set(held(shell.store).values()), held(shell.store).total()) == ({1}, 40)


def test_rows_to_fix_that_come_back_as_they_were_are_the_same_again_however_often(tmp_path: Path) -> None:
    shell, log = plant(tmp_path, HOLLIN_FARM)
    ran = shell.run("upload", "--json", log)
    first = content(folder_of(shell, ran) / "to_fix.xlsx")
    for _ in range(3):
        ran = shell.run("upload", "--json", str(folder_of(shell, ran) / "to_fix.xlsx"))
        assert ran.outcomes == {"invalid": 3, "conflict": 2}
        assert content(folder_of(shell, ran) / "to_fix.xlsx") == first
        assert not {each for each in names(folder_of(shell, ran)) if each.startswith("marked-")}


def test_a_marked_copy_that_is_dropped_in_by_mistake_is_read_as_its_log(tmp_path: Path) -> None:
    shell, log = plant(tmp_path, HOLLIN_FARM)
    first = shell.run("upload", "--json", log)
    copy = folder_of(shell, first) / "marked-log-2025-10.xlsx"
    again, marked = shell.run("check", "--json", log), shell.run("check", "--json", str(copy))
    assert marked.outcomes == again.outcomes == HOLLIN_FARM.again
    assert [each["cells"] for each in marked.json["issues"]] == [
        each["cells"] for each in again.json["issues"]
    ]
    sent = shell.run("upload", "--json", str(copy))
    assert (sent.outcomes, sent.posts) == (HOLLIN_FARM.again, 0)


def test_a_marked_copy_that_is_put_right_and_dropped_in_registers_what_was_put_right(tmp_path: Path) -> None:
    shell, log = plant(tmp_path, HOLLIN_FARM)
    first = shell.run("upload", "--json", log)
    copy = folder_of(shell, first) / "marked-log-2025-10.xlsx"
    put_right(copy, "HF-25-009", KILN, "Barn kiln", header=5)
    put_right(copy, "HF-25-031", REFERENCE, "HF-25-032", header=5, nth=1)
    second = shell.run("upload", "--json", str(copy))
    assert second.outcomes == {"already_registered": 35, "created": 3, "invalid": 2}
    assert (set(held(shell.store).values()), held(shell.store).total()) == ({1}, 38)
    folder = folder_of(shell, second)
    assert not {each for each in names(folder) if each.startswith("marked-")}
    assert '"not_marked"' in (folder / "run.log.jsonl").read_text(encoding="utf-8")


def test_a_date_that_was_refused_beside_others_is_not_taken_when_its_row_comes_back_alone(
    tmp_path: Path,
) -> None:
    shell, book = Shell(tmp_path), Workbook()
    (shell.folder / "pipeline.toml").write_text(
        '[log]\ntimezone = "Europe/London"\ndate_order = "DMY"\n', encoding="utf-8"
    )
    sheet = book.worksheets[0]
    sheet.append([REFERENCE, "Facility", "Feedstock", "Start", "End", MASS])
    for day in range(1, 13):
        start, end = dt.datetime(2026, 10, day, 6), dt.datetime(2026, 10, day, 18)  # noqa: DTZ001
        text = f"{day:02}/10/2026 06:00" if day == 5 else start
        sheet.append([f"B-{day}", "fcl_1G8QT5ZAB1S0XSDW", "ftt_1D7KZ1P761S0G7BN", text, end, 150 + day])
    book.save(shell.folder / "log.xlsx")
    first = shell.run("upload", "--json", "log.xlsx")
    assert first.outcomes == {"created": 11, "invalid": 1}
    again = shell.run("upload", "--json", str(folder_of(shell, first) / "to_fix.xlsx"))
    assert again.outcomes == {"invalid": 1}
    assert held(shell.store).total() == 11
