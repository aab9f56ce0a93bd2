"""What the parts of the demo know of each other while it is built."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from community.demo import dates
from community.demo.diary import Diary
from members.models import Company, Member


@dataclass
class Club:
    """today: the day of seeding. The mappings fill up as the diary is carried out."""

    today: datetime.date
    diary: Diary = field(default_factory=Diary)
    companies: dict[str, Company] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    joined: dict[str, datetime.datetime] = field(default_factory=dict)
    threads: dict[str, Any] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)

    def moment(self, day: int, time: str = "09:00") -> datetime.datetime:
        return dates.moment(self.today, day, time)

    def not_before(self, handle: str, at: datetime.datetime) -> datetime.datetime:
        """`at`, or soon after the member joined if that was later."""
        return max(at, self.joined[handle] + datetime.timedelta(hours=1))
