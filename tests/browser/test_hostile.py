"""Hostile words in a real browser, with the content security policy and without it: nothing runs, and nothing could."""

import json

import pytest

from forum import formulas
from tests.browser.conftest import sign_in
from tests.forum.payloads import ALL, together

# Whatever runs calls alert. Links and handlers that wait for a hand are looked for in the page that the browser has made of it all.
LISTEN = "window.ran = []; window.alert = (word) => window.ran.push(String(word)); window.print = window.alert;"
WAITING = """() => {
    const found = [...window.ran];
    const active = /^(script|iframe|object|embed|style|base|link|meta|math|template|frameset|portal|applet)$/i;
    const running = /^(javascript|vbscript|data|blob|file|filesystem|view-source|about):$/;
    // A formula is one of the renderer's own, in a post, with nothing of HTML's or SVG's inside.
    const isFormula = (math) => math.closest(".post-body") && [...math.querySelectorAll("*")].every(
        (part) => part.namespaceURI === math.namespaceURI && TAGS.includes(part.localName));
    for (const each of document.querySelectorAll("main *")) {
        for (const { name, value } of each.attributes) {
            if (/^(on|hx-on|data-hx-on)/.test(name)) found.push(`${each.tagName} ${name}=${value}`);
            const leads = name === "formaction" && !value.startsWith("/");
            if (leads || /^(srcdoc|xlink:href|style)$/.test(name)) found.push(`${each.tagName} ${name}=${value}`);
        }
        if (active.test(each.tagName) && !(each.tagName === "math" && isFormula(each))) found.push(each.tagName);
        if (each.tagName === "A" && running.test(each.protocol)) found.push(each.href);
    }
    return found;
}""".replace("TAGS", json.dumps(sorted(formulas.TAGS)))


@pytest.fixture(scope="module")
def laid(club):
    reader = club.account("customer")
    said = club.manage("shell", "-v", "0", "-c", f"from tests.browser.hostile import lay; lay({reader['email']!r})").stdout
    return json.loads(said.strip().splitlines()[-1])


@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with the policy", "without it"])
def test_nothing_that_members_write_runs(club, visit, laid, bypass_csp):
    assert laid["n"] >= 300
    page = visit(bypass_csp=bypass_csp)
    page.add_init_script(LISTEN)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    sign_in(page, club.account("customer"))
    seen = set()
    # Every title with its author's name: once, where nothing but our own care stands between them and the reader.
    for address in [*laid["pages"], "/forum/followed/", *(laid["older"] if bypass_csp else ())]:
        assert page.goto(address).status == 200, address
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.evaluate(WAITING) == [], address
        seen.add(page.locator("h1").first.inner_text())
    assert len(seen) > 4, seen
    _preview(page, laid["pages"][2])
    assert (dialogs, page.problems) == ([], [])


def _preview(page, address: str) -> None:
    """What a writer sees before posting comes into the page by another way."""
    page.goto(address)
    form = page.locator("form[data-composer]")
    for text in together(ALL, 180):
        form.locator("textarea").fill(text)
        page.locator("[data-preview-place]").evaluate("(place) => place.replaceChildren()")
        form.locator("[data-preview-button]").click()
        page.wait_for_selector("[data-preview-place] blockquote")
        assert page.evaluate(WAITING) == []
    form.locator("textarea").fill("")
    form.locator("textarea").press_sequentially("@hostile-2", delay=20)
    form.locator(".completions [role=option]").first.wait_for()
    assert page.evaluate(WAITING) == []
