"""The pages of a study's analysis: codebook, coding, redaction, queries, agreement, words, exercises, quotes, and the project file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from codebooks import editing
from codebooks.editing import NotInTheBook
from codebooks.forms import HUES, CodeForm
from codebooks.models import Codebook
from focusgroups import audiences, charts, coding, emptying, findings, identities, proofs, qdpx, redacting
from focusgroups.models import Coding, Group, Item, Quote, Remains, Study
from focusgroups.page_forms import MarkForm, NoteForm, QueryForm, QuoteForm, RedactionForm
from focusgroups.refusals import Refused
from focusgroups.views import asker
from members import meanwhile
from members.meanwhile import ChangedMeanwhile

BOOKS_SHOWN = 100


@require_GET
@login_required
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """What a study's talks say, on one page."""
    return _page(request, _study(request, pk))


def _page(request: HttpRequest, found: Study, refused: CodeForm | None = None) -> HttpResponse:
    """`refused`: a code that could not be written, shown with what was typed, at its place."""
    form = QueryForm(request.GET or None, study=found)
    wanted = form.cleaned_data if form.is_valid() else {}
    asked: dict[str, Any] = {"code": wanted.get("code"), "segment": wanted.get("segment") or "", "item": wanted.get("item")}
    quotes = findings.each_once(findings.quotes(found, **asked))
    kept = findings.each_once(findings.kept(found, **asked))
    items = dict(Item.objects.filter(group__study=found).values_list("pk", "text"))
    columns, rows = findings.table(quotes + kept, wanted.get("by") or "segment", items)
    pairs, units, agreements, alpha = findings.agreements(found)
    is_new_refused = refused is not None and refused.instance.pk is None
    context = {
        "study": found,
        "groups": [
            (group, emptying.deleted_at(group)) for group in found.groups.filter(is_rehearsal=False).select_related("study").order_by("pk")
        ],
        "codebook": findings.codebook(found),
        "code_form": refused if is_new_refused else CodeForm(codes=found.codes, initial={"hue": found.codes.count() % len(HUES)}),
        "refused": refused,
        "is_new_refused": is_new_refused,
        "books": Codebook.objects.exclude(pk=found.codebook_id or 0)[:BOOKS_SHOWN],
        "query_form": form,
        "quotes": quotes[: findings.SHOWN],
        "quotes_count": len(quotes) + len(kept),
        "kept_count": len(kept),
        "left": Remains.objects.filter(group__study=found, group__is_rehearsal=False).select_related("group").order_by("group_id"),
        "columns": columns,
        "rows": rows,
        "pairs": pairs,
        "units": units,
        "agreements": agreements,
        "alpha": alpha,
        "words": findings.words(found),
        "board": found.quotes.select_related("code", "group"),
    }
    return render(request, "groups/study.html", context, status=422 if refused else 200)


@require_POST
@login_required
def code(request: HttpRequest, pk: int, code_pk: int | None = None) -> HttpResponse:
    """A new word of the codebook, another wording of one, or one less (`remove`)."""
    found = _study(request, pk)
    there = get_object_or_404(found.codes, pk=code_pk) if code_pk else None
    if there and "remove" in request.POST:
        try:
            coding.remove_code(found, there)
            messages.success(request, _("Removed, with its marks."))
        except NotInTheBook as refusal:
            messages.error(request, str(refusal.message))
        return redirect("groups:study", pk=pk)
    # The names of its fields are those of the page's other forms; their ids are its own.
    form = CodeForm(request.POST, codes=found.codes, instance=there, auto_id=f"code_{there.pk if there else 'new'}_%s")
    if form.is_valid():
        try:
            if there:
                editing.change_code(there, seen=form.marks, **form.cleaned_data)
            else:
                editing.add_code(editing.book_of(found), **form.cleaned_data)
        except NotInTheBook as refusal:
            form.refuse(refusal)
        except ChangedMeanwhile as changed:
            meanwhile.tell(form, changed)
    return _page(request, found, refused=form) if form.errors else redirect("groups:study", pk=pk)


