"""The player in a real browser: what a member sees, what the server says, and going on elsewhere."""

import time

import pytest

from surveys import answering, correcting, publishing
from surveys.models import Draft, Submission
from tests.browser.conftest import CHROMIUM, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def linked(definition, researcher):
    """A survey whose second page asks for a web address, which only the server checks."""
    definition["pages"][1]["elements"].append({"type": "text", "name": "site", "title": "Your site", "inputType": "url"})
    survey = publishing.create(title="Doing", definition=definition, slug="linked", points=6)
    publishing.publish(survey)
    return survey


def test_a_survey_is_answered_corrected_and_thanked_for(device, alice, linked):
    page = device(alice, "/surveys/linked/")
    assert page.locator("#survey-progress-words").inner_text().startswith("1 of 2")
    page.locator(".sd-navigation__next-btn").click()
    assert page.locator(".sd-question .sd-error, .sd-element__erbox").first.is_visible()
    page.locator("label.sd-rating__item").nth(9).click()
    page.locator(".sd-navigation__next-btn").click()
    page.fill("input[type=url]", "javascript:alert(1)")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_selector("#survey-problems:not([hidden])")
    assert "Your site: This is not a web address" in page.locator("#survey-problems").inner_text()
    assert not Submission.objects.exists()
    page.fill("input[type=url]", "https://harbour.example/")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_url("**/thanks/")
    assert "6 points are on their way" in page.content()
    assert Submission.objects.get().data == {"nps": 9, "double": 18, "site": "https://harbour.example/"}
    # An anonymous one says its own words at the end once; nothing of them is kept to be said again.
    words = {"completedHtml": "<p>Goodbye, {who}</p>", "elements": [{"type": "text", "name": "who"}]}
    publishing.publish(publishing.create(title="Quiet", definition=words, slug="quiet", is_anonymous=True))
    page.goto(page.url.replace("/linked/thanks/", "/quiet/"))
    page.fill(".sd-question input", "<b>Nightingale</b>")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_url("**/quiet/thanks/")
    assert page.locator("[data-survey-words]").inner_text() == "Goodbye, <b>Nightingale</b>"
    page.reload()
    assert "Nightingale" not in page.content()
    assert page.mistakes == []


def test_a_researcher_puts_answers_right_in_the_members_player_with_a_reason(device, alice, researcher, linked):
    linked.refresh_from_db()
    answering.complete(linked, member=alice, data={"nps": 9, "site": "https://harbour.example/"})
    held = Submission.objects.get()
    page = device(researcher, f"/admin/surveys/{linked.pk}/answers/{held.pk}/correct/", viewport={"width": 390, "height": 800})
    assert violations(page) == []
    page.locator("label.sd-rating__item").nth(8).click()
    page.locator(".sd-navigation__next-btn").click()
    assert page.locator("input[type=url]").input_value() == "https://harbour.example/"
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_selector("#survey-problems:not([hidden])")
    assert "Please give a reason." in page.locator("#survey-problems").inner_text()
    page.get_by_label("Reason").fill("Meant eight, by telephone")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_url(f"**/answers/{held.pk}/")
    assert "Meant eight, by telephone" in page.locator("main, .content").first.inner_text()
    held.refresh_from_db()
    assert held.data == {"nps": 8, "double": 16, "site": "https://harbour.example/"}
    assert page.mistakes == []


def test_what_was_begun_on_one_device_goes_on_another(device, mei, linked):
    laptop = device(mei, "/surveys/linked/")
    laptop.locator("label.sd-rating__item").nth(3).click()
    laptop.locator("textarea").fill("太慢了")
    laptop.locator("#survey-leave").click()
    laptop.wait_for_url("**/surveys/")
    assert Draft.objects.get().data["why"] == "太慢了"
    assert "Continue" in laptop.content()
    phone = device(mei, "/zh-hans/surveys/linked/", viewport={"width": 390, "height": 844}, has_touch=True)
    assert phone.locator("textarea").input_value() == "太慢了"
    assert phone.locator(".sd-navigation__next-btn").input_value() == "下一页"
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def kept():
    return {name: Draft.objects.get().data.get(name) for name in ("nps", "why")}


