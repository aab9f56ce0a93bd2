"""allauth's questions to the club: who may join, what a new member looks like, which language a mail has."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import translate_url
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from members import letters
from members.handles import free_handle
from members.models import Consent, Invitation, Member

INVITATION_KEY = "invitation_token"
# Parts that suspend say why: member -> {"reason", "appeal_url"}, or None. Asked only of whoever has shown who they are.
suspension_tellers: list[Callable[[Member], dict[str, str] | None]] = []
TERMS_VERSION = "2026-01"


class ClubAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("This address and this password do not go together."),
        "incorrect_code": _("This is not the code that we sent."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Too often in a short time. Please wait a few minutes."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes, or sign in by a code."),
    }

    def save_user(self, request: HttpRequest, user: Member, form: Any, commit: bool = True) -> Member:
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data.get("name", "")
        user.handle = free_handle(user.name or user.email.split("@")[0])
        user.locale = translation.get_language() or "en"
        if commit:
            user.save()
            wording = str(form.fields["accepts_terms"].label) if "accepts_terms" in form.fields else ""
            Consent.objects.create(
                member=user, purpose=Consent.Purpose.TERMS, is_given=True, wording=wording, wording_version=TERMS_VERSION
            )
            self._take_invitation(request, user)
        return user

    def _take_invitation(self, request: HttpRequest, member: Member) -> None:
        from members import joining

        invitation = Invitation.objects.filter(token=request.session.pop(INVITATION_KEY, "")).first()
        if invitation:
            joining.accept_invitation(invitation, member=member)

    def pre_login(self, request: HttpRequest, user: Member, **kwargs: Any) -> Any:
        """Whoever is suspended stays outside by every way in, and reads until when, why, and how to appeal."""
        if user.is_suspended:
            reasons = [reason for teller in suspension_tellers for reason in [teller(user)] if reason]
            return render(request, "members/suspended.html", {"member": user, "reasons": reasons}, status=403)
        return super().pre_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home in the member's language; whoever signed in on a page of another language than English stays in that one."""
        page = translation.get_language()
        member: Any = request.user
        language = member.locale if page == settings.LANGUAGE_CODE else page
        with translation.override(settings.LANGUAGE_CODE):
            return translate_url(super().get_login_redirect_url(request), language)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Home in the language of the page on which one signed out."""
        page = translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(settings.LANGUAGE_CODE):
            return translate_url(super().get_logout_redirect_url(request), page)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        member = context.get("user") or Member.objects.filter(email__iexact=email).first()
        with translation.override(getattr(member, "locale", None) or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def render_mail(self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> EmailMessage:
        """allauth's text, and the same words as a page in the club's look."""
        context = {"CLUB_NAME": settings.CLUB_NAME, "SITE_URL": settings.SITE_URL} | context
        message = super().render_mail(template_prefix, email, context, headers)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            subject = message.subject.removeprefix(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX)
            message.attach_alternative(letters.as_page(str(message.body), subject=subject), "text/html")
        return message


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong or too old. Take the one that the app shows now.")
    }
