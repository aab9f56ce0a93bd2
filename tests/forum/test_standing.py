"""Moderators and members act in any order: after every act exactly what stands in the forum counts, once, for its author."""

import random
from collections import Counter

import pytest

from forum import appealing, crediting, moderating, posting, reacting, rearranging, rewriting, solving
from forum.models import Appeal, Board, ModerationAction, Post, State, Thread
from forum.refusals import Refused
from members.models import Activity
from tests.conftest import in_role, member_of
from tests.seeds import seeds

KIND = Activity.Kind
STEPS = 40


@pytest.fixture
def stage(square, alice, bob, charlie, mei, moderator):
    """Two boards (on one of which posts wait), three threads with answers, and two moderators who decide on each other's appeals."""
    held = Board.objects.create(slug="held", name="Held", approval=Board.Approval.ALL)
    second = in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")
    people = [alice, bob, charlie, mei]
    for board, author in ((square, alice), (square, bob), (held, charlie)):
        thread = posting.start_thread(board, author=author, title="Asked", body="A question.")
        if thread.state == State.VISIBLE:
            answers = [posting.reply(thread, author=other, body="An answer.") for other in people if other != author]
            solving.accept(answers[0], by=author)
            for post in thread.posts.all():
                reacting.react(post, member=next(each for each in people if each.pk != post.author_id))
    return people, [moderator, second], [square, held]


def act(draw: random.Random, people, moderators, boards) -> str:
    """One act of anybody upon what it mostly fits; refused ones change nothing."""
    posts = Post.objects.select_related("thread", "thread__board", "author")
    who, by, why = draw.choice(people), draw.choice(moderators), "As agreed"

    def some(**wanted) -> Post:
        return draw.choice(list(posts.filter(**wanted)) or list(posts))

    post, shown, answer = some(), some(state="visible", thread__state="visible"), some(state="visible", thread__state="visible", no__gt=1)
    waits, hidden = some(state="pending"), some(state="hidden")
    hidden_thread = some(thread__state="hidden", no=1)
    thread, other = shown.thread, some(state="visible", thread__state="visible", no=1).thread
    numbers = [each.no for each in answer.thread.posts.filter(no__gt=1)]
    taken = draw.sample(numbers, k=min(2, len(numbers)))
    acts = {
        "reply": (10, lambda: posting.reply(thread, author=who, body="Another answer.")),
        "start": (6, lambda: posting.start_thread(draw.choice(boards), author=who, title="More", body="Asked again.")),
        "react": (8, lambda: reacting.react(shown, member=who, kind=draw.choice(["like", "thanks"]))),
        "unreact": (3, lambda: reacting.withdraw_reaction(post, member=who, kind=draw.choice(["like", "thanks"]))),
        "accept": (5, lambda: solving.accept(answer, by=answer.thread.author)),
        "accept for": (3, lambda: solving.accept(answer, by=by, reason=why)),
        "unaccept": (2, lambda: solving.unaccept(thread, by=thread.author)),
        "withdraw": (1, lambda: rewriting.withdraw(shown, author=shown.author)),
        "hide": (4, lambda: moderating.hide_post(answer, by=by, reason=why)),
        "unhide": (4, lambda: moderating.unhide_post(hidden, by=by, reason=why)),
        "hide thread": (3, lambda: moderating.hide_thread(thread, by=by, reason=why)),
        "unhide thread": (5, lambda: moderating.unhide_thread(hidden_thread.thread, by=by, reason=why)),
        "approve": (4, lambda: moderating.approve(waits, by=by, reason=why)),
        "approve a thread": (2, lambda: moderating.approve(some(thread__state="pending", no=1), by=by, reason=why)),
        "reject": (2, lambda: moderating.reject(waits, by=by, reason=why)),
        "move": (2, lambda: moderating.move(thread, draw.choice(boards), by=by, reason=why)),
        "merge": (4, lambda: rearranging.merge(thread, other, by=by, reason=why)),
        "split": (8, lambda: rearranging.split(answer.thread, taken, title="Apart", by=by, reason=why)),
        "change author": (4, lambda: rearranging.change_author(post, who, by=by, reason=why)),
        "appeal": (4, lambda: _appeal(draw, moderators)),
    }
    name = draw.choices(list(acts), [weight for weight, _deed in acts.values()])[0]
    try:
        acts[name][1]()
    except Refused as refused:
        return f"{name}: {type(refused).__name__}"
    return name


