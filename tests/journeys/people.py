"""A person at a browser: says what they see and do in the words of the screens, and looks for faults on every page.

Every page that a journey comes to is checked: no error of the console, no answer above 399 but the expected, axe without
a violation (WCAG 2.2 AA and best practices), nothing wider than the window; with `--screenshots DIR` it leaves a picture.
"""

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.cast import PASSWORD

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Person:
    """One person with a browser of their own."""

    def __init__(
        self,
        browser: Browser,
        site: str,
        email: str = "",
        *,
        width: int = 1280,
        language: str = "en-GB",
        javascript: bool = True,
        album: "Album | None" = None,
    ):
        self.site, self.email, self.album, self.password = site, email, album, PASSWORD
        self.javascript = javascript
        # What a person did so far: fields filled in, and the addresses of the pages that they came to.
        self.entries, self.visited = 0, []
        self.context: BrowserContext = browser.new_context(
            locale=language, timezone_id="America/Argentina/Buenos_Aires", viewport={"width": width, "height": 900},
            bypass_csp=True, java_script_enabled=javascript, reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.faults: list[str] = []
        self.begin_a_page()

    def begin_a_page(self) -> None:
        """In a tab of its own, of the same browser."""
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("response", self._note_fault)

    def _note_fault(self, answer) -> None:
        if answer.status >= 500 or (answer.status >= 400 and answer.request.resource_type != "document"):
            self.faults.append(f"{answer.status} {answer.url}")

    # --- Going ---------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Go to an address of the site, and look at the page."""
        self.page.goto(path if path.startswith("http") else self.site + path)
        self.look()

    def follow(self, name: str, *, exact: bool = False, nth: int = 0) -> None:
        """Follow a link of the page's main part by its words."""
        self.click(self.page.locator("main").get_by_role("link", name=name, exact=exact).nth(nth))
        self.look()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press a button of the page's main part by its words."""
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=exact).first)
        self.look()

    def press_in_vain(self, name: str, *, exact: bool = False) -> None:
        """Press a button; the page comes back with what is wrong, and is as good as any other."""
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=exact).first)
        self.page.locator("main .error-summary").wait_for()
        self.look(problems=True)

    def press_at(self, selector: str) -> None:
        """Press what a selector finds first in the main part: for journeys in either language."""
        self.click(self.page.locator(f"main {selector}").first)
        self.look()

    def click(self, target: Locator) -> None:
        """How this person presses something."""
        target.click()

    def sign_in(self) -> None:
        """Through the page of log-in, once per person."""
        self.open("/accounts/login/")
        self.page.locator("input[name=login]").fill(self.email)
        self.page.locator("input[name=password]").fill(self.password)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url(f"{self.site}/")
        self.look()

    # --- Writing --------------------------------------------------------------------------------

    def write(self, **fields: str) -> None:
        """Fill in fields by their names; selects take the words of the choice, boxes and radios True or a value."""
        for name, value in fields.items():
            self._write_one(name, value)
            self.entries += 1

    def _write_one(self, name: str, value) -> None:
        field = self.page.locator(f"main [name='{name}']")
        kind = field.first.evaluate("element => element.type || element.tagName.toLowerCase()")
        self.put(field, kind, value)
        if kind == "file" and self.javascript:
            # It goes at once, in parts: the person reads that it has arrived.
            self.page.locator(f"main [type=hidden][name='{name}-upload']").first.wait_for(state="attached")

    def put(self, field: Locator, kind: str, value) -> None:
        """How this person fills in a field of a kind."""
        if kind == "radio":
            self.page.locator(f"main [name='{field.first.get_attribute('name')}'][value='{value}']").check()
        elif kind == "checkbox":
            field.first.set_checked(bool(value))
        elif kind == "select-one":
            field.select_option(label=value)
        elif kind == "date":
            day, month, year = value.split("/")
            field.first.fill(f"{year}-{month}-{day}")
        elif kind == "file":
            field.first.set_input_files(value)
        else:
            field.first.fill(str(value))

    # --- Seeing ---------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """All that the main part says."""
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> None:
        """Each of these stands on the page, or comes to it by a script."""
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def look(self, *, problems: bool = False) -> None:
        """Wait for the page, and check what every page must hold; `problems`: it came back with what is wrong."""
        # A save that a script sends leads on by itself.
        expect(self.page.locator("[data-name='saving-notice']")).to_have_count(0, timeout=20_000)
        self.page.wait_for_load_state("load")
        # What a script asked for has come.
        expect(self.page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
        if bool(self.page.locator("main .error-summary").count()) != problems:
            raise AssertionError(f"{self.page.url}: {self.text[:1500]}")
        where = self.page.url.removeprefix(self.site)
        if not self.visited or self.visited[-1] != where:
            self.visited.append(where)
        if self.album:
            self.album.add(self.page, where)
        expect(self.page.locator("h1")).to_have_count(1)
        # The state waited for above may have been that of the page before: without its styles this one has no width yet.
        self.page.wait_for_function("document.readyState === 'complete'")
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{where}: {wide} px too wide"
        assert not self.faults, f"{where}: {self.faults}"
        if self.javascript:
            self._no_barriers(where)

    def _no_barriers(self, where: str) -> None:
        """Nothing that axe knows of stands in the way; it is a script itself, so pages without scripts go without."""
        self.page.add_script_tag(path=str(AXE))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).slice(0, 3).join(' | ')}`))",
            RULES,
        )
        assert found == [], f"axe on {where}: {found}"


class Album:
    """Numbered pictures of the pages in the order in which they were seen."""

    def __init__(self, folder: Path):
        self.folder, self.count = folder, 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, page: Page, where: str) -> None:
        self.count += 1
        name = re.sub(r"[^a-z0-9]+", "-", where.lower()).strip("-") or "home"
        page.screenshot(path=self.folder / f"{self.count:03d}-{name[:60]}.png", full_page=True)