def type_on_what_is_old(laptop, words):
    """Into a page that knows nothing of what was answered on the phone: what it left alone is then as on the phone."""
    laptop.locator("textarea").fill(words)
    laptop.locator("textarea").blur()
    laptop.wait_for_selector("[data-saved]:has-text('You went on in another window')")
    for _moment in range(40):
        if kept()["why"] == words:
            break
        time.sleep(0.25)


def test_a_page_left_open_takes_in_what_was_answered_on_another_device_and_sends_both(device, mei, linked):
    laptop = device(mei, "/surveys/linked/")
    laptop.locator("label.sd-rating__item").nth(2).click()
    laptop.locator("textarea").fill("慢")
    laptop.locator("textarea").blur()
    laptop.wait_for_selector("[data-saved]:has-text('Saved')")
    phone = device(mei, "/surveys/linked/", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.locator("label.sd-rating__item").nth(3).click()
    phone.locator("textarea").fill("太慢了，真的")
    phone.locator("#survey-leave").click()
    phone.wait_for_url("**/surveys/")
    assert kept() == {"nps": 3, "why": "太慢了，真的"}
    type_on_what_is_old(laptop, "慢，而且贵")
    assert kept() == {"nps": 3, "why": "慢，而且贵"}
    # The phone goes on once more, and the laptop's old page sends nothing over it unseen.
    phone.goto(phone.url.replace("/surveys/", "/surveys/linked/"))
    phone.wait_for_selector("textarea")
    phone.locator("textarea").fill("贵")
    phone.locator("textarea").blur()
    phone.wait_for_selector("[data-saved]:has-text('Saved')")
    laptop.route("**/draft/", lambda route: route.abort())
    laptop.locator(".sd-navigation__next-btn").click()
    laptop.locator(".sd-navigation__complete-btn").click()
    laptop.wait_for_selector("#survey-problems:not([hidden])")
    assert "You went on in another window" in laptop.locator("#survey-problems").inner_text()
    assert not Submission.objects.exists()
    laptop.locator(".sd-navigation__complete-btn").click()
    laptop.wait_for_url("**/thanks/")
    assert {name: Submission.objects.get().data[name] for name in ("nps", "why")} == {"nps": 3, "why": "贵"}
    assert (laptop.mistakes, phone.mistakes) == ([], [])


def test_the_page_obeys_the_strict_policy(device, alice, linked):
    page = device(alice, "/surveys/linked/")
    assert page.evaluate("typeof Survey") == "object"
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran === undefined")
    told = []
    page.on("console", lambda message: told.append(message.text) if "Security Policy" in message.text else None)
    page.reload()
    page.locator(".sd-question").first.wait_for()
    assert told == [], "nothing of the player's own is refused"


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def heard(page):
    """(role, name, properties) of what a screen reader finds on the page, in its order."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    found = []
    for node in nodes:
        if not node["ignored"]:
            properties = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
            found.append((node["role"]["value"], node.get("name", {}).get("value", "").strip(), properties))
    return found


def test_on_a_phone_every_question_has_its_name_role_and_group_and_what_is_wrong_is_announced(device, alice, questionnaire):
    phone = device(alice, "/surveys/doing/", **PHONE)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tree = heard(phone)
    [scale] = [properties for role, name, properties in tree if (role, name) == ("radiogroup", "Would you recommend us?")]
    assert scale["required"] is True
    assert [name for role, name, _properties in tree if role == "radio"] == [str(step) for step in range(11)]
    assert "progressbar" in {role for role, _name, _properties in tree}
    assert all(name for role, name, _properties in tree if role in ("radio", "checkbox", "textbox", "button", "link", "combobox"))

    phone.locator(".sd-navigation__next-btn").tap()
    phone.get_by_role("alert").filter(has_text="Response required").wait_for()
    [scale] = [properties for role, name, properties in heard(phone) if (role, name) == ("radiogroup", "Would you recommend us?")]
    assert scale["invalid"] == "true"
    assert violations(phone) == []

    phone.locator("label.sd-rating__item").nth(3).tap()
    phone.get_by_role("textbox", name="What went wrong?").fill("Too slow")
    phone.locator(".sd-navigation__next-btn").tap()
    phone.get_by_role("group", name="What do you use?").wait_for()
    assert phone.evaluate("document.activeElement.id") == "survey-progress-words"  # the new page begins where it says which it is
    tree = heard(phone)
    assert [name for role, name, _properties in tree if role == "checkbox"] == ["forum", "Magazine", "events", "None"]
    assert ("radiogroup", "How many are you?") in {(role, name) for role, name, _properties in tree}
    assert violations(phone) == []

    phone.get_by_role("checkbox", name="Magazine").check(force=True)
    until = time.monotonic() + 15
    while not Draft.objects.filter(data__has_key="used").exists() and time.monotonic() < until:
        phone.wait_for_timeout(100)
    phone.get_by_text("Saved. You can go on later").wait_for()
    tablet = device(alice, "/surveys/doing/", viewport={"width": 820, "height": 1180}, has_touch=True)
    assert tablet.get_by_role("checkbox", name="Magazine").is_checked()
    tablet.locator(".sd-navigation__complete-btn").tap()
    tablet.wait_for_url("**/thanks/")
    assert Submission.objects.get().data == {"nps": 3, "why": "Too slow", "used": ["mag"], "double": 6}
    assert phone.mistakes == tablet.mistakes == []


def test_a_member_on_an_open_page_is_told_what_was_put_right_and_sends_again_what_they_mean(device, alice, researcher, linked):
    linked.refresh_from_db()
    site = "https://harbour.example/"
    answering.complete(linked, member=alice, data={"nps": 9, "site": site})
    publishing.revise(linked, is_editable=True)
    page = device(alice, "/surveys/linked/?edit=1")
    held = Submission.objects.select_related("questionnaire", "version").get()
    correcting.correct(held, by=researcher, data={"nps": 8, "site": site}, reason="By telephone", began_from=correcting.seen(held))
    page.locator(".sd-navigation__next-btn").click()
    page.fill("input[type=url]", "https://pine.example/")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_selector("#survey-problems:not([hidden])")
    assert "Would you recommend us?: Others changed this meanwhile" in page.locator("#survey-problems").inner_text()
    held.refresh_from_db()
    assert held.data["site"] == site
    page.locator("label.sd-rating__item").nth(8).click()
    page.locator(".sd-navigation__next-btn").click()
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_url("**/thanks/")
    held.refresh_from_db()
    assert held.data == {"nps": 8, "double": 16, "site": "https://pine.example/"}
    assert page.mistakes == []
    again = device(alice, "/surveys/linked/?edit=1")
    assert "By telephone" in again.get_by_role("note").inner_text()
    assert not violations(again)


def test_changes_of_what_was_sent_made_on_two_devices_are_both_kept_and_sent(device, mei, linked):
    linked.refresh_from_db()
    answering.complete(linked, member=mei, data={"nps": 3, "why": "慢"})
    publishing.revise(linked, is_editable=True)

    laptop = device(mei, "/surveys/linked/?edit=1")
    phone = device(mei, "/surveys/linked/?edit=1", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.locator("label.sd-rating__item").nth(4).click()
    phone.locator("#survey-leave").click()
    phone.wait_for_url("**/surveys/")
    assert kept() == {"nps": 4, "why": "慢"}
    type_on_what_is_old(laptop, "慢，而且贵")
    assert kept() == {"nps": 4, "why": "慢，而且贵"}
    laptop.locator(".sd-navigation__next-btn").click()
    laptop.locator(".sd-navigation__complete-btn").click()
    laptop.wait_for_url("**/thanks/")
    assert {name: Submission.objects.get().data[name] for name in ("nps", "why")} == {"nps": 4, "why": "慢，而且贵"}
    assert (laptop.mistakes, phone.mistakes) == ([], [])
