from forum.models.board import Admission, Board
from forum.models.conduct import Appeal, Imported, MemberNote, ModerationAction, Report, Restriction, Review, Trust, WatchedWord
from forum.models.following import BoardLevel, BoardMember, Level, ThreadMember
from forum.models.message import Conversation, Message, MessageReport, MessageRevision, Participant
from forum.models.picture import Picture
from forum.models.poll import Ballot, Choice, Poll, PollOption, Voter
from forum.models.post import HeldEdit, Mention, Moved, Post, PostRevision, Reaction
from forum.models.regard import Bookmark, Presence, Regard, TagMember
from forum.models.series import Entry, Feature, Series
from forum.models.thread import State, Tag, Tagging, Thread
from forum.models.writing import Draft, Pace

__all__ = [
    "Admission",
    "Appeal",
    "Ballot",
    "Board",
    "BoardLevel",
    "BoardMember",
    "Bookmark",
    "Choice",
    "Conversation",
    "Draft",
    "Entry",
    "Feature",
    "HeldEdit",
    "Imported",
    "Level",
    "MemberNote",
    "Mention",
    "Message",
    "MessageReport",
    "MessageRevision",
    "ModerationAction",
    "Moved",
    "Pace",
    "Participant",
    "Picture",
    "Poll",
    "PollOption",
    "Post",
    "PostRevision",
    "Presence",
    "Reaction",
    "Regard",
    "Report",
    "Restriction",
    "Review",
    "Series",
    "State",
    "Tag",
    "TagMember",
    "Tagging",
    "Thread",
    "ThreadMember",
    "Trust",
    "Voter",
    "WatchedWord",
]
