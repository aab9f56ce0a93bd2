import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

from members.migrations._at_once import AtOnce
from members.migrations._libraries import LIBRARIES


class Migration(migrations.Migration):
    initial = True

    # Clubs that ran these have all that is below.
    replaces = [
        ("cms", "0002_addresses"),
        ("cms", "0003_say_who_sees_what_is_embedded"),
    ]
    dependencies = [
        *LIBRARIES,
        ("members", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            operations=[
                migrations.CreateModel(
                    name="EventIndexPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                    ],
                    options={
                        "verbose_name": "events",
                        "verbose_name_plural": "events",
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="HomePage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "welcome",
                            models.CharField(
                                blank=True, help_text="The large line that a visitor reads first.", max_length=120, verbose_name="welcome"
                            ),
                        ),
                        (
                            "invitation",
                            models.TextField(
                                blank=True,
                                help_text="Why a customer should join, in two sentences.",
                                max_length=400,
                                verbose_name="invitation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "home page",
                        "verbose_name_plural": "home pages",
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="MagazineIndexPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                    ],
                    options={
                        "verbose_name": "magazine",
                        "verbose_name_plural": "magazines",
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="ArticlePage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "cover_alt",
                            models.CharField(
                                blank=True,
                                help_text="Read aloud to those who cannot see the picture.",
                                max_length=200,
                                verbose_name="what the cover shows",
                            ),
                        ),
                        (
                            "topic",
                            models.CharField(
                                choices=[
                                    ("story", "Stories"),
                                    ("knowledge", "Know-how"),
                                    ("industry", "Industry"),
                                    ("club", "From the club"),
                                ],
                                default="story",
                                max_length=20,
                                verbose_name="section",
                            ),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                        (
                            "byline",
                            models.CharField(
                                blank=True, help_text="Instead of the author's name, for guests.", max_length=120, verbose_name="byline"
                            ),
                        ),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [
                                    ("text", 0),
                                    ("picture", 5),
                                    ("quote", 8),
                                    ("figure", 15),
                                    ("callout", 18),
                                    ("margin_note", 20),
                                    ("survey", 23),
                                    ("thread", 25),
                                ],
                                blank=True,
                                block_lookup={
                                    0: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {
                                            "features": ["h2", "h3", "bold", "italic", "link", "ol", "ul", "document-link"],
                                            "icon": "pilcrow",
                                            "label": "Text",
                                            "template": "cms/blocks/text.html",
                                        },
                                    ),
                                    1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "Required: read aloud to those who cannot see the picture.",
                                            "label": "what it shows",
                                            "max_length": 200,
                                        },
                                    ),
                                    3: ("wagtail.blocks.CharBlock", (), {"label": "caption", "max_length": 250, "required": False}),
                                    4: ("wagtail.blocks.BooleanBlock", (), {"label": "wider than the text", "required": False}),
                                    5: ("wagtail.blocks.StructBlock", [[("image", 1), ("alt", 2), ("caption", 3), ("wide", 4)]], {}),
                                    6: ("wagtail.blocks.TextBlock", (), {"label": "quote", "max_length": 300}),
                                    7: ("wagtail.blocks.CharBlock", (), {"label": "who said it", "max_length": 120, "required": False}),
                                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("who", 7)]], {}),
                                    9: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"help_text": "As it should be read: 72 %, 3 in 4, ¥ 1.2 m", "label": "number", "max_length": 20},
                                    ),
                                    10: ("wagtail.blocks.CharBlock", (), {"label": "what it says", "max_length": 250}),
                                    11: ("wagtail.blocks.CharBlock", (), {"label": "source", "max_length": 200, "required": False}),
                                    12: ("wagtail.blocks.CharBlock", (), {"label": "text"}),
                                    13: ("wagtail.blocks.DecimalBlock", (), {"label": "number"}),
                                    14: (
                                        "wagtail.contrib.typed_table_block.blocks.TypedTableBlock",
                                        [[("text", 12), ("number", 13)]],
                                        {"label": "table", "required": False},
                                    ),
                                    15: (
                                        "wagtail.blocks.StructBlock",
                                        [[("number", 9), ("caption", 10), ("source", 11), ("table", 14)]],
                                        {},
                                    ),
                                    16: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 120, "required": False}),
                                    17: ("wagtail.blocks.RichTextBlock", (), {"features": ["bold", "italic", "link"], "label": "text"}),
                                    18: ("wagtail.blocks.StructBlock", [[("title", 16), ("text", 17)]], {}),
                                    19: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link"], "label": "note", "max_length": 400},
                                    ),
                                    20: ("wagtail.blocks.StructBlock", [[("text", 19)]], {}),
                                    21: (
                                        "cms.addressing.SurveySlugBlock",
                                        (),
                                        {"help_text": "Members see it only if they may answer it.", "label": "survey"},
                                    ),
                                    22: ("wagtail.blocks.CharBlock", (), {"label": "invitation", "max_length": 200, "required": False}),
                                    23: ("wagtail.blocks.StructBlock", [[("slug", 21), ("invitation", 22)]], {}),
                                    24: (
                                        "cms.addressing.ThreadNumberBlock",
                                        (),
                                        {"help_text": "Readers see it only if they may read it.", "label": "thread"},
                                    ),
                                    25: ("wagtail.blocks.StructBlock", [[("number", 24), ("invitation", 22)]], {}),
                                },
                                verbose_name="body",
                            ),
                        ),
                        ("minutes", models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="minutes to read")),
                        ("discussion", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="discussion")),
                        (
                            "author",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="author",
                            ),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="cover picture",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "article",
                        "verbose_name_plural": "articles",
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="EventPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "cover_alt",
                            models.CharField(
                                blank=True,
                                help_text="Read aloud to those who cannot see the picture.",
                                max_length=200,
                                verbose_name="what the cover shows",
                            ),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                        (
                            "online_link",
                            models.URLField(blank=True, help_text="Shown only to those who have a seat.", verbose_name="online link"),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="starts")),
                        ("ends_at", models.DateTimeField(verbose_name="ends")),
                        (
                            "capacity",
                            models.PositiveSmallIntegerField(
                                default=30,
                                help_text="Beyond 30 guests nobody can be looked after.",
                                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)],
                                verbose_name="seats",
                            ),
                        ),
                        (
                            "sign_up_until",
                            models.DateTimeField(
                                blank=True, help_text="Without one: until it starts.", null=True, verbose_name="sign up until"
                            ),
                        ),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [
                                    ("text", 0),
                                    ("picture", 5),
                                    ("quote", 8),
                                    ("figure", 15),
                                    ("callout", 18),
                                    ("margin_note", 20),
                                    ("survey", 23),
                                    ("thread", 25),
                                ],
                                blank=True,
                                block_lookup={
                                    0: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {
                                            "features": ["h2", "h3", "bold", "italic", "link", "ol", "ul", "document-link"],
                                            "icon": "pilcrow",
                                            "label": "Text",
                                            "template": "cms/blocks/text.html",
                                        },
                                    ),
                                    1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "Required: read aloud to those who cannot see the picture.",
                                            "label": "what it shows",
                                            "max_length": 200,
                                        },
                                    ),
                                    3: ("wagtail.blocks.CharBlock", (), {"label": "caption", "max_length": 250, "required": False}),
                                    4: ("wagtail.blocks.BooleanBlock", (), {"label": "wider than the text", "required": False}),
                                    5: ("wagtail.blocks.StructBlock", [[("image", 1), ("alt", 2), ("caption", 3), ("wide", 4)]], {}),
                                    6: ("wagtail.blocks.TextBlock", (), {"label": "quote", "max_length": 300}),
                                    7: ("wagtail.blocks.CharBlock", (), {"label": "who said it", "max_length": 120, "required": False}),
                                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("who", 7)]], {}),
                                    9: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"help_text": "As it should be read: 72 %, 3 in 4, ¥ 1.2 m", "label": "number", "max_length": 20},
                                    ),
                                    10: ("wagtail.blocks.CharBlock", (), {"label": "what it says", "max_length": 250}),
                                    11: ("wagtail.blocks.CharBlock", (), {"label": "source", "max_length": 200, "required": False}),
                                    12: ("wagtail.blocks.CharBlock", (), {"label": "text"}),
                                    13: ("wagtail.blocks.DecimalBlock", (), {"label": "number"}),
                                    14: (
                                        "wagtail.contrib.typed_table_block.blocks.TypedTableBlock",
                                        [[("text", 12), ("number", 13)]],
                                        {"label": "table", "required": False},
                                    ),
                                    15: (
                                        "wagtail.blocks.StructBlock",
                                        [[("number", 9), ("caption", 10), ("source", 11), ("table", 14)]],
                                        {},
                                    ),
                                    16: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 120, "required": False}),
                                    17: ("wagtail.blocks.RichTextBlock", (), {"features": ["bold", "italic", "link"], "label": "text"}),
                                    18: ("wagtail.blocks.StructBlock", [[("title", 16), ("text", 17)]], {}),
                                    19: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link"], "label": "note", "max_length": 400},
                                    ),
                                    20: ("wagtail.blocks.StructBlock", [[("text", 19)]], {}),
                                    21: (
                                        "cms.addressing.SurveySlugBlock",
                                        (),
                                        {"help_text": "Members see it only if they may answer it.", "label": "survey"},
                                    ),
                                    22: ("wagtail.blocks.CharBlock", (), {"label": "invitation", "max_length": 200, "required": False}),
                                    23: ("wagtail.blocks.StructBlock", [[("slug", 21), ("invitation", 22)]], {}),
                                    24: (
                                        "cms.addressing.ThreadNumberBlock",
                                        (),
                                        {"help_text": "Readers see it only if they may read it.", "label": "thread"},
                                    ),
                                    25: ("wagtail.blocks.StructBlock", [[("number", 24), ("invitation", 22)]], {}),
                                },
                                verbose_name="body",
                            ),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="cover picture",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "event",
                        "verbose_name_plural": "events",
                        "indexes": [models.Index(fields=["starts_at"], name="cms_eventpa_starts__0b28eb_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="cms_event_ends_after_start"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("capacity__gte", 1), ("capacity__lte", 500)), name="cms_event_capacity_in_bounds"
                            ),
                        ],
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="AgendaItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                        ("starts_at_time", models.TimeField(verbose_name="time")),
                        ("title", models.CharField(max_length=150, verbose_name="title")),
                        ("speaker", models.CharField(blank=True, max_length=150, verbose_name="speaker")),
                        (
                            "page",
                            modelcluster.fields.ParentalKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="agenda", to="cms.eventpage"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "agenda item",
                        "verbose_name_plural": "agenda items",
                        "ordering": ["sort_order"],
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="IssuePage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "cover_alt",
                            models.CharField(
                                blank=True,
                                help_text="Read aloud to those who cannot see the picture.",
                                max_length=200,
                                verbose_name="what the cover shows",
                            ),
                        ),
                        (
                            "number",
                            models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name="number"),
                        ),
                        (
                            "season",
                            models.CharField(help_text="As it is printed on the cover: Winter 2026", max_length=60, verbose_name="season"),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                        ("letter", wagtail.fields.RichTextField(blank=True, verbose_name="editor's letter")),
                        ("editor", models.CharField(blank=True, max_length=100, verbose_name="signed by")),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="cover picture",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "issue",
                        "verbose_name_plural": "issues",
                        "constraints": [models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="cms_issue_number_counts")],
                    },
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="Seat",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[("taken", "has a seat"), ("waiting", "on the waiting list"), ("given_up", "given up")],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField(null=True, verbose_name="seat")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                        ("attended_at", models.DateTimeField(null=True, verbose_name="checked in")),
                        (
                            "checked_in_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        ("event", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="cms.eventpage")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="event_seats", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "seat",
                        "verbose_name_plural": "seats",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["event", "state", "asked_at"], name="cms_seat_event_i_cfcd6f_idx"),
                            models.Index(fields=["member", "state"], name="cms_seat_member__c66ce7_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "member"), name="cms_seat_once_a_member"),
                            models.UniqueConstraint(fields=("event", "number"), name="cms_seat_number_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number__gte", 1), ("number__lte", 500), ("state", "taken")),
                                    models.Q(models.Q(("state", "taken"), _negated=True), ("number__isnull", True)),
                                    _connector="OR",
                                ),
                                name="cms_seat_taken_has_a_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attended_at__isnull", True), ("state", "taken"), _connector="OR"),
                                name="cms_seat_attended_was_taken",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandardPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "cover_alt",
                            models.CharField(
                                blank=True,
                                help_text="Read aloud to those who cannot see the picture.",
                                max_length=200,
                                verbose_name="what the cover shows",
                            ),
                        ),
                        ("standfirst", models.TextField(blank=True, max_length=400, verbose_name="standfirst")),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [
                                    ("text", 0),
                                    ("picture", 5),
                                    ("quote", 8),
                                    ("figure", 15),
                                    ("callout", 18),
                                    ("margin_note", 20),
                                    ("survey", 23),
                                    ("thread", 25),
                                ],
                                blank=True,
                                block_lookup={
                                    0: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {
                                            "features": ["h2", "h3", "bold", "italic", "link", "ol", "ul", "document-link"],
                                            "icon": "pilcrow",
                                            "label": "Text",
                                            "template": "cms/blocks/text.html",
                                        },
                                    ),
                                    1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "Required: read aloud to those who cannot see the picture.",
                                            "label": "what it shows",
                                            "max_length": 200,
                                        },
                                    ),
                                    3: ("wagtail.blocks.CharBlock", (), {"label": "caption", "max_length": 250, "required": False}),
                                    4: ("wagtail.blocks.BooleanBlock", (), {"label": "wider than the text", "required": False}),
                                    5: ("wagtail.blocks.StructBlock", [[("image", 1), ("alt", 2), ("caption", 3), ("wide", 4)]], {}),
                                    6: ("wagtail.blocks.TextBlock", (), {"label": "quote", "max_length": 300}),
                                    7: ("wagtail.blocks.CharBlock", (), {"label": "who said it", "max_length": 120, "required": False}),
                                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("who", 7)]], {}),
                                    9: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"help_text": "As it should be read: 72 %, 3 in 4, ¥ 1.2 m", "label": "number", "max_length": 20},
                                    ),
                                    10: ("wagtail.blocks.CharBlock", (), {"label": "what it says", "max_length": 250}),
                                    11: ("wagtail.blocks.CharBlock", (), {"label": "source", "max_length": 200, "required": False}),
                                    12: ("wagtail.blocks.CharBlock", (), {"label": "text"}),
                                    13: ("wagtail.blocks.DecimalBlock", (), {"label": "number"}),
                                    14: (
                                        "wagtail.contrib.typed_table_block.blocks.TypedTableBlock",
                                        [[("text", 12), ("number", 13)]],
                                        {"label": "table", "required": False},
                                    ),
                                    15: (
                                        "wagtail.blocks.StructBlock",
                                        [[("number", 9), ("caption", 10), ("source", 11), ("table", 14)]],
                                        {},
                                    ),
                                    16: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 120, "required": False}),
                                    17: ("wagtail.blocks.RichTextBlock", (), {"features": ["bold", "italic", "link"], "label": "text"}),
                                    18: ("wagtail.blocks.StructBlock", [[("title", 16), ("text", 17)]], {}),
                                    19: (
                                        "wagtail.blocks.RichTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link"], "label": "note", "max_length": 400},
                                    ),
                                    20: ("wagtail.blocks.StructBlock", [[("text", 19)]], {}),
                                    21: (
                                        "cms.addressing.SurveySlugBlock",
                                        (),
                                        {"help_text": "Members see it only if they may answer it.", "label": "survey"},
                                    ),
                                    22: ("wagtail.blocks.CharBlock", (), {"label": "invitation", "max_length": 200, "required": False}),
                                    23: ("wagtail.blocks.StructBlock", [[("slug", 21), ("invitation", 22)]], {}),
                                    24: (
                                        "cms.addressing.ThreadNumberBlock",
                                        (),
                                        {"help_text": "Readers see it only if they may read it.", "label": "thread"},
                                    ),
                                    25: ("wagtail.blocks.StructBlock", [[("number", 24), ("invitation", 22)]], {}),
                                },
                                verbose_name="body",
                            ),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="wagtailimages.image",
                                verbose_name="cover picture",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "club page",
                        "verbose_name_plural": "club pages",
                    },
                    bases=("wagtailcore.page",),
                ),
            ],
        ),
    ]
