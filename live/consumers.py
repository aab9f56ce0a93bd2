"""/ws/live/: one socket for all that a page of the site follows."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from live import epochs, threads, visitors
from live.frames import BadFrame, number
from live.sockets import NOT_SIGNED_IN, Socket
from members.models import Member

# A topic's gate: who asks, and the topic's key → the name of the stream, or None where the page would be a 404 for them.
Gate = Callable[[Member, str], str | None]
TOPICS_MAX = 50


def own_stream(member: Member, key: str) -> str | None:
    """`member:me`: what the club tells a member."""
    return f"member:{member.pk}" if key == "me" else None


class LiveConsumer(Socket):
    """Subscribes to topics, each through the gate of the page that it belongs to; asks the gates again while it is open."""

    def __init__(self, gates: Mapping[str, Gate] | None = None) -> None:
        super().__init__()
        self.gates = {"member": own_stream, **(gates or {})}

    async def opened(self) -> int | None:
        self.line.say({"type": "hello", "epoch": await threads.read(epochs.current)})
        return None

    async def hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "subscribe":
                await self._subscribe(frame.get("topic"), frame.get("after"))
            case "unsubscribe":
                self.line.unfollow(str(frame.get("topic")))
                self.line.say({"type": "unsubscribed", "topic": frame.get("topic")})
            case _:
                raise BadFrame("no-such-type", _("There is no such frame."))

    async def _subscribe(self, topic: Any, after: Any) -> None:
        if after is not None and number(after) is None:
            raise BadFrame("bad-after", _("“after” is the number of the last event seen."))
        if topic not in self.line.following and len(self.line.following) >= TOPICS_MAX:
            raise BadFrame("too-many-topics", _("This page follows too much already."))
        name = await threads.read(self._gate, topic) if isinstance(topic, str) else None
        if name is None:
            self.line.say(
                {"type": "error", "code": "no-such-topic", "topic": topic, "message": self.words(_("There is nothing to follow."))}
            )
            return
        self.line.unfollow(topic)
        self.line.hold()
        following = await self.line.follow(name, topic, after=after, is_topic=True)
        is_reset = after is not None and following.cursor < after
        self.line.say({"type": "subscribed", "topic": topic, "head": self.line.heads()[topic], "is_reset": is_reset})
        self.line.release()

    def _gate(self, topic: str) -> str | None:
        word, _colon, key = topic.partition(":")
        gate = self.gates.get(word)
        member = visitors.signed_in(self.session_key)
        return gate(member, key) if gate and member and key else None

    async def ask_again(self) -> int | None:
        """Still signed in? And may every topic still be followed?"""
        if await threads.read(visitors.signed_in, self.session_key) is None:
            return NOT_SIGNED_IN
        for topic, following in list(self.line.following.items()):
            if await threads.read(self._gate, topic) != following.followed.name:
                self.line.unfollow(topic)
                self.line.say({"type": "unsubscribed", "topic": topic, "code": "no-such-topic"})
        return None

    def words(self, text: Any) -> str:
        with translation.override(self.member.locale):
            return str(text)
