"""Headers name fields as people write them in six languages, and what may be something else names none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import Fits
from schemas.run_log.columns import IN_TWO_COLUMNS, REQUIRED, columns_of
from schemas.run_log.header_name import header_name
from schemas.run_log.header_zone import zone_stated
from schemas.run_log.headers import BUILT_IN, BY_LANGUAGE
from schemas.run_log.spelling import bare, folded, joined, unaccented

LOG = ("Run ID", "Kiln", "Feedstock", "Start", "End", "Mass (kg)")
MASS = 5


@pytest.mark.parametrize(
    "header",
    [
        "Mass kg/h", "Mass kg/s", "Mass kg per day", "Mass t/kg", "Feedstock mass (kg)", "Mass (kg",
        "Mass (kg) per hour", "Mass of feedstock (kg)", "m", "kg", "Biochar mass flow (kg)",
        "Biochar yield (kg)", "Biochar T", "BIOCHAR T", "Biochar to", "Dry mass (kg)", "Wet mass (kg)",
        "Trockenmasse (kg)", "Masse sèche (kg)", "Gross weight (kg)", "Bruttogewicht (kg)", "Peso bruto (kg)",
        "Tara (kg)", "Input (kg)", "Menge (kg)", "Quantité (kg)", "Cantidad (kg)", "Mengde (kg)",
        "Charge (kg)", "Biomasse (kg)", "Biomasa (t)", "Biomassa kg", "Råstoff [t]", "Ausbeute (kg)",
        "Output (kg)", "x" * 300,
    ],
)  # fmt: skip
def test_a_header_that_is_not_known_is_no_mass(header: str) -> None:
    found = columns_of((*LOG[:MASS], header), {})
    assert found.missing == ("mass",)
    assert not Fits()((*LOG[:MASS], header))


@pytest.mark.parametrize(
    "header",
    [
        "Operator", "Bediener", "Opérateur", "Operador", "Operatør", "Name", "Nom", "Nombre", "Nome", "Navn",
        "Bezeichnung", "Run", "Lauf", "Passage", "Corrida", "Kjøring", "No.", "Nr.", "ID", "Lfd. Nr.", "Date",
        "Datum", "Data", "Fecha", "Dato", "Hora", "Uhrzeit", "Peak temp (°C)", "Temperatur", "Moisture (%)",
        "Feuchte", "Humedad", "Umidade", "Fukt", "Start (feeding)", "Start of feeding", "Beginn Beschickung",
        "Start (planned, UTC)", "End (expected, UTC)",
        "Début alimentation", "Start temp", "Start (°C)", "End (°C)", "Oppstart", "Kiln (°C)",
        "Reactor temperature", "Feedstock (kg)", "Feedstock (moisture %)", "Feedstock moisture",
        "Batch (size)", "Batch size", "Lot size", "Partida", "Insumo", "Remarks", "Bemerkung", "CO2 (t)",
    ],
)  # fmt: skip
def test_what_logs_hold_besides_names_no_field(header: str) -> None:
    assert columns_of((header,), {}).fields == {}


def test_a_built_in_header_names_one_field_whatever_its_language_and_spelling() -> None:
    fields: dict[str, set[str]] = {}
    for table in BY_LANGUAGE.values():
        for field, headers in table.items():
            for header in headers:
                for spelling in {folded(header), unaccented(header), bare(header), joined(header)}:
                    fields.setdefault(spelling, set()).add(field)
    assert {spelling: named for spelling, named in fields.items() if len(named) > 1} == {}


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_each_language_has_headers_for_every_field_and_none_twice(language: str) -> None:
    table = BY_LANGUAGE[language]
    assert list(table) == list(BUILT_IN)
    for headers in table.values():
        spellings = [bare(header) for header in headers]
        assert spellings
        assert len(set(spellings)) == len(spellings)


def test_no_built_in_header_names_a_unit_nor_one_of_a_time_a_zone() -> None:
    for field, headers in BUILT_IN.items():
        for header in headers:
            assert header_name(header).unit is None
            assert zone_stated(header) is None or not field.startswith(("started", "ended"))


@pytest.mark.parametrize(
    "log",
    [
        ("Charge-Nr.", "Anlage", "Einsatzstoff", "Beginn", "Ende", "Pflanzenkohle [t TM]"),
        ("N° de lot", "Four", "Matière première", "Date de début", "Date de fin", "Masse de biochar (kg)"),
        ("LOTE", "HORNO", "BIOMASA", "INICIO", "FIN", "PESO (KG)"),
        ("Nº do lote", "Forno", "Matéria-prima", "Início", "Fim", "Biocarvão (kg)"),
        ("Batchnr.", "Ovn", "Råstoff", "Start", "Slutt", "Biokull, kg"),
        ("batch_id", "kiln", "feedstock", "started_at_utc", "ended_at_utc", "mass_kg"),
        ("BatchRef", "KilnName", "FeedstockType", "StartDateTime", "EndDateTime", "BiocharMass (kg)"),
    ],
)
def test_the_log_of_a_plant_is_understood_in_its_own_language(log: tuple[str, ...]) -> None:
    found = columns_of(log, {})
    assert found.fields == {field: (column,) for column, field in enumerate(REQUIRED)}
    assert (found.missing, found.twice, found.unclear, found.rivals) == ((), {}, {}, ())


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Start (date)", "started_at"), ("Beginn (Uhrzeit)", "started_at"), ("Début (heure)", "started_at"),
        ("End (dd.mm.yyyy hh:mm)", "ended_at"), ("Ende (TT.MM.JJJJ)", "ended_at"), ("Fin (UTC)", "ended_at"),
        ("Start (local time)", "started_at"), ("Start UTC", "started_at"), ("ended_at_utc", "ended_at"),
        ("Start GMT", "started_at"),
        ("Feedstock(s)", "feedstock"), ("Kiln (name)", "facility"), ("Batch (ID)", "supplier_reference_id"),
        ("Unit (kg or t)", "mass_unit"), ("Batch name (optional)", "display_name"),
        ("DÉBUT", "started_at"), ("DEBUT", "started_at"), ("Materia-Prima", "feedstock"),
    ],
)  # fmt: skip
def test_words_in_brackets_that_only_explain_change_nothing(header: str, field: str) -> None:
    assert columns_of((header,), {}).fields == {field: (0,)}


@pytest.mark.parametrize("header", ["Start-UTC", "Start+02:00", "Charge-Nnr.", "Batch  I D"])
def test_what_is_only_near_a_header_is_none(header: str) -> None:
    assert columns_of((header,), {}).fields == {}


@pytest.mark.parametrize(
    ("header", "field"),
    [(header, field) for field, headers in BUILT_IN.items() for header in headers],
)
def test_every_built_in_header_names_its_field_in_any_case_and_spacing(header: str, field: str) -> None:
    whole = {part: whole for whole, parts in IN_TWO_COLUMNS.items() for part in parts}.get(field, field)
    for text in (header, header.upper(), f"\u00a0{header.replace(' ', '  ')}\n", f"{header}:", f"{header} *"):
        assert columns_of((text,), {}).fields == {whole: (0,)}
    if "batch" not in header:
        assert columns_of((header.replace(" ", "_"),), {}).fields == {whole: (0,)}


@pytest.mark.parametrize(
    "header", ["Feedstock (kg)", "Feedstock (t)", "Biomass (t)", "Batch (kg)", "Start T", "End t", "Site t"]
)
def test_a_header_with_a_unit_of_mass_names_no_field_that_is_not_a_mass(header: str) -> None:
    found = columns_of((*LOG, header), {})
    assert all(len(LOG) not in columns for columns in found.fields.values())
    assert found.twice == {}


@given(st.text(max_size=30))
def test_folding_a_header_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text) or not text.isascii()
