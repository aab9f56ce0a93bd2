from cms.models.club import ClubPage, HomePage, StandardPage
from cms.models.event import AgendaItem, EventIndexPage, EventPage, Seat
from cms.models.magazine import ArticlePage, IssuePage, MagazineIndexPage

__all__ = [
    "AgendaItem",
    "ArticlePage",
    "ClubPage",
    "EventIndexPage",
    "EventPage",
    "HomePage",
    "IssuePage",
    "MagazineIndexPage",
    "Seat",
    "StandardPage",
]
