from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def statement(request: HttpRequest) -> HttpResponse:
    return render(request, "points/statement.html")


@login_required
def rewards(request: HttpRequest) -> HttpResponse:
    return render(request, "points/rewards.html")


@login_required
def leaderboard(request: HttpRequest) -> HttpResponse:
    return render(request, "points/leaderboard.html")
