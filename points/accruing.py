from typing import Any


def hear(sender: Any, activity_id: int, **_more: Any) -> None:
    pass
