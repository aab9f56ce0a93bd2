import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.post import Post
from members.models import Member


def _place(picture: "Picture", _name: str) -> str:
    # Not the key that the page names: whoever knows the address of the page's picture does not know the file's.
    return f"forum/{timezone.now():%Y/%m}/{uuid.uuid4().hex}.webp"


class Picture(models.Model):
    """A picture that a member put into a text, drawn anew by us. Who may see it: its owner, and whoever may read where it stands."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Member, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to=_place, max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    posts = models.ManyToManyField(Post, related_name="pictures")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [models.Index(fields=["owner", "-id"], name="forum_picture_by_owner")]

    def __str__(self) -> str:
        return str(self.key)

    def get_absolute_url(self) -> str:
        """Without a language: it is the same picture in all of them."""
        return f"/forum/pictures/{self.key}/"
