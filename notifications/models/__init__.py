from notifications.models.mail import EmailOut, MutedAddress
from notifications.models.notification import Notification

__all__ = ["EmailOut", "MutedAddress", "Notification"]
