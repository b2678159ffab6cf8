"""The page in a real browser: quiet, alone, readable on every screen, on paper and by a screen reader."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from tests.page.reports import PAGES, page

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_A4 = (595, 842)
WIDTHS = (360, 800, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Of a module and no longer: its event loop would be in the way of other tests."""
    path = shutil.which("chromium")
    assert path, "chromium is not installed: `make browser` installs it where it can (Debian, Ubuntu)."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, headless=True, args=_FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name, report in PAGES.items():
        (made / f"{name}.html").write_text(page(report), encoding="utf-8")
    return made


class Opened:
    """A page that was opened, and what the browser had to say about it."""

    def __init__(self, browser: Browser, path: Path, width: int, scheme: str) -> None:
        self.heard: list[str] = []
        self.asked: list[str] = []
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page.on("console", lambda message: self.heard.append(message.text))
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("dialog", lambda dialog: self.heard.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri(), wait_until="load")


@pytest.fixture
def opened(browser: Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    name, width, scheme = request.param
    shown = Opened(browser, folder / f"{name}.html", width, scheme)
    yield shown
    shown.page.close()


def every(names: tuple[str, ...], widths: tuple[int, ...], schemes: tuple[str, ...]) -> pytest.MarkDecorator:
    """Each of these pages at each of these widths, light or dark."""
    cases = [(name, width, scheme) for name in names for width in widths for scheme in schemes]
    return pytest.mark.parametrize("opened", cases, indirect=True, ids=lambda case: "-".join(map(str, case)))


@every(tuple(PAGES), (800,), ("light",))
def test_a_page_is_quiet_asks_for_nothing_and_never_scrolls_sideways(opened: Opened) -> None:
    assert opened.heard == []
    assert opened.asked == [opened.page.url]
    assert opened.page.evaluate("document.scripts.length") == 0
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 800})
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@every(("wrong", "hostile"), WIDTHS, ("light",))
def test_all_that_is_told_of_a_wrong_cell_is_in_view_on_every_screen(opened: Opened) -> None:
    places = opened.page.query_selector_all(".places td, .places th[scope=row]")
    assert places
    for each in places:
        box = each.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= opened.page.evaluate("innerWidth")


@every(("hostile",), (800,), ("light",))
def test_what_a_log_writes_is_text_in_the_browser(opened: Opened) -> None:
    assert "</style><script>alert(1)</script><U+202E><img src=x onerror=alert(2)>" in opened.page.inner_text(
        "h3"
    )
    assert opened.page.locator("img, script, iframe, a, form").count() == 0


@every(tuple(PAGES), (800,), ("light", "dark"))
def test_a_page_is_accessible_as_far_as_axe_can_tell(opened: Opened) -> None:
    """Contrast, names, landmarks, the order of headings, tables, what can be reached by keyboard."""
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()


@every(("wrong",), (800,), ("light",))
def test_a_screen_reader_hears_landmarks_headings_and_named_tables_and_pictures(opened: Opened) -> None:
    heard = opened.page.locator("body").aria_snapshot()
    for part in ("banner", "main", "contentinfo", 'heading "What to do next" [level=2]', "img "):
        assert part in heard
    assert 'table "Rows by outcome"' in heard
    assert 'table "What is held under the reference, and what the log wants"' in heard
    assert 'columnheader "Held"' in heard
    assert 'rowheader "row 61"' in heard


def test_light_and_dark_differ_and_a_picture_can_be_told_from_its_ground_in_both(
    browser: Browser, folder: Path
) -> None:
    ground = "getComputedStyle(document.querySelector('section')).backgroundColor"
    colours = (
        "['.color-0', '.axis text', '.bars .good'].map("
        "each => getComputedStyle(document.querySelector('.chart ' + each)).fill)"
    )
    seen = {}
    for scheme in ("light", "dark"):
        shown = Opened(browser, folder / "clean.html", 1280, scheme)
        behind, fills = shown.page.evaluate(ground), shown.page.evaluate(colours)
        assert all(contrast(fill, behind) >= 3 for fill in fills), (scheme, fills)
        seen[scheme] = shown.page.screenshot(full_page=True)
        shown.page.close()
    assert seen["light"] != seen["dark"]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@every(("wrong", "long", "hostile"), (800,), ("dark",))
def test_a_page_is_printed_on_a4_dark_on_white_with_something_on_every_sheet(opened: Opened) -> None:
    printed = PdfReader(io.BytesIO(opened.page.pdf(prefer_css_page_size=True)))
    for sheet in printed.pages:
        size = (float(sheet.mediabox.width), float(sheet.mediabox.height))
        assert size == pytest.approx(_A4, abs=1)
        assert sheet.extract_text().strip()
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    room = _printable()
    opened.page.set_viewport_size({"width": room, "height": 1000})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= room


def _printable() -> int:
    """The width of A4 between its margins, in the pixels of a style sheet."""
    return int((210 - 2 * 15) / 25.4 * 96)