@require_POST
@login_required
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Work with another codebook: that of a survey, or of an earlier study."""
    found = _study(request, pk)
    chosen = request.POST.get("codebook", "")
    try:
        coding.choose_book(found, get_object_or_404(Codebook, pk=int(chosen) if chosen.isdecimal() else 0))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:study", pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
def marks(request: HttpRequest, pk: int) -> HttpResponse:
    """A group's talk with the coder's marks; POST adds one, or takes one back (`remove`)."""
    group = _group(request, pk)
    if request.method == "POST":
        _mark(request, group)
        line = f"#{request.POST.get('stream', '')}-{request.POST.get('seq', '')}"
        return redirect(f"{request.path}{'?everybody=1' if request.GET.get('everybody') else ''}{line}")
    shown = Coding.objects.filter(group=group).select_related("code", "coder", "event__stream").order_by("start", "id")
    if not request.GET.get("everybody"):
        # Each coder judges for themselves; what the others marked would lead them.
        shown = shown.filter(coder=asker(request))
    by_line: dict[tuple[str, int], list[Coding]] = {}
    for each in shown:
        by_line.setdefault((each.event.stream.name.rpartition(":")[2], each.event.seq), []).append(each)
    names = identities.known(group)
    lines = [
        (line, by_line.get((line.stream, line.seq), []), identities.found(line.text, names) if line.is_spoken else [])
        for line in findings.lines_of(group)
        if line.kind in ("message", "answer", "item") and not line.is_staff
    ]
    codes = findings.codebook(group.study)
    context = {"group": group, "lines": lines, "codes": codes, "redaction_form": RedactionForm(), "redactions": group.redactions.all()}
    return render(request, "groups/coding.html", context)


def _mark(request: HttpRequest, group: Group) -> None:
    if "remove" in request.POST:
        coding.unmark(group, coder=asker(request), coding_id=int(request.POST["remove"]) if request.POST["remove"].isdecimal() else 0)
        return
    form = MarkForm(request.POST, study=group.study)
    try:
        if form.is_valid():
            coding.mark(group, coder=asker(request), **form.cleaned_data)
        else:
            messages.error(request, _("Choose a code, and words that stand in the line."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))


@require_POST
@login_required
def redaction(request: HttpRequest, pk: int) -> HttpResponse:
    """Take words out of a group's record for good."""
    group = _group(request, pk)
    form = RedactionForm(request.POST)
    if form.is_valid():
        made = redacting.redact(group, by=asker(request), **form.cleaned_data)
        messages.success(request, _("Taken out of %(count)d places.") % {"count": made.places})
    else:
        messages.error(request, _("Say which words to take out: two characters at least, one on each line."))
    return redirect("groups:marks", pk=pk)


@require_GET
@login_required
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a group's exercises, as charts with their tables."""
    group = _group(request, pk)
    outcomes = [charts.drawn(outcome) for outcome in findings.outcomes(group)]
    shared = {audiences.ALL: _("The room"), audiences.STAFF: _("Back room")}
    found = [(shared.get(label) or _("One participant and the moderators"), proof) for label, proof in proofs.labelled(group.pk)]
    return render(request, "groups/results.html", {"group": group, "outcomes": outcomes, "proofs": found})


@require_POST
@login_required
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a coded stretch on the board of quotes, write another `note` under one (`quote`), or take one down (`remove`)."""
    found = _study(request, pk)
    wanted = request.POST.get("remove") or request.POST.get("quote") or ""
    there = get_object_or_404(Quote, study=found, pk=wanted if wanted.isdecimal() else 0) if wanted else None
    form = NoteForm(request.POST, instance=there) if there else QuoteForm(request.POST)
    if there and "remove" in request.POST:
        there.delete()
    elif not form.is_valid():
        messages.error(request, " ".join(str(problem) for problems in form.errors.values() for problem in problems))
    elif isinstance(form, NoteForm):
        form.save()
    else:
        row = get_object_or_404(
            Coding.objects.select_related("code", "group__study", "event"), group__study=found, pk=form.cleaned_data["coding"]
        )
        segment = findings.segments_of(found).get(row.event.body.get("seat", 0), "")
        try:
            coding.pick(row, by=asker(request), segment=segment, note=form.cleaned_data["note"])
        except Refused as refusal:
            messages.error(request, str(refusal.message))
    return redirect(f"{found.get_absolute_url()}#board")


@require_GET
@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """The study as a REFI-QDA project."""
    found = _study(request, pk)
    headers = {"Content-Disposition": f'attachment; filename="study-{found.pk}.qdpx"'}
    return HttpResponse(qdpx.project(found), content_type="application/octet-stream", headers=headers)


def _study(request: HttpRequest, pk: int) -> Study:
    return get_object_or_404(Study.objects.analysed_by(asker(request)), pk=pk)


def _group(request: HttpRequest, pk: int) -> Group:
    studies = Study.objects.analysed_by(asker(request))
    return get_object_or_404(Group.objects.select_related("study").filter(study__in=studies), pk=pk)