def _appeal(draw, moderators) -> None:
    for action in ModerationAction.objects.filter(verb__in=appealing.OPEN_TO_APPEAL, appeal=None).select_related("member")[:1]:
        appealing.appeal(action, member=action.member, words="Please.")
    for appeal in Appeal.objects.filter(status="open"):
        by = next(each for each in moderators if each.pk != appeal.against_id)
        appealing.decide(appeal, grant=draw.random() < 0.7, by=by, reason="Looked at again")


def should_stand() -> Counter:
    """What counts by the forum's own rows, said without the deeds' words: (member, kind, cause)."""
    stands = Counter()
    for post in Post.objects.select_related("thread"):
        thread = post.thread
        if post.state != State.VISIBLE or (post.no == 1 and thread.state != State.VISIBLE):
            continue
        stands[post.author_id, "opening" if post.no == 1 else KIND.REPLY_POSTED, post.cause] += 1
        for reader in set(post.reactions.exclude(member=post.author_id).values_list("member_id", flat=True)):
            stands[post.author_id, KIND.REACTION_RECEIVED, f"{post.cause}:by:{reader}"] += 1
        if thread.solution_id == post.pk and thread.author_id != post.author_id:
            stands[post.author_id, KIND.REPLY_ACCEPTED, post.cause] += 1
    return stands


def standing() -> Counter:
    """What counts by the log of deeds. A post that was split off opens its thread and goes on counting as the reply that it was."""
    openings = {post.cause for post in Post.objects.filter(no=1)}
    kinds = [*crediting.WRITTEN, KIND.REACTION_RECEIVED, KIND.REPLY_ACCEPTED]
    rows = [(row, row.cause.split("#")[0]) for row in Activity.objects.filter(kind__in=kinds, undone_by=None)]
    return Counter(
        (row.member_id, "opening" if row.kind in crediting.WRITTEN and cause in openings else row.kind, cause) for row, cause in rows
    )


def wrong_counters() -> list[str]:
    wrong = []
    for thread in Thread.objects.all():
        posts = list(thread.posts.order_by("no"))
        shown = [post for post in posts if post.state == State.VISIBLE]
        right = {
            "reply_count": sum(post.no > 1 for post in shown),
            "reaction_count": sum(post.reactions.count() for post in posts),
            "last_post": max(shown, key=lambda post: post.pk, default=posts[0] if posts else None),
        }
        found = {name: getattr(thread, name) for name in right}
        if found != right or any(post.no > thread.highest_no for post in posts):
            wrong.append(f"{thread.pk}: {found} instead of {right}")
        if thread.solution and (thread.solution.thread_id != thread.pk or thread.solution.state != State.VISIBLE):
            wrong.append(f"{thread.pk}: a solution that is not shown here")
        wrong += [f"{post}: {post.reaction_count} reactions" for post in posts if post.reaction_count != post.reactions.count()]
    return wrong


@pytest.mark.parametrize("seed", seeds("FORUM_WALKS"))
def test_whatever_is_done_exactly_what_stands_counts(stage, seed):
    draw, said = random.Random(seed), []
    for _step in range(STEPS):
        said.append(act(draw, *stage))
        missing, surplus = should_stand() - standing(), standing() - should_stand()
        assert (dict(missing), dict(surplus), wrong_counters()) == ({}, {}, []), "\n".join(said)
