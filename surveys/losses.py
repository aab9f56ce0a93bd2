"""What the record's nine question types cannot hold of a definition, each thing at its place and in plain words. Pure.

It goes by what the mirror carries and by what is only look; whatever is on neither list is told, also what nobody here has heard of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from surveys.loss_words import OF_PROPERTIES, OF_QUESTIONS, UNKNOWN
from surveys.mirror import plan

PIPED = re.compile(r"\{[^{}]+\}")
# Names of earlier versions of survey-core that it still reads.
OTHER_NAMES = {
    "questions": "elements", "hasComment": "showCommentArea", "hasOther": "showOtherItem", "hasNone": "showNoneItem",
    "hasSelectAll": "showSelectAllItem", "isAllRowRequired": "eachRowRequired", "rowsOrder": "rowOrder", "questionsOrder": "questionOrder",
    "optionsCaption": "placeholder", "placeHolder": "placeholder", "commentPlaceHolder": "commentPlaceholder",
    "otherPlaceHolder": "otherPlaceholder", "maxTimeToFinish": "timeLimit", "maxTimeToFinishPage": "timeLimitPerPage",
    "firstPageIsStarted": "firstPageIsStartPage", "maxOthersLength": "maxCommentLength", "mininumRateDescription": "minRateDescription",
    "maximumRateDescription": "maxRateDescription", "defaultValueFromLastRow": "copyDefaultValueFromLastEntry",
    "defaultValueFromLastPanel": "copyDefaultValueFromLastEntry", "emptyRowsText": "noRowsText", "panelAddText": "addPanelText",
    "panelRemoveText": "removePanelText", "panelPrevText": "prevPanelText", "panelNextText": "nextPanelText",
    "sendResultOnPageNext": "partialSendEnabled", "requiredText": "requiredMark", "allowRowsDragAndDrop": "allowRowReorder",
}  # fmt: skip


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Where a thing stands, or how it is operated; nothing of what is asked or may be answered.
LOOK = _set("""
    sjsVersion $schema state width minWidth maxWidth colSpan startWithNewLine indent innerIndent titleLocation descriptionLocation
    errorLocation showNumber hideNumber renderAs questionTitleWidth questionTitleLocation questionDescriptionLocation
    questionErrorLocation gridLayoutColumns gridLayoutEnabled allowAdaptiveActions showQuestionNumbers questionStartIndex
    questionTitlePattern requiredMark columnMinWidth showHeader verticalAlign alternateRows displayMode columnColCount columnLayout
    transposeData cellErrorLocation detailErrorLocation horizontalScroll rowTitleWidth addRowButtonLocation
    addRowLocation hideColumnsIfEmpty detailPanelMode detailPanelShowOnAdding cellComponent colCount inputSize size itemSize
    autocomplete autoComplete inputTextAlignment autoGrow allowResize acceptCarriageReturn textUpdateMode allowClear showClearButton
    showOptionsCaption searchEnabled searchMode textWrapEnabled inputFieldComponent itemComponent separateSpecialChoices closeOnSelect
    hideSelectedItems contentMode imageFit imageHeight imageWidth minImageWidth minImageHeight maxImageWidth maxImageHeight showLabel
    rateType rateDisplayMode scaleColorMode rateColorMode displayRateDescriptionsAsExtremeItems rateDescriptionLocation swapOrder
    useTitleAsLabel itemErrorLocation itemTitleWidth showPreview allowImagesPreview needConfirmRemoveFile allowCameraAccess sourceType
    signatureWidth signatureHeight signatureAutoScaleEnabled penMinWidth penMaxWidth penColor backgroundColor height showPlaceholder
    showLabels tooltipVisibility allowDragRange labelCount showValue shape idleFillColor idleStrokeColor idleStrokeWidth
    hoverFillColor hoverStrokeColor hoverStrokeWidth selectedFillColor selectedStrokeColor selectedStrokeWidth logo logoWidth
    logoHeight logoFit logoPosition autoFocusFirstQuestion focusFirstQuestionAutomatic autoFocusFirstError focusOnFirstError
    showNavigationButtons navigationButtonsVisibility navigationButtonsLocation showPrevButton showTitle showPageTitles
    showCompletePage showCompletedPage showPageNumbers showProgressBar progressBarLocation progressBarType progressBarShowPageTitles
    progressBarShowPageNumbers progressBarInheritWidthFrom showRangeInProgress showTOC tocLocation tocItemComponent autoAdvanceEnabled
    goNextPageAutomatic autoAdvanceAllowComplete allowCompleteSurveyAutomatic commentAreaRows autoGrowComment allowResizeComment
    validateVisitedEmptyFields checkErrorsMode widthMode fitToContainer headerView backgroundImage backgroundImageFit
    backgroundImageAttachment backgroundOpacity showBrandInfo matrixDragHandleArea surveyShowDataSaving timerLocation timerInfoMode
    showTimerPanelMode tabAlign panelsState newPanelPosition removePanelButtonLocation panelRemoveButtonLocation
    templateQuestionTitleLocation templateTitleLocation templateQuestionTitleWidth templateErrorLocation selectToRankAreasLayout
    selectToRankSwapAreas showInMultipleColumns totalAlignment showCaption iconName iconSize choicesLazyLoadPageSize
    useDisplayValuesInDynamicTexts useDisplayValuesInTitle
