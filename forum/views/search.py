from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forum import searching
from forum.forms import SearchForm
from forum.models import Board
from forum.views.requests import number


def search(request: HttpRequest) -> HttpResponse:
    boards = Board.objects.visible_to(request.user).boards()
    form = SearchForm(request.GET or None, boards=boards)
    found = None
    wanted = form.cleaned_data if form.is_valid() else {}
    if wanted and (wanted["q"] or wanted["author"] or wanted["tag"]):
        found = searching.find(
            request.user,
            wanted["q"],
            board=wanted["board"].pk if wanted["board"] else None,
            author=wanted["author"],
            tags=wanted["tag"],
            kind={"boards": Board.Kind.BOARD, "blogs": Board.Kind.BLOG}.get(wanted["where"], ""),
            solved={"yes": True, "no": False}.get(wanted["solved"]),
            since=wanted["since"],
            until=wanted["until"],
            before=number(request, "before"),
            best_first=wanted["order"] == "best",
        )
    query = request.GET.copy()
    query.pop("before", None)
    is_narrowed = any(request.GET.get(name) for name in form.fields if name != "q")
    context = {
        "form": form,
        "found": found,
        "q": request.GET.get("q", "")[:100],
        "pages_query": query.urlencode(),
        "is_narrowed": is_narrowed,
    }
    return render(request, "forum/search.html", context)
