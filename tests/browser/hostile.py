"""A corner of a served club in which every word that members may write is a hostile one; laid by `manage.py shell`, beside the club."""

import json

from forum import markup
from forum.models import Board, Level, Poll, PollOption, Post, Regard, Tag, TagMember, Thread, ThreadMember
from forum.picturing import markdown_of
from forum.quoting import quotation
from forum.reading import THREADS_ON_A_PAGE
from members.models import Member
from tests.forum.payloads import ALL, FORMULAS, together

ON_A_LIST = 100


def lay(reader_email: str) -> None:
    """Write every payload into every place, and print the addresses of the pages that show them."""
    reader = Member.objects.get(email=reader_email)
    words = [payload.replace("\n", " ").replace("\0", "") for payload in ALL]
    people = [
        Member(email=f"h{n}@hostile.example", handle=f"hostile-{n}", name=word[:100], password="!", joined_at="2020-01-01T00:00Z")
        for n, word in enumerate(words)
    ]
    people = Member.objects.bulk_create(people)
    board = Board.objects.create(slug="hostile", name=words[0][:100], description=words[15][:300], has_maths=True)
    threads = Thread.objects.bulk_create(
        [Thread(board=board, title=word[:200], author=author, highest_no=1) for word, author in zip(words, people, strict=True)]
    )
    _open(threads, words)
    tags = Tag.objects.bulk_create([Tag(slug=f"hostile-{n}", name=word[:40]) for n, word in enumerate(words)])
    threads[0].tags.set(tags)
    long = _long_thread(board, people, words)
    pages = [
        "/forum/boards/hostile/",
        f"/forum/threads/{threads[0].pk}/",
        f"/forum/threads/{long.pk}/?quote=2",
        *(f"/forum/threads/{long.pk}/?page={page}" for page in range(2, long.last_page + 1)),
    ]
    pages += ["/forum/search/?q=alert", "/search/?q=alert", "/forum/tags/hostile-0/", f"/members/{people[20].handle}/"]
    lists = _follow(reader, threads, people, tags)
    newest = sorted((each.last_post.pk for each in threads), reverse=True)
    lasts = newest[THREADS_ON_A_PAGE - 1 :: THREADS_ON_A_PAGE]
    older = [f"/forum/boards/hostile/?before={last}" for last in lasts]
    print(json.dumps({"pages": pages, "older": older, "followed": lists, "n": len(ALL)}))


def _in_pieces(texts: list[str]) -> list[str]:
    """The texts as few posts, none of them cut."""
    pieces = [""]
    for text in texts:
        longer = f"{pieces[-1]}\n\n.\n\n{text}" if pieces[-1] else text
        pieces[-1:] = [longer] if len(longer) <= markup.MAX_CHARACTERS else [pieces[-1], text]
    return pieces


def _open(threads: list[Thread], words: list[str]) -> None:
    posts = [
        Post(thread=thread, no=1, author=thread.author, body=word, html=markup.render(word), excerpt=word[:200])
        for thread, word in zip(threads, words, strict=True)
    ]
    for thread, post in zip(threads, Post.objects.bulk_create(posts), strict=True):
        thread.last_post = post
    Thread.objects.bulk_update(threads, ["last_post"], batch_size=100)


def _long_thread(board: Board, people: list[Member], words: list[str]) -> Thread:
    """A thread with all payloads as posts, in quotations, as file names, and as the options of its poll."""
    thread = Thread.objects.create(board=board, title="All of them", author=people[0])
    bodies = [body.replace("\0", "") for body in together(ALL)]  # forms refuse it, and so does PostgreSQL
    first = Post(thread=thread, no=1, author=people[30], body="\n\n".join(bodies[:3]), html="")
    picture = type("Named", (), {"get_absolute_url": lambda self: "/forum/pictures/00000000-0000-0000-0000-000000000000/"})()
    quoted = [Post(thread=thread, no=2, author=author, body=word) for word, author in zip(words, people, strict=True)]
    texts = [first.body, *bodies, *_in_pieces([quotation(each) for each in quoted])]
    texts += _in_pieces([markdown_of(picture, alt=word) for word in words])
    n_plain = len(texts)
    texts += [f"{text}\n\n{formulas}" for text, formulas in zip(bodies, together(FORMULAS, 20), strict=False)]
    made = [markup.render(text[: markup.MAX_CHARACTERS], maths=no >= n_plain) for no, text in enumerate(texts)]
    posts = [
        Post(thread=thread, no=no, author=people[no], body=text, html=html, excerpt=text[:200])
        for no, (text, html) in enumerate(zip(texts, made, strict=True), 1)
    ]
    posts = Post.objects.bulk_create(posts)
    poll = Poll.objects.create(post=posts[0], question=words[1][:200])
    PollOption.objects.bulk_create([PollOption(poll=poll, place=place, text=word[:120]) for place, word in enumerate(words, 1)])
    thread.highest_no, thread.last_post = len(posts), posts[-1]
    thread.save()
    return thread


def _follow(reader: Member, threads: list[Thread], people: list[Member], tags: list[Tag]) -> int:
    """The reader follows the first hundred threads, members and tags: one page that shows them all. Returns how many there are."""
    ThreadMember.objects.bulk_create(
        [ThreadMember(member=reader, thread=each, level=Level.TRACK, is_chosen=True) for each in threads[:ON_A_LIST]]
    )
    Regard.objects.bulk_create([Regard(member=reader, other=each, level=Level.TRACK) for each in people[:ON_A_LIST]])
    TagMember.objects.bulk_create([TagMember(member=reader, tag=each, level=Level.TRACK) for each in tags[:ON_A_LIST]])
    return len(threads)
