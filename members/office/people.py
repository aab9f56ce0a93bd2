"""Wagtail's section of users, fitted to our members: one name, a company, and no way to reach above one's own rights."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserForm
from wagtail.users.views import users

from members.handles import free_handle
from members.models import Member

FIELDS = ["email", "name", "company", "company_role", "locale", "is_staff", "is_superuser", "groups"]


class MemberForm(UserForm):
    """What the club's own people may change of a member. Whoever is no administrator hands out no more than they have."""

    first_name = None
    last_name = None

    def __init__(self, *args: Any, asker: Member | None = None, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asker is None or not asker.is_superuser:
            del self.fields["is_superuser"], self.fields["is_staff"]
            self.fields["groups"].queryset = Group.objects.filter(user=asker) if asker else Group.objects.none()
        if editing_self:
            # Nobody locks themselves out.
            for name in ("is_superuser", "is_active", "is_staff"):
                self.fields.pop(name, None)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def save(self, commit: bool = True) -> Member:
        if not self.instance.handle:
            self.instance.handle = free_handle(self.cleaned_data["name"] or self.cleaned_data["email"].split("@")[0])
        return super().save(commit)


class MemberCreationForm(MemberForm):
    class Meta:
        model = Member
        fields = FIELDS
        widgets = {"groups": forms.CheckboxSelectMultiple}


class MemberEditForm(MemberForm):
    password_required = False

    class Meta:
        model = Member
        fields = [*FIELDS, "is_active"]
        widgets = {"groups": forms.CheckboxSelectMultiple}


class _KnowsWhoAsks:
    """The form learns who asks; nobody but an administrator opens an administrator's page."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        about = getattr(self, "object", None)
        if about is not None and about.is_superuser and not request.user.is_superuser:  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asker": self.request.user}  # type: ignore[misc]


class MemberCreateView(_KnowsWhoAsks, users.CreateView):
    pass


class MemberEditView(_KnowsWhoAsks, users.EditView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.can_delete = False


class MemberDeleteView(users.DeleteView):
    """A member is never deleted, only erased: the books and others' discussions stay whole (`manage.py erase_member`)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise PermissionDenied


class MemberIndexView(users.IndexView):
    search_fields = ["name", "email", "handle", "company__name"]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("company")

    def get_delete_url(self, instance: Member) -> None:
        return None


class MemberViewSet(users.UserViewSet):
    menu_label = _("Members")
    index_view_class = MemberIndexView
    add_view_class = MemberCreateView
    edit_view_class = MemberEditView
    delete_view_class = MemberDeleteView

    def get_form_class(self, for_update: bool = False) -> type[MemberForm]:
        return MemberEditForm if for_update else MemberCreationForm
