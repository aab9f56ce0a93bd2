"""The words for what the strict layer and the proof-reader find; they report codes, people read sentences."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ANSWERS = {
    "outside_scale": _("This value is not on the scale."),
    "not_yes_or_no": _("This is neither of the two possible answers."),
    "unlisted_choice": _("“%(value)s” is not among the choices."),
    "choice_disabled": _("“%(value)s” cannot be chosen here."),
    "wrong_shape": _("This answer has the wrong form."),
    "not_a_list": _("A list was expected here."),
    "not_text": _("A text was expected here."),
    "not_a_number": _("A number was expected here."),
    "not_a_date": _("This is not a date or time of the form asked for."),
    "not_a_link": _("This is not a web address (https://…)."),
    "does_not_fit_mask": _("This does not have the form asked for."),
    "too_long": _("At most %(limit)s characters."),
    "chosen_twice": _("The same choice was made twice."),
    "too_many_choices": _("At most %(limit)s choices."),
    "stands_alone": _("This choice excludes all others."),
    "not_all_ranked": _("Not all choices were put in order."),
    "unknown_row": _("There is no such row."),
    "unknown_item": _("There is no such field."),
    "too_many_rows": _("At most %(limit)s rows."),
    "too_many_panels": _("At most %(limit)s entries."),
    "too_many_files": _("At most %(limit)s files."),
    "not_a_file": _("This file could not be read."),
    "file_too_large": _("A file may have at most %(limit)s bytes."),
    "file_type": _("Files of this kind are not taken here."),
    "not_a_signature": _("This is not a drawn signature."),
    "read_only": _("This answer is given and cannot be changed."),
    "comment_not_asked": _("No comment was asked for here."),
    "no_answer_expected": _("No answer was asked for here."),
    "unjudgeable": _("These answers have a form that the survey cannot take."),
}

DEFINITIONS = {
    "nameless": _("This element has no name."),
    "dangerous_name": _("The name “%(name)s” may not be used."),
    "bad_name": _("The name “%(name)s” is too long, blank, holds a brace or is no text."),
    "duplicate_name": _("The name “%(name)s” is used twice."),
    "unknown_type": _("There is no question type “%(name)s”."),
    "duplicate_choice": _("The value %(name)s is listed twice."),
    "choices_by_url": _("Choices loaded from another address cannot be checked; list them here."),
    "too_many_elements": _("More than %(limit)s elements."),
    "nothing_asked": _("This survey asks nothing."),
    "broken_pattern": _("This regular expression cannot be read."),
    "slow_pattern": _("This regular expression can take very long on some answers; write it without nested repetition."),
    "expression_syntax": _("This expression cannot be read."),
    "expression_function": _("There is no function “%(name)s”."),
    "expression_name": _("There is no question or value “%(name)s”."),
    "expression_meaning": _("This expression can never be what it should be."),
    "ring": _("The value of “%(name)s” depends on itself."),
    "shown_ring": _("Whether “%(name)s” is shown depends on itself."),
    "enabled_ring": _("Whether “%(name)s” can be answered depends on itself."),
    "unreachable_page": _("The page “%(name)s” is never shown."),
    "never_shown": _("“%(name)s” is never shown: no answers make this condition true."),
    "never_true": _("No answers make this condition true."),
    "unlisted_compared": _("“%(value)s” is no possible answer to “%(name)s”."),
    "loose_ring": _("What sets or resets “%(name)s” leads back to it; which answer wins depends on their order."),
    "piped_name": _("There is no question or value “%(name)s”; whoever answers would read the braces."),
    "left_out": _("“%(name)s” is not used in the club, which has its own way for it."),
    "too_slow": _("This survey takes too long to build."),
    "unknown_property": _("%(message)s"),
    "json": _("%(message)s"),
}


def sentence(kind: dict[str, Any], finding: dict[str, Any]) -> str:
    """The sentence for one finding; a code without words shows itself."""
    words = kind.get(finding["code"])
    if words is None:
        return str(finding.get("message") or finding["code"])
    facts = {"limit": "", "value": "", "name": "", "message": gettext("This cannot be read.")} | finding
    return str(words) % {key: str(value)[:100] for key, value in facts.items()}
