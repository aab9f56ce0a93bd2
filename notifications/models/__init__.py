from notifications.models.digest import Digest
from notifications.models.mail import EmailOut, MutedAddress
from notifications.models.notification import Notification

__all__ = ["Digest", "EmailOut", "MutedAddress", "Notification"]
