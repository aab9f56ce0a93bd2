"""The words in which an author is told what the record leaves behind. Pure."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNKNOWN = _("a part that the record knows nothing of; it stays in our definition")

# What is lost, or looks simpler, of a question as a whole.
OF_QUESTIONS: dict[str, Any] = {
    "type": _("kept as text: no question type holds it"),
    "nothing": _("asks nothing, has no row"),
    "scale": _("kept as single choices, or as a plain number"),
    "rows": _("one question for each row"),
    "items": _("one question for each field"),
    "other": _("words for “other” are a question of their own"),
    "comment": _("what is written beside the answer is a question of its own"),
    "images": _("pictures stay in our definition"),
    "group": _("a group within a page is not kept; its questions stand one by one"),
    "languages": _("words in other languages stay in our definition; the record has those of the first"),
    "piping": _(
        "answers that are put into the words of another question are not put in; the record shows the words as they are asked at first"
    ),
    "title": _("the title that members see is another than the one the record has"),
    "description": _("explanations stay in our definition"),
    "triggers": _("triggers stay in our definition"),
}

_GROUPS: list[tuple[Any, str]] = [
    (
        _("conditions stay in our definition"),
        """
            visibleIf enableIf requiredIf resetValueIf setValueIf choicesVisibleIf choicesEnableIf columnsVisibleIf rowsVisibleIf
            templateVisibleIf hideIfChoicesEmpty hideIfRowsEmpty
        """,
    ),
    (_("hidden or not to be filled in here; the record shows it as any other question"), "visible readOnly mode"),
    (_("that an answer is required is known here only"), "isRequired eachRowRequired isCommentRequired"),
    (
        _("limits are kept by us; the record takes any value"),
        """
            min max step minValueExpression maxValueExpression maxLength minLength minSelectedChoices maxSelectedChoices
            minSelectedAreas maxSelectedAreas minRangeLength maxRangeLength allowSwap rowCount minRowCount maxRowCount allowAddRows
            allowRemoveRows panelCount minPanelCount maxPanelCount allowAddPanel allowRemovePanel eachRowUnique isUnique keyName
            maxFiles maxSize acceptedTypes acceptedCategories allowMultiple maxTextLength maxCommentLength isExclusive timeLimit
            timeLimitPerPage showTimer
        """,
    ),
    (_("validators stay in our definition"), "validators"),
    (_("the form of an entry, its mask and suggestions, is kept by us; the record has text"), "inputType maskType maskSettings dataList"),
    (
        _("values that stand there at first or are set by the survey are known here only"),
        """
            defaultValue defaultValueExpression setValueExpression defaultRowValue defaultPanelValue copyDefaultValueFromLastEntry
            correctAnswer bindings
        """,
    ),
    (
        _("computed values stay in our definition"),
        """
            calculatedValues expression format displayStyle currency maximumFractionDigits minimumFractionDigits useGrouping precision
            totalType totalExpression totalFormat totalDisplayStyle totalCurrency totalMaximumFractionDigits
            totalMinimumFractionDigits
        """,
    ),
    (
        _("choices that come from elsewhere, or are made by the member, are not all in the record’s list"),
        """
            choicesFromQuestion choicesFromQuestionMode choiceValuesFromQuestion choiceTextsFromQuestion choicesByUrl choicesMin
            choicesMax choicesStep allowCustomChoices choicesLazyLoadEnabled valuePropertyName showSelectAllItem selectAllText
        """,
    ),
    (
        _("an order by lot or by name is not kept; the record lists as you did"),
        "choicesOrder rowOrder questionOrder randomize randomizeCategory",
    ),
    (_("pictures stay in our definition"), "imageLink"),
    (
        _("words beside the question stay in our definition"),
        """
            placeholder commentText commentPlaceholder otherPlaceholder requiredErrorText otherErrorText minErrorText maxErrorText
            stepErrorText minRateDescription maxRateDescription altText keyDuplicationError totalText confirmDelete confirmDeleteText
            addRowText removeRowText noRowsText cellHint templateTitle templateTabTitle tabTitlePlaceholder templateDescription
            noEntriesText addPanelText removePanelText prevPanelText nextPanelText fileOrPhotoPlaceholder photoPlaceholder
            filePlaceholder placeholderReadOnly createCustomChoiceText selectToRankEmptyRankedAreaText
            selectToRankEmptyUnrankedAreaText labelFormat tooltipFormat customLabels defaultDisplayValue singleInputTitleTemplate
            content label
        """,
    ),
    (
        _("words before, between and after the pages stay in our definition"),
        """
            completedHtml completedBeforeHtml completedHtmlOnCondition loadingHtml startSurveyText pagePrevText pageNextText
            completeText previewText editText navigationTitle navigationDescription
        """,
    ),
    (_("words for “other” are a question of their own"), "showOtherItem otherText"),
    (_("what is written beside the answer is a question of its own"), "showCommentArea"),
    (_("the language at first stays in our definition"), "locale"),
    (
        _("choices stay in our definition"),
        """choices rateValues rows columns areas coords showNoneItem noneText showRefuseItem refuseText showDontKnowItem dontKnowText
        multiSelect sliderType""",
    ),
    (_("cells with words of their own stay in our definition"), "cells cellType"),
    (_("questions inside a choice have no row of their own"), "elements"),
    (_("rows that are moved stay in the order in which they were sent"), "allowRowReorder"),
    (
        _("the way through the survey stays in our definition"),
        """
            questionsOnPageMode firstPageIsStartPage showPreviewBeforeComplete previewMode clearInvisibleValues clearIfInvisible
            storeOthersAsComment saveMaskedValue
        """,
    ),
    (
        _("not used here, neither by our player nor by the record"),
        "navigateToUrl navigateToUrlOnCondition partialSendEnabled cookieName surveyId surveyPostId",
    ),
]
OF_PROPERTIES: dict[str, Any] = {name: words for words, names in _GROUPS for name in names.split()}
# Of these the words above are of a question as a whole; a property of that name is said the same way.
OF_PROPERTIES |= {name: OF_QUESTIONS[name] for name in ("title", "description", "triggers")}
