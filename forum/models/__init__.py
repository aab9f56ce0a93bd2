from forum.models.board import Board
from forum.models.conduct import ModerationAction, Report, Restriction, Review
from forum.models.following import BoardMember, Level, ThreadMember
from forum.models.post import Mention, Post, PostRevision, Reaction
from forum.models.thread import State, Tag, Thread
from forum.models.writing import Draft, Pace

__all__ = [
    "Board",
    "BoardMember",
    "Draft",
    "Level",
    "Mention",
    "ModerationAction",
    "Pace",
    "Post",
    "PostRevision",
    "Reaction",
    "Report",
    "Restriction",
    "Review",
    "State",
    "Tag",
    "Thread",
    "ThreadMember",
]
