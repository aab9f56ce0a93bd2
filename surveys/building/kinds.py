"""Which blocks there are, and what each shows of its node. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.building.conditions import Conditions
from surveys.building.lenses import Expression, Items, Lens, Nodes, Pick, Scalar, Switch, Words

OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """A type of block. `first` are the fields seen at once; the others are folded away behind "more"."""

    name: str
    label: object
    group: object
    icon: str
    first: tuple[Lens, ...]
    more: tuple[Lens, ...] = ()

    @property
    def lenses(self) -> tuple[Lens, ...]:
        return (*self.first, *self.more)


NAME = Lens("name", _("Name in the data"), _("Letters and digits. Empty: a name is made. Conditions follow when it changes."))
TITLE = Words("title", _("Question"))
REQUIRED = Switch("isRequired", _("Must be answered"))
CONDITIONS = Conditions("conditions", _("Conditions"))
CHECKS = Nodes("validators", pgettext_lazy("question", "Checks"), kinds="validators")
DESCRIPTION = Words("description", _("Explanation"))
CHOICES = Items("choices", _("Choices"), _("One a line: value, English, Chinese. Paste from a table, or load a CSV file."))
ROWS = Items("rows", _("Rows"), _("One a line: value, English, Chinese."))
OTHERS = (Switch("showOtherItem", _("With “other”")), Switch("showNoneItem", _("With “none”")))
ORDER = Pick(
    "choicesOrder", _("Order of choices"), options=(("", _("as listed")), ("random", _("by lot")), ("asc", "A–Z"), ("desc", "Z–A"))
)
LEAST_CHOSEN, MOST_CHOSEN = Scalar("minSelectedChoices", _("Choose at least")), Scalar("maxSelectedChoices", _("Choose at most"))
LEAST, MOST, STEP = Scalar("min", _("Least")), Scalar("max", _("Most")), Scalar("step", _("Step"))
LONGEST = Scalar("maxLength", _("Most characters"))
PLACEHOLDER = Words("placeholder", _("Hint in the field"))
COLUMNS = Items("columns", _("Columns"), _("One a line: value, English, Chinese."))
CELLS = Nodes("columns", _("Columns"), kinds="columns")
INPUTS = ("", "number", "date", "datetime-local", "month", "week", "time", "email", "tel", "url", "password", "color", "range")
INPUT = Pick("inputType", _("Kind of entry"), options=tuple((value, value or _("text")) for value in INPUTS))

WRITING, CHOOSING, GRADING, TABLES = _("In words"), _("Choosing"), _("Grading"), _("Tables and groups")
SHOWING = pgettext_lazy("blocks of a survey", "Layout")


def _asks(name: str, label: object, group: object, icon: str, *first: Lens, more: tuple[Lens, ...] = ()) -> Kind:
    return Kind(name, label, group, icon, (TITLE, *first, REQUIRED), (NAME, DESCRIPTION, *more, CONDITIONS, CHECKS))


_LISTED = (*OTHERS, ORDER)
QUESTIONS = [
    _asks("text", _("Short text, number, date"), WRITING, "edit", INPUT, more=(LEAST, MOST, STEP, LONGEST, PLACEHOLDER)),
    _asks("comment", _("Long text"), WRITING, "doc-full", more=(LONGEST, PLACEHOLDER)),
    _asks("multipletext", _("Several short texts"), WRITING, "list-ul", Nodes("items", _("Fields"), kinds="items")),
    _asks("radiogroup", _("One of several"), CHOOSING, "radio-full", CHOICES, more=_LISTED),
    _asks("dropdown", _("One from a list"), CHOOSING, "arrow-down-big", CHOICES, more=_LISTED),
    _asks("buttongroup", _("One of a few buttons"), CHOOSING, "tick", CHOICES, more=(ORDER,)),
    _asks("checkbox", _("Several of several"), CHOOSING, "tick-inverse", CHOICES, more=(*_LISTED, LEAST_CHOSEN, MOST_CHOSEN)),
    _asks("tagbox", _("Several from a list"), CHOOSING, "tag", CHOICES, more=(*_LISTED, LEAST_CHOSEN, MOST_CHOSEN)),
    _asks("ranking", _("Put in order"), CHOOSING, "order", CHOICES, more=(ORDER,)),
    _asks(
        "imagepicker",
        _("Choose a picture"),
        CHOOSING,
        "image",
        Items("choices", _("Pictures"), _("One a line: value, English, Chinese, address of the picture."), pictures=True),
        Switch("multiSelect", _("Several may be chosen")),
        Switch("showLabel", _("Show the words")),
    ),
    _asks(
        "boolean", _("Yes or no"), CHOOSING, "check", more=(Words("labelTrue", _("Word for yes")), Words("labelFalse", _("Word for no")))
    ),
    _asks(
        "rating",
        _("Scale, rating"),
        GRADING,
        "pick",
        Scalar("rateMin", _("From"), _("Empty: 1. A recommendation score goes from 0 to 10.")),
        Scalar("rateMax", pgettext_lazy("rating", "To"), _("Empty: 5.")),
        Words("minRateDescription", _("Lowest means")),
        Words("maxRateDescription", _("Highest means")),
        more=(Items("rateValues", _("Steps with words"), _("Instead of from and to. One a line: value, English, Chinese.")),),
    ),
    _asks(
        "slider",
        _("Slider"),
        GRADING,
        "sliders",
        LEAST,
        MOST,
        STEP,
        Pick("sliderType", _("Chooses"), options=(("", _("one value")), ("range", _("from – to")))),
    ),
    _asks("matrix", _("Several on one scale"), TABLES, "table", ROWS, COLUMNS, Switch("eachRowRequired", _("Every row must be answered"))),
    _asks("matrixdropdown", _("Table with columns of their own"), TABLES, "table", ROWS, CELLS, CHOICES),
    _asks(
        "matrixdynamic",
        _("Table that grows"),
        TABLES,
        "table",
        CELLS,
        CHOICES,
        more=(Scalar("rowCount", _("Rows at first")), Scalar("minRowCount", _("At least")), Scalar("maxRowCount", _("At most"))),
    ),
    _asks(
        "file",
        _("File"),
        WRITING,
        "upload",
        more=(Switch("allowMultiple", _("Several")), Lens("acceptedTypes", _("Kinds of files")), Scalar("maxSize", _("Most bytes"))),
    ),
    _asks("signaturepad", _("Signature"), WRITING, "edit"),
    _asks("imagemap", _("Places in a picture"), CHOOSING, "image", Lens("imageLink", _("Address of the picture"))),
    Kind(
        "expression",
        _("Computed value"),
        SHOWING,
        "cogs",
        (TITLE, Expression("expression", _("Expression"), _("Such as {amount} * 2"))),
        (NAME, DESCRIPTION, CONDITIONS),
    ),
    Kind("html", _("Text between questions"), SHOWING, "doc-full", (Words("html", _("Text (HTML)"), long=True),), (NAME, CONDITIONS)),
    Kind(
        "image",
        _("Picture"),
        SHOWING,
        "image",
        (Lens("imageLink", _("Address of the picture")), Words("altText", _("What it shows"))),
        (NAME, TITLE, CONDITIONS),
    ),
]
INSIDE = {kind.name: kind for kind in QUESTIONS}

_GROUPS = [
    Kind(
        "panel",
        _("Group of questions"),
        TABLES,
        "folder-open-1",
        (Words("title", _("Title")), Nodes("elements", _("Questions"), kinds="inside")),
        (NAME, DESCRIPTION, CONDITIONS),
    ),
    Kind(
        "paneldynamic",
        _("Group that repeats"),
        TABLES,
        "copy",
        (TITLE, Nodes("templateElements", _("Questions"), kinds="inside"), REQUIRED),
        (
            NAME,
            DESCRIPTION,
            Words("templateTitle", _("Title of each")),
            Scalar("panelCount", _("Groups at first")),
            Scalar("minPanelCount", _("At least")),
            Scalar("maxPanelCount", _("At most")),
            CONDITIONS,
            CHECKS,
        ),
    ),
]
PAGE = Kind("page", _("New page"), SHOWING, "doc-empty", (Words("title", _("Title of the page")),), (NAME, DESCRIPTION, CONDITIONS))
ELEMENTS = {kind.name: kind for kind in (*QUESTIONS, *_GROUPS)}

_CELL_TYPES = ("", "text", "comment", "dropdown", "checkbox", "radiogroup", "tagbox", "boolean", "rating", "expression", "slider", "file")
COLUMN = Kind(
    "column",
    _("Column"),
    "",
    "table",
    (
        Words("title", _("Title")),
        Pick("cellType", _("Kind of answer"), options=tuple((value, value or _("as the table")) for value in _CELL_TYPES)),
        REQUIRED,
    ),
    (NAME, Items("choices", _("Choices"), _("Empty: those of the table.")), INPUT, CONDITIONS, CHECKS),
)
ITEM = Kind("item", _("Field"), "", "edit", (Words("title", _("Title")), INPUT, REQUIRED), (NAME, CHECKS))

_SAYS = Words("text", _("What is said where it fails"))
VALIDATORS = {
    kind.name: kind
    for kind in (
        Kind("numeric", _("A number within"), "", "order", (Scalar("minValue", _("Least")), Scalar("maxValue", _("Most")), _SAYS)),
        Kind("text", _("Length of the text"), "", "edit", (Scalar("minLength", _("At least")), Scalar("maxLength", _("At most")), _SAYS)),
        Kind(
            "answercount",
            _("How many are chosen"),
            "",
            "tick",
            (Scalar("minCount", _("At least")), Scalar("maxCount", _("At most")), _SAYS),
        ),
        Kind("email", _("An e-mail address"), "", "mail", (_SAYS,)),
        Kind("regex", _("A pattern"), "", "code", (Lens("regex", _("Regular expression")), _SAYS)),
        Kind("expression", _("A condition is true"), "", "cogs", (Expression("expression", _("Expression")), _SAYS)),
    )
}
FAMILIES: dict[str, dict[str, Kind]] = {
    "elements": ELEMENTS,
    "inside": INSIDE,
    "validators": VALIDATORS,
    "columns": {COLUMN.name: COLUMN},
    "items": {ITEM.name: ITEM},
}
# Families whose nodes do not name their type.
UNTYPED = {"columns": COLUMN.name, "items": ITEM.name}

SURVEY = Kind(
    "survey",
    _("Survey"),
    "",
    "form",
    (Words("title", _("Title")), Words("description", _("Introduction"))),
    (
        Words("completedHtml", _("Thanks (HTML)"), long=True),
        Switch("firstPageIsStartPage", _("The first page only welcomes")),
        Pick("questionOrder", _("Order of questions"), options=(("", _("as listed")), ("random", _("by lot")))),
    ),
)
