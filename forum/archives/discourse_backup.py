"""The tables of a Discourse backup as threads: what everybody could read there, with what others thought of it."""

import datetime
import html
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

from forum.archives import BadPiece, OldPoll, OldPost, OldReaction, OldThread, Pieces, Writer, moment
from forum.archives.discourse_marks import read

TABLES = {
    "users": ("id", "username", "name"),
    "user_emails": ("user_id", "email", "primary"),
    "categories": ("id", "name", "parent_category_id", "read_restricted", "topic_id"),
    "topics": (
        *("id", "title", "category_id", "created_at", "bumped_at", "deleted_at", "archetype"),
        *("closed", "archived", "visible", "pinned_at", "pinned_until"),
    ),
    "posts": (
        *("id", "topic_id", "user_id", "post_number", "raw", "created_at", "reply_to_post_number"),
        *("deleted_at", "user_deleted", "hidden", "post_type"),
    ),
    "tags": ("id", "name"),
    "topic_tags": ("topic_id", "tag_id"),
    "post_actions": ("post_id", "user_id", "post_action_type_id", "created_at", "deleted_at"),
    "topic_custom_fields": ("topic_id", "name", "value"),
    "discourse_solved_solved_topics": ("id", "topic_id", "answer_post_id"),
    "discourse_solved_topic_answers": ("id", "solved_topic_id", "answer_post_id"),
    "discourse_reactions_reactions": ("id", "post_id", "reaction_value"),
    "discourse_reactions_reaction_users": ("reaction_id", "post_id", "user_id", "created_at"),
    "polls": ("id", "post_id", "title", "type", "status", "results", "visibility", "close_at"),
    "poll_options": ("id", "poll_id", "html"),
    "poll_votes": ("poll_id", "poll_option_id", "user_id", "rank", "created_at"),
}
LIKE = 2
# What its reactions say, by ours; every other one is a liking.
KINDS = {
    **dict.fromkeys(("clap", "tada", "partying_face", "confetti_ball", "clinking_glasses", "rocket", "100"), "cheers"),
    **dict.fromkeys(("bulb", "brain", "thinking", "exploding_head", "nerd_face"), "insight"),
    **dict.fromkeys(("pray", "hugs", "bowing_man", "handshake"), "thanks"),
}
# Those that say the contrary are not brought: the club has none such, and likings they are not.
CONTRARY = {"-1", "thumbsdown", "angry", "rage", "confused", "cry", "disappointed", "frowning", "slightly_frowning_face", "sob"}
POLL_KINDS = {0: "single", 1: "several", 2: "single", 3: "ranked"}
POLL_RESULTS = {"0": "always", "1": "voted"}

SHOWN = "deleted_at IS NULL AND hidden IS NOT 't' AND user_deleted IS NOT 't' AND post_type IN (1, 2) AND trim(raw) <> ''"


def threads(database: sqlite3.Connection) -> Pieces:
    """Those that were active last come last. Private messages, what was deleted and what describes a category stay there unnamed."""
    about = "SELECT topic_id FROM categories WHERE topic_id IS NOT NULL"
    rows = database.execute(
        f"SELECT * FROM topics WHERE deleted_at IS NULL AND archetype = 'regular' AND id NOT IN ({about}) ORDER BY bumped_at, id"  # noqa: S608
    )
    for topic in rows:
        try:
            yield _thread(database, topic)
        except (ValueError, KeyError, TypeError) as error:
            yield BadPiece(f"topic {topic['id']}", str(error) or type(error).__name__)


def _thread(database: sqlite3.Connection, topic: sqlite3.Row) -> OldThread:
    if topic["visible"] == "f":
        raise ValueError("unlisted there: it is not shown to everybody here")
    rows = database.execute(f"SELECT * FROM posts WHERE topic_id = ? AND {SHOWN} ORDER BY post_number", [topic["id"]]).fetchall()  # noqa: S608
    if not rows:
        raise ValueError("no open topic with posts")
    keys = {row["post_number"]: str(row["id"]) for row in rows}
    people = _people(database, topic["id"])
    reactions = _reactions(database, topic["id"])
    poll = _poll(database, rows[0], people, str(topic["title"]))
    boards, is_restricted = _category(database, topic["category_id"])
    return OldThread(
        key=str(topic["id"]),
        title=str(topic["title"]),
        boards=boards,
        posts=[_post(database, row, keys, people, reactions, poll if row is rows[0] else None) for row in rows],
        tags=[name for (name,) in database.execute(_TAGS, [topic["id"]])],
        is_locked="t" in (topic["closed"], topic["archived"]),
        is_pinned=bool(topic["pinned_at"]) and not _is_past(topic["pinned_until"]),
        is_restricted=is_restricted,
        solution=_solution(database, topic["id"]),
    )