""")  # fmt: skip
# What the mirror writes into its rows, by the kind of node. `valueName` and `name` say where our data holds an answer.
ANY_QUESTION = _set("type name valueName title")
LISTED = _set("choices isRequired showNoneItem noneText showRefuseItem refuseText showDontKnowItem dontKnowText otherText")
CARRIED = {
    "survey": _set("pages elements title description triggers"),
    "page": _set("name title description elements"),
    "panel": _set("type name elements"),
    "text": _set("isRequired inputType step"),
    "comment": _set("isRequired rows cols"),
    "radiogroup": LISTED,
    "dropdown": LISTED,
    "buttongroup": LISTED,
    "checkbox": LISTED | {"maxSelectedChoices"},
    "tagbox": LISTED | {"maxSelectedChoices"},
    "imagepicker": LISTED | {"multiSelect"},
    "rating": _set("isRequired rateMin rateMax rateStep rateValues rateCount autoGenerate"),
    "boolean": _set("isRequired labelTrue labelFalse valueTrue valueFalse label"),
    "slider": _set("isRequired autoGenerate"),
    "matrix": _set("rows columns cellType eachRowRequired"),
    "multipletext": _set("items"),
    "item": _set("name title isRequired inputType"),
    "choice": _set("value text"),
    # These have no row, or one of text, and are told as a whole; a word more on what they are made of would be about nothing.
    "html": _set("html"),
    "image": _set("imageLink altText text"),
    "expression": _set("expression"),
    "matrixdropdown": _set("isRequired columns rows detailElements"),
    "matrixdynamic": _set("isRequired columns detailElements"),
    "paneldynamic": _set("isRequired templateElements"),
    "column": _set("name title"),
    "ranking": _set("isRequired choices selectToRankEnabled"),
    "file": _set("isRequired allowMultiple storeDataAsText waitForUpload"),
    "signaturepad": _set("isRequired dataFormat storeDataAsText waitForUpload"),
    "imagemap": _set("isRequired imageLink areas multiSelect"),
}
NO_QUESTIONS = frozenset({"survey", "page", "panel", "choice", "item", "column"})
IN_TEXT = frozenset({"matrixdropdown", "matrixdynamic", "paneldynamic"})
CHILDREN = {"pages": "page", "elements": "", "templateElements": "", "detailElements": "", "items": "item"}
CHILDREN |= dict.fromkeys(("choices", "rateValues", "rows", "columns", "areas", "customLabels"), "choice")
TEXTS = _set("title description text labelTrue labelFalse noneText refuseText dontKnowText otherText html altText")
# What is so in any case, written out.
ON = _set("""
    visible allowAddRows allowRemoveRows allowAddPanel allowRemovePanel storeOthersAsComment randomize useGrouping allowSwap
