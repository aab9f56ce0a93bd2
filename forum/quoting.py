"""Quoting a post or a private message: who said it, where, and the words, in Markdown."""

from forum.addresses import stored_url
from forum.models import Message, Post

MAX_LINES = 12


def quotation(said: Post | Message) -> str:
    """A block quote that links back to what it quotes; quotations inside it are left out."""
    lines = [line for line in said.body.strip().splitlines() if not line.lstrip().startswith(">")]
    kept = lines[:MAX_LINES] + (["…"] if len(lines) > MAX_LINES else [])
    address = stored_url(said)
    name = said.author.display_name.replace("[", "\\[").replace("]", "\\]")
    head = f"> [{name}]({address}):"
    return "\n".join([head, ">", *(f"> {line}".rstrip() for line in kept)]) + "\n\n"
