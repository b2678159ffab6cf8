"""From a log to settings: what init writes is loaded by check at once, which then names what is missing."""

import csv
import datetime as dt
import io
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import Workbook

from pipeline.errors import SettingsError
from pipeline.run.init import write
from tests.program.shell import HARBOUR, SAMPLES, Ran, Shell
from tests.security.servers import Answer, Asked, answered, serving

FARM = SAMPLES / "hollin-farm" / "log-2025-10.xlsx"
MOULIN = SAMPLES / "moulin-des-aulnes" / "production-2025-10.csv"


def csv_of(*rows: Sequence[object], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = Workbook()
    assert book.active
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


def italian(folder: Path) -> str:
    """Semicolons, decimal commas, days before months, in Windows-1252, with two lines above the header."""
    rows = [
        (f"LT-{n:02}", f"Forno {n % 2}", "Pioppo; Vite" if n % 3 else "Vite", f"{n:02}/10/2026 06:15",
         f"{n:02}/10/2026 18:45", f"{400 + n},5", ("Niccolò", "Zoè", "Ugo", "Ada")[n % 4])
        for n in range(1, 25)
    ]  # fmt: skip
    header = (
        "Lotto interno",
        "Forno",
        "Cippato",
        "Accensione",
        "Spegnimento",
        "Carbone ottenuto (kg)",
        "Addetto",
    )
    title = (("Lotto interno",), ())
    (folder / "log.csv").write_bytes(csv_of(*title, header, *rows, delimiter=";", encoding="cp1252"))
    return "log.csv"


def polish(folder: Path) -> str:
    """A workbook with foreign headers over real dates, and a sheet of notes before the log."""
    rows: list[list[object]] = [
        ["Partia wypału", "Retorta", "Wsad", "Rozpalenie", "Wygaszenie", "Uzysk [kg]"]
    ]
    for n in range(1, 20):
        start = dt.datetime(2026, 10, n, 6, 30)  # noqa: DTZ001  a wall clock
        rows.append(
            [f"W/{n:03}", f"Retorta {n % 2}", "Brzoza", start, start + dt.timedelta(hours=11), 300 + n]
        )
    workbook(folder / "log.xlsx", {"Uwagi": [["Prowadzi", "Jan"]], "Wypały": rows})
    return "log.xlsx"


def american(folder: Path) -> str:
    """English headers that are not built in, months before days, and rows that an app has numbered."""
    rows = [
        (
            n,
            f"RUN{n:05}",
            "Kon-Tiki 4",
            "Pine slash",
            f"10/{n:02}/2026 6:15 AM",
            f"10/{n:02}/2026 5:40 PM",
            120 + n,
        )
        for n in range(1, 29)
    ]
    header = ("#", "Burn name", "Kiln used", "Feedstok", "Lit", "Quenched", "Char weight (lb)")
    (folder / "log.csv").write_bytes(csv_of(header, *rows))
    return "log.csv"


def hostile(folder: Path) -> str:
    """Headers and names that are TOML, or would be."""
    rows = [
        (f"R-{n:03}", 'Kiln "A" = [facilities]', "O'ak \\ bark #1", f"2026-10-{n:02}T06:00Z",
         f"2026-10-{n:02}T18:00Z", f"{n}.5", "🔥")
        for n in range(1, 20)
    ]  # fmt: skip
    header = ('"""', "[log]\nx = 1", "feed'stock\t", "\\u0000", "a = b", "Biochar (kg)", "🔥 = '''")
    (folder / "log.csv").write_bytes(csv_of(header, *rows))
    return "log.csv"


def checked_after_init(shell: Shell, log: str, *options: str) -> tuple[Ran, Ran]:
    ran = shell.run("init", *options, log)
    assert ran.code == 0, ran.screen
    return ran, shell.run("check", "--json", log)


def codes(ran: Ran) -> set[str]:
    return {each["code"] for each in ran.json["problems"]}


def settings(shell: Shell, name: str = "pipeline.toml") -> str:
    return (shell.folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("log", "rows"), [(FARM, 40), (MOULIN, 43)], ids=["hollin-farm", "moulin"])
def test_a_sample_is_checked_at_once_and_every_name_to_fill_in_is_told(
    tmp_path: Path, log: Path, rows: int
) -> None:
    shell = Shell(tmp_path)
    ran, checked = checked_after_init(shell, shell.copy(log))
    assert checked.code == 1
    assert checked.outcomes == {"invalid": rows}
    assert {"unknown_facility", "unknown_feedstock", "timezone_unknown"} <= codes(checked)
    assert codes(checked).isdisjoint({"date_could_be_two", "decimal_mark_unknown", "unit_missing"})
    asked = [each["found"] for each in checked.json["problems"] if each["code"] == "unknown_facility"]
    assert "timezone" in ran.stdout
    assert all(name in settings(shell) for name in asked)
    assert checked.json["to_do"].startswith("say in pipeline.toml what is asked for")


def test_a_sample_that_says_all_itself_needs_nothing_filled_in(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran, checked = checked_after_init(shell, shell.copy(HARBOUR))
    assert "Nothing has to be filled in." in ran.stdout
    assert (checked.code, checked.outcomes) == (0, {"not_sent": 60})


def test_what_is_filled_in_by_a_person_makes_a_sample_what_its_own_settings_make_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = shell.copy(FARM)
    assert shell.run("init", "--timezone", "Europe/London", log).code == 0
    text = settings(shell)
    for name, registered in re.findall(
        r'^"([^"]+)" = "((?:fcl|ftt)_\w+)"$', settings_of_the_farm(), re.MULTILINE
    ):
        assert f'# "{name}" = "' in text
        text = re.sub(rf'^# "{name}" = ".*"$', f'"{name}" = "{registered}"', text, flags=re.MULTILINE)
    (tmp_path / "pipeline.toml").write_text(text, encoding="utf-8")
    assert shell.run("check", "--json", log).outcomes == {"not_sent": 35, "invalid": 3, "conflict": 2}


def settings_of_the_farm() -> str:
    return (FARM.parent / "pipeline.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [italian, polish, american, hostile])
def test_a_foreign_log_is_checked_without_a_crash_and_says_what_to_fill_in(
    tmp_path: Path, make: object
) -> None:
    assert callable(make)
    shell = Shell(tmp_path)
    log = make(tmp_path)
    ran, checked = checked_after_init(shell, log)
    assert checked.code == 1
    (file,) = checked.json["files"]
    if file["refusal"]:
        assert file["refusal"]["code"] == "no_header"
        assert "To fill in: which column is the mass?" in settings(shell)
        (column,) = re.findall(r'^# (".*") = "mass"$', settings(shell), re.MULTILINE)
        text = settings(shell).replace(f'# {column} = "mass"', f'{column} = "mass"')
        (tmp_path / "pipeline.toml").write_text(text, encoding="utf-8")
        checked = shell.run("check", "--json", log)
    assert {"unknown_facility", "unknown_feedstock"} <= codes(checked)
    assert set(checked.outcomes) == {"invalid"}
    assert "[facilities]: the id of" in ran.stdout


def test_the_logs_of_abroad_are_understood_as_they_are_written(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.run("init", "--timezone", "Europe/Rome", italian(tmp_path)).code == 0
    written = settings(shell)
    for line in ('timezone = "Europe/Rome"', 'date_order = "DMY"', 'decimal = ","'):
        assert f"\n{line}\n" in written
    for name in ("Forno 0", "Forno 1", "Pioppo", "Vite"):
        assert f'\n# "{name}" = "f' in written
    assert "header is row 3" in written


def test_dates_of_america_are_proven_by_a_day_above_twelve(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.run("init", american(tmp_path)).code == 0
    assert '\ndate_order = "MDY"\n' in settings(shell)
    assert "10/13/2026" in settings(shell)


def test_of_several_sheets_with_the_same_header_none_is_chosen(tmp_path: Path) -> None:
    header: list[object] = ["Batch ref", "Kiln", "Feedstock", "Start", "End", "Biochar (kg)"]
    rows: list[list[object]] = [header, ["A1", "North", "Bark", "2026-10-01 06:00", "2026-10-01 18:00", 5]]
    workbook(tmp_path / "log.xlsx", {"Oct": rows, "Nov": rows})
    shell = Shell(tmp_path)
    ran, checked = checked_after_init(shell, "log.xlsx")
    assert checked.json["files"][0]["refusal"]["code"] == "two_headers"
    assert "[log] sheet" in ran.stdout
    assert '2 sheets have the header of the log: "Oct", "Nov"' in settings(shell)
    assert '\n# sheet = "…"\n' in settings(shell)


def test_settings_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "pipeline.toml").write_text("# ours\n", encoding="utf-8")
    log = shell.copy(HARBOUR)
    for arguments in (["init", log], ["init"], ["init", "--config", "pipeline.toml", log]):
        ran = shell.run(*arguments)
        assert ran.code == 2
        assert "pipeline.toml is there already, and nothing was changed" in ran.stderr
    assert settings(shell) == "# ours\n"
    assert shell.run("init", "--config", "other.toml", log).code == 0
    assert settings(shell, "other.toml").startswith("# Proposed by “pipeline init”")


def test_settings_that_are_there_are_told_before_the_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text("", encoding="utf-8")
    ran = Shell(tmp_path).run("init", "gone.csv")
    assert ran.code == 2
    assert "is there already" in ran.screen
    assert "gone.csv" not in ran.screen


def test_settings_that_appear_meanwhile_are_not_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "pipeline.toml"
    place.write_text("# ours\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="is there already"):
        write("# proposed\n", place)
    assert place.read_text(encoding="utf-8") == "# ours\n"


def test_the_file_is_the_one_that_the_other_commands_would_read(tmp_path: Path) -> None:
    shell = Shell(tmp_path, PIPELINE_CONFIG="plant.toml")
    ran = shell.run("init", shell.copy(HARBOUR))
    assert ran.code == 0
    assert [path.name for path in tmp_path.glob("*.toml")] == ["plant.toml"]
    assert shell.run("check", "--json", HARBOUR.name).code == 0


def test_the_file_may_be_read_by_all_and_holds_no_secret(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.run("init", shell.copy(HARBOUR))
    assert stat.S_IMODE((tmp_path / "pipeline.toml").stat().st_mode) == 0o644


def test_without_a_file_every_setting_is_explained_and_none_is_set(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran = shell.run("init")
    assert ran.code == 0
    assert "every setting is explained, and none is set" in ran.stdout
    assert shell.run("check", "--json", shell.copy(HARBOUR)).code == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.csv", b"1;2\n3;4\n", 1),
        ("a.pdf", b"%PDF-1.7\n", 1),
        ("empty.csv", b"", 1),
        ("gone.csv", None, 2),
    ],
)
def test_what_is_no_log_is_explained_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes | None, code: int
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = Shell(tmp_path).run("init", name)
    assert ran.code == code
    assert name in ran.stdout
    assert "Nothing was written." in ran.stdout
    assert not (tmp_path / "pipeline.toml").exists()


def test_a_zone_that_does_not_exist_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran = shell.run("init", "--timezone", "Berlin", shell.copy(FARM))
    assert ran.code == 2
    assert "Europe/Berlin" in ran.stderr
    assert not (tmp_path / "pipeline.toml").exists()


def test_without_a_terminal_nothing_is_asked_and_no_zone_is_guessed(tmp_path: Path) -> None:
    shell = Shell(tmp_path, TZ="Europe/Paris")
    ran = shell.run("init", shell.copy(FARM))
    assert ran.stderr == ""
    assert '\n# timezone = "…"\n' in settings(shell)
    assert "Paris" not in settings(shell)


TYPES = [(f"ftt_1D7KZ1P761S0{n:04}", f"Type {n}") for n in range(120)]
TYPES[70] = ("ftt_1D7KZ1P761S0WILL", "willow  CHIP")


def paged(asked: Asked) -> Answer:
    """A registry with more types than fit on a page."""
    query = parse_qs(urlsplit(asked.path).query)
    start, size = int(query.get("after", ["0"])[0]), int(query["first"][0])
    nodes = [
        {"id": one, "name": name, "supplier_reference_id": None} for one, name in TYPES[start : start + size]
    ]
    more = start + size < len(TYPES)
    page = {
        "has_next_page": more,
        "end_cursor": str(start + size),
        "has_previous_page": False,
        "start_cursor": "0",
    }
    return answered({"nodes": nodes, "page_info": page, "total_count": len(TYPES)})


def test_a_feedstock_that_the_registry_has_by_that_name_gets_its_id_from_whichever_page(
    tmp_path: Path,
) -> None:
    with serving(paged) as registry:
        shell = Shell(tmp_path, ISOMETRIC_BASE_URL=registry.url)
        assert shell.run("init", shell.copy(FARM)).code == 0
    assert [asked.method for asked in registry.asked] == ["GET"] * 3
    assert all("/feedstock_types?" in asked.path for asked in registry.asked)
    assert '\n"Willow chip" = "ftt_1D7KZ1P761S0WILL"\n' in settings(shell)
    assert '\n# "Hedge cuttings" = "ftt_…"\n' in settings(shell)
    assert "120 feedstock types" in settings(shell)


def test_a_log_with_ids_asks_no_registry(tmp_path: Path) -> None:
    with serving(paged) as registry:
        shell = Shell(tmp_path, ISOMETRIC_BASE_URL=registry.url)
        assert shell.run("init", shell.copy(HARBOUR)).code == 0
    assert registry.asked == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_registry_that_does_not_answer_costs_the_ids_and_nothing_else(tmp_path: Path, status: int) -> None:
    with serving(lambda _: answered({"detail": "no"}, status)) as registry:
        shell = Shell(tmp_path, ISOMETRIC_BASE_URL=registry.url)
        assert shell.run("init", shell.copy(FARM)).code == 0
    assert "could not be asked for its feedstock types" in settings(shell)
    assert str(status) in settings(shell)
    assert '\n# "Willow chip" = "ftt_…"\n' in settings(shell)


def test_missing_credentials_are_told_and_cost_nothing_else(tmp_path: Path) -> None:
    shell = Shell(tmp_path, ISOMETRIC_ENVIRONMENT="sandbox")
    assert shell.run("init", shell.copy(FARM)).code == 0
    told = " ".join(line.removeprefix("# ") for line in settings(shell).splitlines())
    assert "No registry was asked for its feedstock types. The access token for sandbox is missing." in told
