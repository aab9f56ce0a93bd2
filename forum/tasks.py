"""Task lists: `- [ ] open`, `- [x] done`, as checkboxes that show and cannot be ticked. One pass, whatever the list's length."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

BOXES = {"[ ] ": False, "[x] ": True, "[X] ": True}


def plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("inline", "club_tasks", _tasks)


def _tasks(state: StateCore) -> None:
    if not any(box in state.src for box in BOXES):
        return
    lists: list[Token] = []
    for place, token in enumerate(state.tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline" and token.content[:4] in BOXES and place >= 2 and state.tokens[place - 2].type == "list_item_open":
            state.tokens[place - 2].attrSet("class", "task-list-item")
            lists[-1].attrSet("class", "contains-task-list")
            _with_box(token, done=BOXES[token.content[:4]])


def _with_box(token: Token, *, done: bool) -> None:
    children = token.children or []
    if not children or children[0].type != "text" or children[0].content[:4] not in BOXES:
        return
    children[0].content = children[0].content[3:]
    box = Token("task_box", "input", 0, attrs={"type": "checkbox", "disabled": "disabled"})
    if done:
        box.attrSet("checked", "checked")
    # The words name the box, for those who hear the page.
    token.children = [Token("label_open", "label", 1), box, *children, Token("label_close", "label", -1)]
