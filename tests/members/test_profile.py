"""A member's own page, as another member sees it."""

import pytest

from forum import blogging, moderating, posting, reacting, solving
from forum.models import Board, Reaction
from points import showing
from points.models import Standing, Tier
from points.models.programme import DEFAULT_PROGRAMME


@pytest.fixture
def thread(db, alice):
    board = Board.objects.create(slug="square", name="The square")
    return posting.start_thread(board, author=alice, title="Month-end closing", body="How do you close your books?")


@pytest.fixture
def answer(thread, bob):
    return posting.reply(thread, author=bob, body="On the twenty-fifth.")


def page_of(client, member):
    return client.get(f"/members/{member.handle}/").content.decode()


def test_a_profile_leads_to_the_blog_and_its_newest_entries(client, alice, bob):
    client.force_login(alice)
    assert "/blogs/" not in page_of(client, bob).split("<main")[1].split("</main")[0]
    for n in range(4):
        blogging.post_entry(bob, title=f"Letter {n}", body="From the harbour.")
    blog = page_of(client, bob).split(">Blog</h2>")[1].split("</section>")[0]
    assert [f"Letter {n}" in blog for n in range(4)] == [False, True, True, True]
    assert f'href="/blogs/{bob.handle}/"' in blog


def test_an_entry_that_is_hidden_is_not_on_the_profile(client, alice, bob, moderator):
    entry = blogging.post_entry(bob, title="Not for long", body="From the harbour.")
    client.force_login(alice)
    assert "Not for long" in page_of(client, bob)
    moderating.hide_thread(entry, by=moderator, reason="An advert.")
    assert "Not for long" not in page_of(client, bob)


def test_reputation_counts_a_members_first_reaction_to_each_post_and_five_for_a_solution(client, alice, bob, charlie, answer):
    client.force_login(alice)
    assert '<p class="repute-figure">0</p>' in page_of(client, bob)
    for kind in (Reaction.Kind.LIKE, Reaction.Kind.THANKS):
        reacting.react(answer, member=alice, kind=kind)
    reacting.react(answer, member=charlie)
    solving.accept(answer, by=alice)
    page = page_of(client, bob)
    assert '<p class="repute-figure">7</p>' in page
    assert "2 reactions received" in page
    assert "1 solution accepted" in page


def test_reputation_goes_with_a_post_that_is_hidden_and_is_not_earned_from_oneself(client, alice, bob, charlie, moderator, thread, answer):
    reacting.react(answer, member=charlie)
    own = posting.reply(thread, author=alice, body="I found it myself.")
    solving.accept(own, by=alice)
    client.force_login(charlie)
    assert '<p class="repute-figure">0</p>' in page_of(client, alice)
    assert '<p class="repute-figure">1</p>' in page_of(client, bob)
    moderating.hide_post(answer, by=moderator, reason="An advert.")
    assert '<p class="repute-figure">0</p>' in page_of(client, bob)


def test_badges_that_are_earned_are_shown_and_no_others(client, alice, bob, thread):
    client.force_login(bob)
    assert "None yet" in page_of(client, bob)
    badges = page_of(client, alice).split(">Badges</h2>")[1].split("</section>")[0]
    assert "Voice" in badges
    assert "Helper" not in badges


def test_a_tier_is_shown_to_others_only_where_the_member_chose_it(client, alice, bob):
    tier = Tier.objects.filter(programme__slug=DEFAULT_PROGRAMME).last()
    Standing.objects.update_or_create(programme=tier.programme, member=bob, defaults={"tier": tier})
    client.force_login(alice)
    assert ">Tier</h2>" not in page_of(client, bob)
    showing.choose(bob, is_shown=True)
    assert tier.label in page_of(client, bob).split(">Tier</h2>")[1].split("</section>")[0]
    showing.choose(bob, is_shown=False)
    assert ">Tier</h2>" not in page_of(client, bob)
    client.force_login(bob)
    assert ">Tier</h2>" in page_of(client, bob), "their own they always see"


def test_a_full_profile_asks_as_often_as_an_empty_one(client, alice, bob, charlie, answer, django_assert_max_num_queries):
    client.force_login(alice)
    showing.choose(bob, is_shown=True)
    for n in range(6):
        entry = blogging.post_entry(bob, title=f"Letter {n}", body="From the harbour.")
        reacting.react(entry.posts.get(), member=charlie)
    page_of(client, bob)
    with django_assert_max_num_queries(15):
        page_of(client, bob)
