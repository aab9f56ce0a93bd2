"""WordPress: the WXR file of Tools → Export, posts with their comments; bbPress topics with their replies too."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from forum.archives import Archive, BadArchive, BadPiece, OldPost, OldThread, Pieces, Writer, files, moment
from forum.archives.html import as_markdown

CONTENT, CREATOR = "{http://purl.org/rss/1.0/modules/content/}encoded", "{http://purl.org/dc/elements/1.1/}creator"
WP = re.compile(r"^\{http://wordpress\.org/export/[0-9.]+/\}")
OPENINGS, REPLIES = ("post", "topic"), ("reply",)
# bbPress says of a closed topic that it is "closed", and goes on showing it.
SHOWN = ("publish", "closed")
# Where a site keeps what was sent to it; of a smaller picture made from another, the other one.
IMAGE = re.compile(r"!\[[^\]]*\]\(<?([^)>\s]+)>?\)")
OF_UPLOAD = re.compile(r"(?:^|/)uploads/([^?]+\.\w+)(?:\?.*)?$")
NEVER = re.compile(r"[<>\s]")
SIZE = re.compile(r"(?:-\d+x\d+|-scaled)(\.\w+)$")


@contextmanager
def opened(path: Path, uploads: Path | None) -> Iterator[Archive]:
    with files.opened(uploads, name_of) as pictures:
        yield Archive(threads(path), pictures)


def name_of(address: str) -> str:
    """What a picture is known by: its place under `wp-content/uploads`."""
    found = OF_UPLOAD.search(address)
    return found[1].lower() if found else ""


def _names(address: str) -> list[str]:
    """The picture as it was sent, then the one of this size."""
    name = name_of(address)
    return list(dict.fromkeys([SIZE.sub(r"\1", name), name])) if name else []


def threads(path: Path) -> Pieces:
    if b"<!DOCTYPE" in path.read_bytes()[:65_536]:
        raise BadArchive("a WordPress export has no document type; this file may be meant to do harm")
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - entities cannot be declared without a document type
    except ElementTree.ParseError as error:
        raise BadArchive(f"not a WordPress export: {error}") from error
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise BadArchive("not a WordPress export: an RSS channel was expected")
    people = {_wp(each, "author_login"): _author(each) for each in channel if WP.sub("", each.tag) == "author"}
    items = channel.findall("item")
    pictures = {_wp(each, "post_id"): _wp(each, "attachment_url") for each in items if _wp(each, "post_type") == "attachment"}
    replies: dict[str, list[ElementTree.Element]] = {}
    for item in items:
        if _wp(item, "post_type") in REPLIES and _wp(item, "status") in SHOWN:
            replies.setdefault(_wp(item, "post_parent"), []).append(item)
    for item in items:
        if _wp(item, "post_type") in OPENINGS and _wp(item, "status") in SHOWN:
            try:
                yield _thread(item, replies.get(_wp(item, "post_id"), []), people, pictures)
            except ValueError as error:
                yield BadPiece(f"post {_wp(item, 'post_id')}", str(error))


def _thread(
    item: ElementTree.Element, replies: list[ElementTree.Element], people: dict[str, Writer], pictures: dict[str, str]
) -> OldThread:
    if _wp(item, "post_password"):
        raise ValueError("behind a password there: it is not shown to everybody here")
    featured = pictures.get(_meta(item, "_thumbnail_id"), "")
    posts = [_post(item, people, featured), *(_post(reply, people) for reply in replies), *_comments(item)]
    opening, others = posts[0], sorted(posts[1:], key=lambda post: post.at)
    kinds = [(each.get("domain", ""), (each.text or "").strip()) for each in item.findall("category")]
    return OldThread(
        key=_wp(item, "post_id"),
        title=(item.findtext("title") or "").strip() or opening.body[:80],
        boards=[name for domain, name in kinds if domain == "category"],
        posts=[opening, *others],
        tags=[name for domain, name in kinds if domain == "post_tag"],
        is_locked=_wp(item, "status") == "closed" or (_wp(item, "post_type") == "post" and _wp(item, "comment_status") == "closed"),
        is_pinned=_wp(item, "is_sticky") == "1",
    )


def _post(item: ElementTree.Element, people: dict[str, Writer], featured: str = "") -> OldPost:
    login = item.findtext(CREATOR) or ""
    body = as_markdown(_with_paragraphs(item.findtext(CONTENT) or ""))
    if featured and _names(featured)[:1] not in [_names(address)[:1] for address in IMAGE.findall(body)]:
        body = f"![](<{NEVER.sub('', featured)}>)\n\n{body}"
    return OldPost(
        key=f"post-{_wp(item, 'post_id')}",
        writer=people.get(login, Writer(login, login)),
        at=_moment(item, "post_date"),
        body=body,
        answers=f"post-{answers}" if (answers := _meta(item, "_bbp_reply_to")) not in ("", "0") else "",
        pictures=_pictures(body),
    )


def _pictures(body: str) -> dict[str, list[str]]:
    return {address: names for address in IMAGE.findall(body) if (names := _names(address))}


def _meta(item: ElementTree.Element, key: str) -> str:
    return next((_wp(each, "meta_value") for each in item if WP.sub("", each.tag) == "postmeta" and _wp(each, "meta_key") == key), "")


def _moment(element: ElementTree.Element, name: str) -> datetime.datetime:
    """Old rows have no moment in UTC but zeros; the site's own clock is near enough."""
    gmt = _wp(element, f"{name}_gmt")
    return moment(_wp(element, name) if gmt.startswith("0000") or not gmt else gmt)


def _comments(item: ElementTree.Element) -> list[OldPost]:
    found = []
    for comment in item:
        if (
            WP.sub("", comment.tag) != "comment"
            or _wp(comment, "comment_approved") != "1"
            or _wp(comment, "comment_type") not in ("", "comment")
        ):
            continue
        email, name = _wp(comment, "comment_author_email"), _wp(comment, "comment_author")
        answers = _wp(comment, "comment_parent")
        body = as_markdown(_with_paragraphs(_wp(comment, "comment_content")))
        found.append(
            OldPost(
                key=f"comment-{_wp(comment, 'comment_id')}",
                writer=Writer(email or name, name, email),
                at=_moment(comment, "comment_date"),
                body=body,
                answers=f"comment-{answers}" if answers not in ("", "0") else "",
                pictures=_pictures(body),
            )
        )
    return found


def _author(element: ElementTree.Element) -> Writer:
    login = _wp(element, "author_login")
    return Writer(login, _wp(element, "author_display_name") or login, _wp(element, "author_email"))


def _wp(element: ElementTree.Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if WP.sub("", child.tag) == name), "")


def _with_paragraphs(text: str) -> str:
    """Old texts have blank lines where WordPress makes paragraphs; newer ones bring their own, and comments for its editor."""
    text = re.sub(r"<!-- /?wp:.*?-->", "", text, flags=re.DOTALL)
    if re.search(r"<(?:p|div|h[1-6]|ul|ol|table|blockquote)\b", text):
        return text
    return "".join(f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())
