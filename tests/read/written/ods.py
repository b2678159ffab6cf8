"""ODS, as LibreOffice writes it: with a style for every format, and rows to the end of the sheet."""

import datetime as dt
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from tests.read.written.page import Error, Page, Shown, Value, bounds

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
ROWS = 1_048_576

_DIGITS = '<number:number number:decimal-places="%d" number:min-integer-digits="%d"%s/>'
_D, _M, _Y = (f'<number:{part} number:style="long"/>' for part in ("day", "month", "year"))
_DATE = f"{_D}<number:text>.</number:text>{_M}<number:text>.</number:text>{_Y}"
_CLOCK = (
    '<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/>'
)
FORMATS = {
    "General": ("number", "float", '<number:number number:min-integer-digits="1"/>'),
    "0": ("number", "float", _DIGITS % (0, 1, "")),
    "000000": ("number", "float", _DIGITS % (0, 6, "")),
    "0.0": ("number", "float", _DIGITS % (1, 1, "")),
    "#,##0": ("number", "float", _DIGITS % (0, 1, ' number:grouping="true"')),
    "#,##0,": ("number", "float", _DIGITS % (0, 1, ' number:grouping="true" number:display-factor="1000"')),
    "0%": ("percentage", "percentage", _DIGITS % (0, 1, "") + "<number:text>%</number:text>"),
    '0.0" t"': ("number", "float", _DIGITS % (1, 1, "") + "<number:text> t</number:text>"),
    '0.0" kg"': ("number", "float", _DIGITS % (1, 1, "") + "<number:text> kg</number:text>"),
    "@": ("text", "float", "<number:text-content/>"),
    "dd.mm.yyyy": ("date", "date", _DATE),
    "dd.mm.yyyy hh:mm": ("date", "date", f"{_DATE}<number:text> </number:text>{_CLOCK}"),
    "hh:mm": ("time", "time", _CLOCK),
    "[h]:mm": ("time", "time", _CLOCK.replace(' number:style="long"', "", 1)),
}
"""How LibreOffice spells out a format, and of what type it calls the cells that are shown in it."""

HIDDEN_TABLE = (
    '<style:style style:name="ta2" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle",
        "draw": "drawing", "meta": "meta", "config": "config", "manifest": "manifest",
        "fo": "xsl-fo-compatible",
    }.items()
) + (' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
     ' xmlns:xlink="http://www.w3.org/1999/xlink"')  # fmt: skip


