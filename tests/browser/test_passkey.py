"""A passkey: made in one's settings, then enough to come in. Chromium's own virtual authenticator holds the key."""

from tests.browser.conftest import sign_in


def test_a_member_makes_a_passkey_and_comes_in_with_it(club, visit):
    # Nobody else's: whoever has a second step is asked for it in every later test.
    account = [each for each in club.accounts if each["role"] == "customer"][-1]
    # A passkey belongs to a name, never to a number: browsers know no 127.0.0.1 here.
    named = club.url.replace("127.0.0.1", "localhost")
    page = visit()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    sign_in(page, account, prefix=named)
    page.goto(f"{named}accounts/2fa/webauthn/add/")
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", account["password"])
        page.locator("main form:has(input[name=password]) button").click()
        page.wait_for_load_state()
    page.fill("input[name=name]", "Work laptop")
    page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.goto(f"{named}accounts/2fa/webauthn/")
    assert "Work laptop" in page.locator("main").inner_text()

    page.context.clear_cookies()
    page.goto(f"{named}accounts/login/?next=/points/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{named}points/")
    assert page.problems == []

    # Whoever holds no key stays outside.
    device.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.context.clear_cookies()
    page.goto(f"{named}accounts/login/")
    page.locator("#passkey_login").click()
    page.locator("#passkey-failed").wait_for()
    assert "/accounts/login/" in page.url
    assert page.goto(f"{named}points/").url.startswith(f"{named}accounts/login/")