_TAGS = "SELECT tags.name FROM topic_tags JOIN tags ON tags.id = tag_id WHERE topic_tags.topic_id = ? ORDER BY tags.id"
_PEOPLE = """SELECT users.id, coalesce(nullif(users.name, ''), username, '') AS name,
    (SELECT email FROM user_emails WHERE user_id = users.id ORDER BY "primary" = 't' DESC LIMIT 1) AS email FROM users WHERE users.id IN (
        SELECT user_id FROM posts WHERE topic_id = :topic
        UNION SELECT post_actions.user_id FROM post_actions JOIN posts ON posts.id = post_id WHERE topic_id = :topic
        UNION SELECT v.user_id FROM poll_votes v JOIN polls ON polls.id = v.poll_id JOIN posts ON posts.id = post_id WHERE topic_id = :topic
        UNION SELECT r.user_id FROM discourse_reactions_reaction_users r JOIN posts ON posts.id = r.post_id WHERE topic_id = :topic)"""


_VOTED = "SELECT created_at FROM poll_votes WHERE poll_id = ? AND created_at IS NOT NULL"


def _people(database: sqlite3.Connection, topic: int) -> dict[int, Writer]:
    rows = database.execute(_PEOPLE, {"topic": topic})
    return {row["id"]: Writer(str(row["id"]), row["name"], row["email"] or "") for row in rows}


def _who(people: dict[int, Writer], key: Any) -> Writer:
    return people.get(key) or Writer(str(key), "")


def _category(database: sqlite3.Connection, key: int | None) -> tuple[list[str], bool]:
    """Its name and those above it, and whether one of them is not for everybody."""
    names: list[str] = []
    is_restricted = False
    while key and len(names) < 4:
        row = database.execute("SELECT name, parent_category_id, read_restricted FROM categories WHERE id = ?", [key]).fetchone()
        if row is None:
            break
        names.append(str(row["name"]))
        is_restricted |= row["read_restricted"] == "t"
        key = row["parent_category_id"]
    return names, is_restricted


def _post(
    database: sqlite3.Connection,
    row: sqlite3.Row,
    keys: dict[int, str],
    people: dict[int, Writer],
    reactions: dict[int, dict[int, tuple[str, str]]],
    poll: OldPoll | None,
) -> OldPost:
    text = read(row["raw"], without_poll=poll is not None)
    liked = reactions.get(row["id"], {})
    return OldPost(
        key=str(row["id"]),
        writer=_who(people, row["user_id"]),
        at=moment(row["created_at"]),
        body=text.body,
        answers=keys.get(row["reply_to_post_number"], ""),
        pictures=text.pictures,
        quoted={address: _key(database, *place) for address, place in text.places.items()},
        reactions=[OldReaction(_who(people, who), moment(at), kind) for who, (kind, at) in sorted(liked.items())],
        poll=poll,
    )


def _key(database: sqlite3.Connection, number: int, topic: int) -> str:
    row = database.execute("SELECT id FROM posts WHERE topic_id = ? AND post_number = ?", [topic, number]).fetchone()
    return str(row["id"]) if row else ""