def document(tables: str, *, styles: str = "", before: str = "") -> bytes:
    """content.xml: the tables, the automatic styles, and what the spreadsheet says before its tables."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{before}{tables}</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def root(element: str, content: str) -> bytes:
    """Any other part, such as styles.xml."""
    return f"<?xml version='1.0'?><office:{element} {_SPACES}>{content}</office:{element}>".encode()


def package(content: bytes, **others: bytes) -> dict[str, bytes]:
    """The parts of a document by name; in `others`, "_" stands for what no name of an argument can hold."""
    listed = {"/": MIMETYPE.decode(), "content.xml": "text/xml"}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{part}" manifest:media-type="{kind}"/>'
        for part, kind in listed.items()
    )
    manifest = f"<?xml version='1.0'?><manifest:manifest {_SPACES}>{entries}</manifest:manifest>"
    parts = {"mimetype": MIMETYPE, "META-INF/manifest.xml": manifest.encode(), "content.xml": content}
    return parts | others


def zipped(parts: Mapping[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return content.getvalue()


def as_ods(*pages: Page, from_1904: bool = False) -> bytes:
    formats = list(FORMATS)
    styles = "".join(_style(number, shown) for number, shown in enumerate(formats))
    epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
    tables = "".join(_table(page, epoch) for page in pages)
    return zipped(package(document(tables, styles=styles + HIDDEN_TABLE, before=counting_from(epoch))))


def counting_from(day: dt.date) -> str:
    """What stands before the tables and says which day is 0."""
    since = f'<table:null-date table:date-value="{day:%Y-%m-%d}"/>'
    return f"<table:calculation-settings>{since}</table:calculation-settings>"


def _style(number: int, shown: str) -> str:
    kind, _, elements = FORMATS[shown]
    elapsed = ' number:truncate-on-overflow="false"' if shown.startswith("[") else ""
    return (
        f'<number:{kind}-style style:name="N{number}"{elapsed}>{elements}</number:{kind}-style>'
        f'<style:style style:name="ce{number}" style:family="table-cell" style:parent-style-name="Default"'
        f' style:data-style-name="N{number}"/>'
    )


def table(rows: Iterable[str], title: str = "Runs", attributes: str = "") -> str:
    return (
        f"<table:table table:name={quoteattr(title)}{attributes}>"
        f'<table:table-column table:number-columns-repeated="16384" table:default-cell-style-name="Default"/>'
        f"{''.join(rows)}</table:table>"
    )


def row(cells: Iterable[str], attributes: str = "") -> str:
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


def cell(attributes: str = "", content: str = "", kind: str = "table-cell") -> str:
    return f"<table:{kind}{attributes}>{content}</table:{kind}>"


def text_cell(words: str, attributes: str = "") -> str:
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in words.split("\n"))
    return cell(f' office:value-type="string" calcext:value-type="string"{attributes}', lines)


def text_row(*texts: str) -> str:
    return row(map(text_cell, texts))


def _spaced(line: str) -> str:
    """Of several spaces, and of one at the beginning, all but the one that XML keeps are elements."""
    return (
        escape(line).replace("  ", " <text:s/>").replace("\t", "<text:tab/>")
        if line[:1] != " "
        else ("<text:s/>" + _spaced(line[1:]))
    )


def _table(page: Page, epoch: dt.datetime) -> str:
    rows = []
    for number, values in enumerate(page.rows, 1):
        cells = [
            _cell(value, epoch, _span(page.merged, number, column)) for column, value in enumerate(values)
        ]
        padding = cell(f' table:number-columns-repeated="{16_384 - len(values)}"')
        rows.append(row([*cells, padding], ' table:visibility="collapse"' if number in page.hidden else ""))
    padding = row(
        [cell(' table:number-columns-repeated="16384"')], f' table:number-rows-repeated="{ROWS - len(rows)}"'
    )
    return table([*rows, padding], page.title, "" if page.visible else ' table:style-name="ta2"')


def _span(merged: Sequence[str], number: int, column: int) -> str:
    for area in merged:
        left, top, right, bottom = bounds(area)
        if (top, left) == (number, column + 1):
            columns, rows = right - left + 1, bottom - top + 1
            return f' table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows}"'
    return ""


def _cell(value: Value, epoch: dt.datetime, span: str) -> str:
    match value:
        case None:
            return cell(span)
        case Error(text=words):
            says = ' office:value-type="string" office:string-value="" calcext:value-type="error"'
            return cell(f' table:formula="of:=[.Z1]"{says}{span}', f"<text:p>{words}</text:p>")
        case str():
            return text_cell(value, span)
        case bool():
            says = f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
            return cell(says + span, f"<text:p>{str(value).upper()}</text:p>")
        case Shown(value=number, format=shown):
            return _number(number, shown, epoch, span)
    return _number(value, "General", epoch, span)


def _number(value: float, shown: str, epoch: dt.datetime, span: str) -> str:
    kind = FORMATS[shown][1]
    style = f' table:style-name="ce{list(FORMATS).index(shown)}"{span}'
    seconds = round(value * 86_400)
    if kind == "date":
        moment = epoch + dt.timedelta(days=value)
        says = f'office:date-value="{moment.isoformat() if seconds % 86_400 else moment.date()}"'
    elif kind == "time":
        says = f'office:time-value="PT{seconds // 3_600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"'
    else:
        says = f'office:value="{value:.15g}"'
    return cell(
        f'{style} office:value-type="{kind}" {says} calcext:value-type="{kind}"', "<text:p>1</text:p>"
    )