""")
USUAL = ("default", "none", "initial", "auto", "onComplete", "error")
MODES = ("standard", "singlePage", "questionPerPage")
PLAIN_INPUTS = ("text", "number", "range", "date")


@dataclass(frozen=True)
class Loss:
    """`path` leads to a question, page or group by names, "" is the survey; `feature` is the property or what is lost as a whole."""

    path: str
    feature: str
    reason: str | Promise


def losses(definition: dict[str, Any], outline: dict[str, Any], *, title: str = "", summary: str = "") -> list[Loss]:
    """All losses in the definition's order, each once.

    outline          as the engine reads the definition, in the language that the record keeps
    title, summary   what the record's survey is called, and says of itself
    """
    wholes: dict[str, list[str]] = {}
    for path, feature in plan(outline)[1]:
        wholes.setdefault(path, []).append(feature)
    found: dict[tuple[str, str], Loss] = {}
    for path, feature in _of_survey(definition, wholes, {title, summary}):
        reason = OF_QUESTIONS.get(feature) or words_for(feature)
        found.setdefault((path, feature), Loss(path, feature, reason))
    return list(found.values())


def words_for(feature: str) -> str | Promise:
    """What is said of a property that stays behind; a property that nobody here knows is called just that."""
    return OF_PROPERTIES.get(feature.rpartition(".")[2], UNKNOWN)


Found = Iterator[tuple[str, str]]


def _of_survey(definition: dict[str, Any], wholes: dict[str, list[str]], said: set[str]) -> Found:
    for key in ("title", "description"):
        if definition.get(key) and _first(definition[key]) not in said:
            yield "", key
    if definition.get("triggers"):
        yield "", "triggers"
    yield from _of_node(definition, "survey", "", wholes, deep=False)


def _of_node(node: dict[str, Any], kind: str, path: str, wholes: dict[str, list[str]], *, deep: bool) -> Found:
    """The losses of one node and of what is in it. `deep`: in a table or a repeating group, whose name leads to it."""
    is_question = kind not in NO_QUESTIONS
    for feature in wholes.get(path, ()) if is_question and not deep else ():
        yield path, feature
    carried = CARRIED.get(kind, frozenset()) | (ANY_QUESTION if is_question else frozenset())
    inside: list[tuple[str, list[Any]]] = []
    for written, value in node.items():
        key = OTHER_NAMES.get(written, written)
        if key in carried and _fits(kind, key, value):
            yield from _of_text(path, key, value)
        elif key in LOOK or _is_nothing(key, value):
            continue
        else:
            yield path, key
        if key in CHILDREN and isinstance(value, list):
            inside.append((key, value))
    for key, value in inside:
        yield from _of_list(key, value, kind, path, wholes, deep=deep)


def _of_list(key: str, items: list[Any], kind: str, path: str, wholes: dict[str, list[str]], *, deep: bool) -> Found:
    family = CHILDREN[key]
    for item in items:
        if not isinstance(item, dict):
            continue
        of = "column" if key == "columns" and kind in IN_TEXT else family or _type_of(item)
        if of == "choice":
            for _path, feature in _of_node(item, of, "", {}, deep=True):
                yield path, feature if feature in ("languages", "piping") else f"{key}.{feature}"
            continue
        name = str(item.get("name") or "")[:200]
        inner = deep or kind in IN_TEXT
        place = f"{path}.{name}" if inner or of == "item" else name
        if of == "panel":
            yield place, "group"
        yield from _of_node(item, of, place, wholes, deep=inner)


def _type_of(item: dict[str, Any]) -> str:
    return str(item.get("type") or "")


def _of_text(path: str, key: str, value: Any) -> Found:
    if key not in TEXTS:
        return
    if isinstance(value, dict) and set(value) - {"default", "en"}:
        yield path, "languages"
    if PIPED.search(_first(value)):
        yield path, "piping"


def _first(text: Any) -> str:
    """A text in the language that the record keeps."""
    if isinstance(text, dict):
        text = text.get("default") or text.get("en") or next(iter(text.values()), "")
    return str(text)


def _fits(kind: str, key: str, value: Any) -> bool:
    """Whether the record has room for this value of a property that it carries."""
    if key == "inputType":
        return value in PLAIN_INPUTS if kind == "text" else value == "text"
    if key == "step":
        return value in (1, "any", None)
    return not (key == "cellType" and value not in ("radio", "checkbox"))


def _is_nothing(key: str, value: Any) -> bool:
    """Whether a property says only what would be so without it. Of an unknown property nobody can tell."""
    if key not in OF_PROPERTIES:
        return False
    if key == "questionsOnPageMode":
        return value in MODES
    if value is None or value in ("", [], {}) or (isinstance(value, str) and value in USUAL):
        return True
    if key in ON:
        return value is True
    return value is False
