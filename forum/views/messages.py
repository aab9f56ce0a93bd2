"""Private messages."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from forum import drafting, markup, messaging, presence, quoting, rewording, writing
from forum.forms import ConversationForm, MessageForm, NewcomersForm
from forum.models import Conversation, Draft, Message, Participant, Regard
from forum.refusals import Refused, TooFast
from forum.views.pictures import with_files
from forum.views.requests import MemberRequest, number
from members.models import Member
from notifications import marking

ON_A_PAGE = 30


@login_required
def index(request: MemberRequest) -> HttpResponse:
    own = Participant.objects.filter(member=request.user, left_at=None).select_related("conversation")
    rows = own.annotate(n_unread=F("conversation__highest_no") - F("last_read_no")).order_by("-conversation__last_message_at", "-pk")
    if before := number(request, "before"):
        # A conversation that was written in meanwhile stands ahead of its place: those after it still follow, some seen twice, none missed.
        last = own.filter(pk=before).values_list("conversation__last_message_at", "pk").first()
        at, pk = last or (None, 0)
        rows = (
            rows.filter(Q(conversation__last_message_at__lt=at) | Q(conversation__last_message_at=at, pk__lt=pk)) if last else rows.none()
        )
    people = Participant.objects.filter(left_at=None).select_related("member")
    found = list(rows.prefetch_related(Prefetch("conversation__participants", people, to_attr="people"))[: ON_A_PAGE + 1])
    presence.note(request.user)
    next_before = found[ON_A_PAGE - 1].pk if len(found) > ON_A_PAGE else None
    return render(request, "forum/messages.html", {"rows": found[:ON_A_PAGE], "next_before": next_before})


@login_required
def start(request: MemberRequest) -> HttpResponse:
    data, problem = with_files(request)
    to = request.GET.get("to", "")[:41].lower()
    # A message begun to somebody waits for the same somebody: nothing private is put into a letter to another.
    key = f"message:@{to}" if re.fullmatch(r"[a-z0-9_-]+", to) else drafting.OF_MESSAGE
    draft = Draft.objects.filter(member=request.user, key=key).first()
    initial = {"to": f"@{to}" if to else ""}
    if draft:
        initial |= {"title": draft.title, "body": draft.body, "to": draft.beside.get("to", initial["to"])}
    form = ConversationForm(data, initial=initial)
    preview, status = "", 200
    if request.method == "POST":
        status = 422
        if problem:
            form.add_error("body", problem)
        if form.is_valid() and "preview" in request.POST:
            preview, status = writing.rendered(form.cleaned_data["body"]), 200
        elif form.is_valid() and (people := _people(request, form)) is not None:
            words = {name: form.cleaned_data[name] for name in ("title", "body", "client_key")}
            try:
                return redirect(messaging.start(request.user, to=people, draft=key, **words))
            except Refused as refused:
                form.add_error("to", str(refused))
                status = 429 if isinstance(refused, TooFast) else 409
    return render(request, "forum/message_new.html", {"form": form, "preview": preview, "draft": draft, "draft_key": key}, status=status)


def _people(request: MemberRequest, form: Any) -> list[Member] | None:
    """The members whom a form names; an error at the field where somebody is not known."""
    handles = form.cleaned_data["to"][: messaging.MOST_PEOPLE + 1]
    found = {member.handle: member for member in Member.objects.visible_to(request.user).filter(handle__in=handles, is_active=True)}
    unknown = [handle for handle in handles if handle not in found]
    if unknown:
        text = ngettext("Nobody here has the handle %(handles)s.", "Nobody here has the handles %(handles)s.", len(unknown))
        form.add_error("to", text % {"handles": ", ".join(f"@{handle}" for handle in unknown)})
        return None
    return list(found.values())


@login_required
def conversation(request: MemberRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    draft = Draft.objects.filter(member=request.user, key=f"message:{pk}").first()
    if request.method != "POST":
        return _page(request, found, MessageForm(initial=_initial(request, found, draft)), draft=draft)
    data, problem = with_files(request)
    form, status = MessageForm(data), 422
    if problem:
        form.add_error("body", problem)
    preview = ""
    if form.is_valid() and "preview" in request.POST:
        preview, status = writing.rendered(form.cleaned_data["body"]), 200
    elif form.is_valid():
        try:
            return redirect(_say(request, found, form).get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 429 if isinstance(refused, TooFast) else 409
        except markup.TooLong:
            form.add_error("body", _("This is too long for one post."))
    return _page(request, found, form, preview=preview, status=status)


def _initial(request: MemberRequest, found: Conversation, draft: Draft | None) -> dict[str, Any]:
    """What the form holds at first: the draft, and a quotation or an answer where one was asked for."""
    kept = {"body": draft.body, "reply_to": draft.beside.get("reply_to")} if draft else {"body": ""}
    answered = _answered(request, found, number(request, "quote") or number(request, "answer"))
    if answered is None:
        return kept
    quotation = quoting.quotation(answered) if "quote" in request.GET else ""
    return {"reply_to": answered.no, "body": "\n\n".join(filter(None, [kept["body"].rstrip(), quotation]))}


def _answered(request: MemberRequest, found: Conversation, no: int | None) -> Message | None:
    return Message.objects.visible_to(request.user).filter(conversation=found, no=no).select_related("author").first() if no else None


def _say(request: MemberRequest, found: Conversation, form: MessageForm) -> Message:
    words = {name: form.cleaned_data[name] for name in ("body", "client_key")}
    return messaging.say(found, author=request.user, reply_to=_answered(request, found, form.cleaned_data["reply_to"]), **words)


def _found(request: MemberRequest, pk: int) -> Conversation:
    return get_object_or_404(Conversation.objects.visible_to(request.user), pk=pk)


def _page(
    request: MemberRequest, found: Conversation, form: MessageForm, *, draft: Draft | None = None, preview: str = "", status: int = 200
) -> HttpResponse:
    own = found.participants.get(member=request.user)
    rows = found.messages.filter(no__gte=own.from_no).select_related("author", "author__company", "author__presence", "reply_to__author")
    ignored = Regard.objects.filter(member=request.user, other=OuterRef("author_id"), is_ignored=True)
    if before := _before(request, found, own):
        rows = rows.filter(no__lt=before)
    newest = list(rows.annotate(is_ignored=Exists(ignored)).order_by("-no")[: ON_A_PAGE + 1])
    shown: list[Any] = newest[:ON_A_PAGE][::-1]
    for message in shown:
        message.may_reword = rewording.may_reword(message, request.user)
    if shown:
        messaging.read_up_to(found, member=request.user, no=shown[-1].no)
        _mark_read(request.user, found, shown)
    presence.note(request.user)
    people = [row.member for row in found.participants.filter(left_at=None).select_related("member", "member__company", "member__presence")]
    context = {
        "conversation": found,
        "messages_shown": shown,
        "older": shown[0].no if len(newest) > ON_A_PAGE else None,
        "newer": shown[-1].no + 1 if shown and shown[-1].no < found.highest_no else None,
        "newer_before": shown[-1].no + ON_A_PAGE + 1 if shown else None,
        "first_new": own.last_read_no + 1 if own.last_read_no and shown and own.last_read_no < shown[-1].no else 0,
        "last_no": found.highest_no,
        "own": own,
        "people": people,
        "form": form,
        "draft": draft,
        "preview": preview,
        "newcomers": NewcomersForm(),
    }
    return render(request, "forum/conversation.html", context, status=status)


def _before(request: MemberRequest, found: Conversation, own: Participant) -> int | None:
    """Before which number the page ends, None for the newest page: ?before=41, or what shows ?message=30 with some of what follows it."""
    wanted = number(request, "message")
    if wanted is None:
        return number(request, "before")
    wanted = max(wanted, own.from_no)
    return wanted + ON_A_PAGE // 3 + 1 if found.highest_no - wanted >= ON_A_PAGE else None


def _mark_read(member: Member, found: Conversation, shown: list[Message]) -> None:
    """Whatever the member was told of the messages is read; notices of before say where a message stands without its page."""
    here = f"/forum/messages/{found.pk}/"
    marking.mark_read_at(member, [f"{here}{page}#message-{each.no}" for each in shown for page in ("", f"?message={each.no}")])


@require_POST
@login_required
def change(request: MemberRequest, pk: int) -> HttpResponse:
    """Leave, keep quiet, or bring others in."""
    found = _found(request, pk)
    if "leave" in request.POST:
        messaging.leave(found, member=request.user)
        messages.success(request, _("You have left the conversation."))
        return redirect("forum:messages")
    if "mute" in request.POST:
        messaging.set_muted(found, member=request.user, is_muted=request.POST["mute"] == "on")
        return redirect(found)
    form = NewcomersForm(request.POST)
    if form.is_valid() and (people := _people(request, form)) is not None:
        try:
            messaging.bring_in(found, by=request.user, newcomers=people)
        except Refused as refused:
            form.add_error("to", str(refused))
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return redirect(found)