def _reactions(database: sqlite3.Connection, topic: int) -> dict[int, dict[int, tuple[str, str]]]:
    """For each post who reacted, how and when: one reaction each, of the plugin for reactions before that of a plain like."""
    found: dict[int, dict[int, tuple[str, str]]] = {}
    likes = f"""SELECT a.post_id, a.user_id, a.created_at FROM post_actions a JOIN posts ON posts.id = a.post_id
        WHERE topic_id = ? AND post_action_type_id = {LIKE} AND a.deleted_at IS NULL"""  # noqa: S608
    for row in database.execute(likes, [topic]):
        found.setdefault(row["post_id"], {})[row["user_id"]] = ("like", row["created_at"])
    others = """SELECT u.post_id, u.user_id, u.created_at, reaction_value FROM discourse_reactions_reaction_users u
        JOIN discourse_reactions_reactions r ON r.id = u.reaction_id JOIN posts ON posts.id = u.post_id WHERE topic_id = ?"""
    for row in database.execute(others, [topic]):
        if row["reaction_value"] in CONTRARY:
            found.get(row["post_id"], {}).pop(row["user_id"], None)
        else:
            found.setdefault(row["post_id"], {})[row["user_id"]] = (KINDS.get(row["reaction_value"], "like"), row["created_at"])
    return found


def _solution(database: sqlite3.Connection, topic: int) -> str:
    """As the plugin keeps it now, kept it in 2025, and before."""
    ways = (
        """SELECT a.answer_post_id FROM discourse_solved_topic_answers a JOIN discourse_solved_solved_topics s ON s.id = solved_topic_id
            WHERE topic_id = ? ORDER BY a.id DESC""",
        "SELECT answer_post_id FROM discourse_solved_solved_topics WHERE topic_id = ? AND answer_post_id IS NOT NULL",
        "SELECT value FROM topic_custom_fields WHERE topic_id = ? AND name = 'accepted_answer_post_id'",
    )
    for way in ways:
        if row := database.execute(way, [topic]).fetchone():
            return str(row[0])
    return ""


def _poll(database: sqlite3.Connection, post: sqlite3.Row, people: dict[int, Writer], title: str) -> OldPoll | None:
    """The poll of a topic's first post. Where there are several, or options too many, their text says what was asked."""
    polls = database.execute("SELECT * FROM polls WHERE post_id = ?", [post["id"]]).fetchall()
    if len(polls) != 1 or post["post_number"] != 1:
        return None
    poll = polls[0]
    options = list(database.execute("SELECT id, html FROM poll_options WHERE poll_id = ? ORDER BY id", [poll["id"]]))
    if not 2 <= len(options) <= 20 or poll["type"] not in POLL_KINDS:
        return None
    closes_at = _moment_to_come(poll["close_at"])
    if poll["status"] == "1" and not _is_past(poll["close_at"]):
        # Closed by hand, when is not said: votes were cast until then.
        closes_at = max([moment(post["created_at"]), *(moment(at) for (at,) in database.execute(_VOTED, [poll["id"]]))])
    return OldPoll(
        question=_words(poll["title"] or "") or title,
        options=[_words(option["html"]) or "…" for option in options],
        kind=POLL_KINDS[poll["type"]],
        results=POLL_RESULTS.get(poll["results"], "closed"),
        is_secret=poll["visibility"] != "1",
        closes_at=closes_at,
        votes=list(_votes(database, poll, [option["id"] for option in options], people)),
    )


def _votes(
    database: sqlite3.Connection, poll: sqlite3.Row, options: list[int], people: dict[int, Writer]
) -> Iterator[tuple[Writer, list[int]]]:
    chosen: dict[int, list[int]] = {}
    rows = "SELECT user_id, poll_option_id, rank FROM poll_votes WHERE poll_id = ? ORDER BY user_id, rank, poll_option_id"
    for row in database.execute(rows, [poll["id"]]):
        # In a ranked poll 0 is no preference at all.
        if row["poll_option_id"] in options and not (POLL_KINDS[poll["type"]] == "ranked" and not row["rank"]):
            chosen.setdefault(row["user_id"], []).append(options.index(row["poll_option_id"]))
    for who, places in chosen.items():
        yield _who(people, who), places[:1] if POLL_KINDS[poll["type"]] == "single" else places


def _words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def _moment_to_come(text: str | None) -> datetime.datetime | None:
    """A moment that may be yet to come, in UTC."""
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC) if text else None
    except ValueError:
        return None


def _is_past(text: str | None) -> bool:
    at = _moment_to_come(text)
    return at is not None and at <= datetime.datetime.now(datetime.UTC)
