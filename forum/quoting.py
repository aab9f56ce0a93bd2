"""Quoting a post: who said it, where, and the words, in Markdown."""

from forum.addresses import stored_url
from forum.models import Post

MAX_LINES = 12


def quotation(post: Post) -> str:
    """A block quote of the post that links back to it; quotations inside it are left out."""
    lines = [line for line in post.body.strip().splitlines() if not line.lstrip().startswith(">")]
    kept = lines[:MAX_LINES] + (["…"] if len(lines) > MAX_LINES else [])
    name = post.author.display_name.replace("[", "\\[").replace("]", "\\]")
    head = f"> [{name}]({stored_url(post)}):"
    return "\n".join([head, ">", *(f"> {line}".rstrip() for line in kept)]) + "\n\n"
