"""What a story is made of: the blocks of the magazine's pages."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.addressing import SurveySlugBlock, ThreadNumberBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "link", "ol", "ul", "document-link"]
PLAIN_FEATURES = ["bold", "italic", "link"]


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("what it shows"), max_length=200, help_text=_("Required: read aloud to those who cannot see the picture.")
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=250)
    wide = blocks.BooleanBlock(label=_("wider than the text"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("quote"), max_length=300)
    who = blocks.CharBlock(label=_("who said it"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        label = _("Pull quote")
        template = "cms/blocks/quote.html"
        preview_value = {"text": "We stopped counting customers and began to know them.", "who": "A reader"}


class FigureBlock(blocks.StructBlock):
    """A number worth stopping at, with what it means, and the table that it comes from."""

    number = blocks.CharBlock(label=_("number"), max_length=20, help_text=_("As it should be read: 72 %, 3 in 4, ¥ 1.2 m"))
    caption = blocks.CharBlock(label=_("what it says"), max_length=250)
    source = blocks.CharBlock(label=_("source"), required=False, max_length=200)
    table = TypedTableBlock(
        [("text", blocks.CharBlock(label=_("text"))), ("number", blocks.DecimalBlock(label=_("number")))], label=_("table"), required=False
    )

    class Meta:
        icon = "table"
        label = _("Figure")
        template = "cms/blocks/figure.html"
        preview_value = {"number": "72 %", "caption": "of members who answered had referred a colleague.", "source": "Members' survey"}


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=PLAIN_FEATURES)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        template = "cms/blocks/callout.html"


class MarginNoteBlock(blocks.StructBlock):
    """An aside that stands in the margin on a wide screen."""

    text = blocks.RichTextBlock(label=_("note"), features=PLAIN_FEATURES, max_length=400)

    class Meta:
        icon = "comment"
        label = _("Margin note")
        template = "cms/blocks/margin_note.html"


class SurveyBlock(blocks.StructBlock):
    slug = SurveySlugBlock(label=_("survey"), help_text=_("Members see it only if they may answer it."))
    invitation = blocks.CharBlock(label=_("invitation"), required=False, max_length=200)

    class Meta:
        icon = "form"
        label = _("Survey")
        template = "cms/blocks/survey.html"


class ThreadBlock(blocks.StructBlock):
    number = ThreadNumberBlock(label=_("thread"), help_text=_("Readers see it only if they may read it."))
    invitation = blocks.CharBlock(label=_("invitation"), required=False, max_length=200)

    class Meta:
        icon = "comment"
        label = _("Thread")
        template = "cms/blocks/thread.html"


class StoryBlocks(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=TEXT_FEATURES, template="cms/blocks/text.html")
    picture = PictureBlock()
    quote = QuoteBlock()
    figure = FigureBlock()
    callout = CalloutBlock()
    margin_note = MarginNoteBlock()
    survey = SurveyBlock()
    thread = ThreadBlock()
