"""OpenDocument's number styles as the codes that Excel has for them."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, fromstring

import pytest

from pipeline.read.open_document.styles import Styles

SPACES = (
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def fed(element: Element, styles: Styles) -> None:
    def name(tag: str) -> str:
        return tag.removeprefix("{").replace("}", " ")

    styles.start(name(element.tag), {name(key): value for key, value in element.attrib.items()})
    styles.text(element.text or "")
    for child in element:
        fed(child, styles)
        styles.text(child.tail or "")
    styles.end(name(element.tag))


def code_of(kind: str, content: str, attributes: str = "", others: Iterable[str] = ()) -> str:
    style = f'<number:{kind}-style style:name="N"{attributes}>{content}</number:{kind}-style>'
    use = '<style:style style:name="ce" style:family="table-cell" style:data-style-name="N"/>'
    styles = Styles()
    for part in fromstring(f"<a {SPACES}>{''.join(others)}{style}{use}</a>"):  # noqa: S314
        fed(part, styles)
    return styles.of_cell("ce").code


def number(kind: str, content: str = "", **said: object) -> str:
    """An element of a number style, such as <number:day number:style="long"/>."""
    attributes = "".join(f' number:{name.replace("_", "-")}="{value}"' for name, value in said.items())
    return f"<number:{kind}{attributes}>{content}</number:{kind}>"


def digits(whole: int = 1, places: int | None = 0, content: str = "", **said: object) -> str:
    more = {} if places is None else {"decimal_places": places}
    return number("number", content, min_integer_digits=whole, **more, **said)


def embedded(position: int, words: str) -> str:
    return number("embedded-text", words, position=position)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (digits(1, None), "General"),
        (digits(), "0"),
        (digits(0), "#"),
        (digits(6, None), "000000"),
        (digits(1, 2), "0.00"),
        (digits(1, 3, min_decimal_places=1), "0.0##"),
        (digits(grouping="true"), "#,##0"),
        (digits(5, grouping="true"), "00,000"),
        (digits(1, 1, display_factor=1000), "0.0,"),
        (digits(display_factor=1_000_000), "0,,"),
        (digits(display_factor=7), "0,"),
        (digits(999_999_999), "0" * 30),
        (digits(6, 0, embedded(4, "-") + embedded(2, "/")), '00"-"00"/"00'),
        (digits(1, None, embedded(2, "-")), '#"-"#0'),
        (digits(1, 1) + number("text", " kg"), '0.0" kg"'),
        (digits(1, None) + number("text", " kg"), 'General" kg"'),
        (number("text", 'a"b'), '"a"\\""b"'),
        (digits() + number("text", " %"), '0" "%'),
        (number("scientific-number", min_integer_digits=1, decimal_places=2), "0.00E+00"),
        (number("fraction"), "# ?/?"),
        (number("currency-symbol", "€"), '"€"'),
        (number("text-content"), "@"),
        ("", "General"),
    ],
)
def test_a_number_style_says_what_excels_code_says(content: str, code: str) -> None:
    assert code_of("number", content) == code


LONG = {"style": "long"}
HOURS, MINUTES = number("hours"), number("minutes", **LONG)


@pytest.mark.parametrize(
    ("kind", "content", "elapsed", "code"),
    [
        ("date", number("day") + number("text", ".") + number("month") + number("year"), False, 'd"."myy'),
        ("date", number("day", **LONG) + number("month", textual="true", **LONG), False, "ddmmmm"),
        ("date", number("month", textual="true") + number("day-of-week"), False, "mmmddd"),
        ("date", number("year", **LONG) + number("day-of-week", **LONG), False, "yyyydddd"),
        ("date", number("era") + number("quarter") + number("week-of-year"), False, "General"),
        ("time", HOURS + number("text", ":") + MINUTES, False, 'h":"mm'),
        ("time", HOURS + MINUTES, True, "[h]mm"),
        ("time", MINUTES + number("seconds"), True, "[mm]s"),
        ("time", number("seconds", decimal_places=2, **LONG), False, "ss.00"),
        ("time", HOURS + number("text", " ") + number("am-pm"), False, 'h" "AM/PM'),
    ],
)
def test_a_style_of_dates_or_times_says_what_excels_code_says(
    kind: str, content: str, elapsed: bool, code: str
) -> None:
    assert code_of(kind, content, ' number:truncate-on-overflow="false"' if elapsed else "") == code


ONE = digits(1, 1)


def applied(condition: str, style: str) -> str:
    meant = condition.replace("<", "&lt;")
    return f'<style:map style:condition="value(){meant}" style:apply-style-name="{style}"/>'


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ((">=0",), '0.0"0";"own"'),
        ((">0", "<0"), '0.0"0";0.0"1";"own"'),
        ((">0", "<0", "=0"), '0.0"0";0.0"1";0.0"2";"own"'),
        ((">=1000",), '[>=1000]0.0"0";"own"'),
        ((">0",), '[>0]0.0"0";"own"'),
        (("is odd",), '0.0"0";"own"'),
    ],
)
def test_styles_under_conditions_are_sections_in_their_order(conditions: tuple[str, ...], code: str) -> None:
    others = [
        f'<number:number-style style:name="N{index}">{ONE}{number("text", str(index))}</number:number-style>'
        for index in range(len(conditions))
    ]
    maps = "".join(applied(condition, f"N{index}") for index, condition in enumerate(conditions))
    assert code_of("number", f"<number:text>own</number:text>{maps}", others=others) == code


def test_a_condition_on_a_style_that_is_not_there_is_passed_over() -> None:
    assert code_of("number", ONE + applied(">0", "X")) == "0.0"
