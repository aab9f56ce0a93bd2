"""The club's whole shape in one story: a newcomer comes by a colleague's link and takes part in everything."""

import re

from tests.browser.conftest import sign_in

EMAIL = "nadia.newcomer@guest.example"
PASSWORD = "a-quiet-lounge-2026"


def test_a_newcomer_comes_by_a_colleagues_link_and_takes_part_in_everything(club, visit):
    colleague, newcomer, moderator = visit(), visit(), visit()
    host = club.account("customer")

    # A colleague makes a link and hands it over.
    sign_in(colleague, host)
    link = own_link(colleague)

    # The newcomer follows it, signs up and confirms the address.
    newcomer.goto(link)
    assert host["name"] in newcomer.locator("main").inner_text()
    newcomer.click("main a[href*='/accounts/signup/']")
    newcomer.fill("input[name=name]", "Nadia Newcomer")
    newcomer.fill("input[name=email]", EMAIL)
    newcomer.fill("input[name=password1]", PASSWORD)
    newcomer.check("input[name=accepts_terms]")
    newcomer.click("main form button.button-primary")
    newcomer.fill("input[name=code]", club.confirmation_code(EMAIL))
    newcomer.click("main form:has(input[name=code]) button.button-primary")
    newcomer.wait_for_url(lambda url: "/accounts/" not in url)

    # An article takes its time: it stays open beside the rest.
    magazine = newcomer.context.new_page()
    title = open_an_article(magazine)
    thread = reply_in_a_thread(newcomer)
    survey = answer_a_survey(newcomer)
    speak_in_the_open_group(club, newcomer, moderator)
    refer_another_company(newcomer)
    read_to_the_end(magazine)

    # Every point stands on the statement with its reason.
    newcomer.goto("/points/")
    statement = newcomer.locator("main").inner_text()
    for reason in ("Registration confirmed", title, thread, survey):
        assert reason in statement, f"{reason!r} is not on the statement:\n{statement}"

    # The colleague sees that somebody came, and took part.
    colleague.goto("/points/")
    statement = colleague.locator("main").inner_text()
    assert "Referred colleague registered" in statement
    assert "Referred colleague took part" in statement
    colleague.goto("/refer/")
    assert "Nadia Newcomer" in colleague.locator("main").inner_text()

    for page in (colleague, newcomer, moderator):
        assert page.problems == []
    assert re.search(r"ledger balanced: \d+ accounts, \d+ transfers", club.manage("audit_ledger").stdout)


def own_link(page) -> str:
    page.goto("/refer/")
    door = page.locator(".door-colleague")
    if not door.locator("#link-colleague").count():
        door.locator("form button").first.click()
    return page.locator("#link-colleague").input_value()


def open_an_article(page) -> str:
    page.goto("/")
    page.locator(".contents a[href*='/magazine/'], main a[href*='/magazine/']").first.click()
    page.wait_for_load_state()
    if not page.locator("#the-end").count():
        page.locator("main h3 a[href*='/magazine/'], main h2 a[href*='/magazine/']").first.click()
        page.wait_for_selector("#the-end")
    return page.locator("h1").inner_text().replace("\n", " ")


def read_to_the_end(page) -> None:
    page.bring_to_front()
    page.locator("#the-end").scroll_into_view_if_needed()
    page.locator("#the-end", has_text="read").wait_for()
    page.locator("#the-end form").wait_for(state="detached", timeout=45_000)


def reply_in_a_thread(page) -> str:
    page.goto("/forum/")
    page.locator("main a[href*='/forum/boards/']:visible").first.click()
    page.locator("main .list-item:not(:has(.mark-locked)) .list-title a[href*='/forum/threads/']").first.click()
    title = page.locator("h1").inner_text()
    page.fill("#reply textarea", "We had the same, and it was the **time zone** of the server. See `Settings → Region`.")
    page.click("#reply button.button-primary")
    page.wait_for_load_state()
    assert "time zone" in page.locator(".posts").inner_text()
    return title


def answer_a_survey(page) -> str:
    page.goto("/surveys/")
    page.locator("main a[href*='/surveys/']:not([href='/surveys/'])").first.click()
    page.wait_for_selector("#survey-player")
    title = page.locator("h1").inner_text()
    page.wait_for_selector("#survey-player .sd-question")
    for _page in range(12):
        for question in page.locator("#survey-player .sd-question:visible").all():
            answer(question)
        finish = page.locator("#survey-player input.sd-navigation__complete-btn:visible")
        if finish.count():
            finish.click()
            break
        page.locator("#survey-player input.sd-navigation__next-btn:visible").click()
        page.wait_for_timeout(200)
    page.wait_for_url("**/thanks/")
    return title


def answer(question) -> None:
    """Give a question of any kind the demo uses its first sensible answer."""
    for kind, act in (
        ("textarea:visible", lambda box: box.fill("It saves us an afternoon every month.")),
        ("input[type=text]:visible", lambda box: box.fill("An afternoon")),
        ("input[type=number]:visible", lambda box: box.fill("3")),
        ("label.sd-rating__item:visible", lambda items: None),
    ):
        found = question.locator(kind)
        if found.count():
            if "rating" in kind:
                found.nth(found.count() - 2).click()
            else:
                act(found.first)
            return
    choice = question.locator("label.sd-selectbase__label:visible, .sd-boolean__thumb:visible, .sd-imagepicker__label:visible")
    if choice.count():
        choice.first.click()


def speak_in_the_open_group(club, newcomer, moderator) -> None:
    newcomer.goto("/groups/")
    newcomer.locator("main a[href*='/groups/']:not([href='/groups/'])").first.click()
    newcomer.wait_for_selector("input[name=agree]")
    path = newcomer.url
    newcomer.check("main input[name=agree]")
    newcomer.click("main form:has(input[name=agree]) button.button-primary")
    newcomer.wait_for_selector("#room")

    sign_in(moderator, club.account("researcher"))
    moderator.goto(path)
    if not moderator.locator("#room").count():
        moderator.click("button[name=role][value=moderator]")
        moderator.wait_for_selector("#room")
    moderator.wait_for_selector("#room-controls button")
    opening = moderator.locator("#room-controls button", has_text="Open the room")
    if opening.count():
        opening.click()
        newcomer.locator("#room-word", has_text="not open").wait_for(state="hidden")
    moderator.fill("#body", "Welcome. What costs you most time at the end of a month?")
    moderator.click("#say button.button-primary")
    newcomer.locator("#log", has_text="What costs you most time").wait_for()
    newcomer.fill("#body", "Waiting for three people who count the same shelf.")
    newcomer.click("#say button.button-primary")
    moderator.locator("#log", has_text="who count the same shelf").wait_for()
    assert "Newcomer" not in newcomer.locator("#log").inner_text()


def refer_another_company(page) -> None:
    page.goto("/refer/")
    door = page.locator(".door-company")
    door.locator("details summary").click()
    door.locator("input[name=name]").fill("Otto Outside")
    door.locator("input[name=company]").fill("Outside Ltd")
    door.locator("input[name=email]").fill("otto@outside.example")
    door.locator("input[name=has_agreed]").check()
    door.locator("details form button.button-primary").click()
    page.wait_for_load_state()
    assert "Otto Outside" in page.locator("main").inner_text()
