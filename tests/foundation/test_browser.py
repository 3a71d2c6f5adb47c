"""The ground of the tests in a browser: a real Chromium reaches the running site, with its styles and scripts."""


def test_the_log_in_page_is_whole(site, page):
    wrong: list[str] = []
    page.on(
        "console",
        lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{site}/accounts/login/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    assert "Encode Sans" in page.evaluate("getComputedStyle(document.body).fontFamily")
    assert page.evaluate("typeof htmx") == "object"
    assert wrong == []


def test_a_person_logs_in(site, page, representative):
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill(representative.email)
    page.locator("input[name=password]").fill("a long enough pass phrase")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{site}/")
    assert page.context.cookies()
