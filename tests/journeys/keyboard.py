"""A person without a mouse: comes to each field and button by the key Tab, types, chooses with the arrows, presses Enter."""

from playwright.sync_api import Locator

from tests.journeys.people import Person

MOST_TABS = 400


class KeyboardPerson(Person):
    """Does everything by keys. What Tab does not reach, this person does not do."""

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus."""
        wanted = target.element_handle()
        for _step in range(MOST_TABS):
            if self.page.evaluate("wanted => document.activeElement === wanted", wanted):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key comes to {target} on {self.page.url}")

    def click(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def put(self, field: Locator, kind: str, value) -> None:
        if kind == "radio":
            self._choose_radio(field, value)
        elif kind == "checkbox":
            self.reach(field.first)
            if field.first.is_checked() != bool(value):
                self.page.keyboard.press("Space")
        elif kind == "select-one":
            self.reach(field.first)
            self._choose_option(field.first, str(value))
        elif kind == "date":
            self._type_date(field.first, *str(value).split("/"))
        elif kind == "file":
            # The dialogue of the system is not the page's: a person comes to the field and presses Space there.
            self.reach(field.first)
            with self.page.expect_file_chooser() as chooser:
                self.page.keyboard.press("Space")
            chooser.value.set_files(value)
        else:
            self.reach(field.first)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(str(value))

    def _type_date(self, field: Locator, day: str, month: str, year: str) -> None:
        """The browser shows the three parts in the order of its own language, which is not that of the page."""
        self.reach(field)
        for parts in (f"{day}{month}{year}", f"{month}{day}{year}"):
            for _part in range(2):
                self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.type(parts)
            if field.input_value() == f"{year}-{month}-{day}":
                return
        raise AssertionError(f"the keys do not type {day}/{month}/{year}")

    def _choose_option(self, select: Locator, label: str) -> None:
        """From the first choice down, by the arrows, with the list closed."""
        chosen = "element => element.selectedOptions[0].label"
        self.page.keyboard.press("Home")
        for _step in range(select.locator("option").count()):
            if select.evaluate(chosen) == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keys do not choose {label}")

    def _choose_radio(self, field: Locator, value) -> None:
        """Tab comes to the group; the arrows go through it."""
        wanted = self.page.locator(f"main [name='{field.first.get_attribute('name')}'][value='{value}']")
        start = field.locator("xpath=self::*[@checked]")
        self.reach(start.first if start.count() else field.first)
        self.page.keyboard.press("Space")
        for _step in range(field.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked(), f"the keys do not choose {value}"
