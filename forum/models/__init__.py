from forum.models.board import Board
from forum.models.conduct import ModerationAction, Report, Restriction, Review
from forum.models.following import BoardMember, Level, ThreadMember
from forum.models.message import Conversation, Message, MessageReport, Participant
from forum.models.picture import Picture
from forum.models.poll import Ballot, Choice, Poll, PollOption, Voter
from forum.models.post import Mention, Post, PostRevision, Reaction
from forum.models.regard import Bookmark, Presence, Regard, TagMember
from forum.models.series import Entry, Feature, Series
from forum.models.thread import State, Tag, Thread
from forum.models.writing import Draft, Pace

__all__ = [
    "Ballot",
    "Board",
    "BoardMember",
    "Bookmark",
    "Choice",
    "Conversation",
    "Draft",
    "Entry",
    "Feature",
    "Level",
    "Mention",
    "Message",
    "MessageReport",
    "ModerationAction",
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
    "Thread",
    "ThreadMember",
    "Voter",
]
