"""Keeping the search index: the same tokens in SQLite's FTS5 table and in PostgreSQL's stored tsvector. Written with the post."""

from django.db import connection

from forum.models import Post
from forum.tokens import tokens
from members.cursors import done

IN_POSTGRES = (
    "INSERT INTO forum_search (post_id, words) VALUES (%s, %s::tsvector) ON CONFLICT (post_id) DO UPDATE SET words = EXCLUDED.words"
)


def put(post: Post, *, title: str, text: str, is_new: bool = False) -> None:
    """Index a post's words, anew unless it is new, its thread's title too if it opens one. In the caller's transaction."""
    # The lone mark between the two keeps a phrase from running out of the title into the text.
    words = [*tokens(title), "0x0", *tokens(text)] if title else tokens(text)
    if connection.vendor == "postgresql":
        # A tsvector keeps no place beyond 16,383: words after it are found one by one, as phrases no more.
        # Written as a literal: no parser of the database's gets to cut our tokens once more.
        done(IN_POSTGRES, [post.pk, " ".join(f"'{word}':{place}" for place, word in enumerate(words, 1))])
        return
    if not is_new:
        done("DELETE FROM forum_search WHERE rowid = %s", [post.pk])
    done("INSERT INTO forum_search (rowid, words) VALUES (%s, %s)", [post.pk, " ".join(words)])
