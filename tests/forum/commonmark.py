# ruff: noqa: E501
"""Cases of our own for the rules of CommonMark 0.31 outside raw HTML: (Markdown, the exact HTML)."""

import json
from pathlib import Path

# By section of the specification, a case a line. The HTML is the reference implementation's; where that is older than 0.31 or leaves raw
# HTML out (`&#12345678;`, strong within strong, `<b>`), it is what the rules say.
SECTIONS: list[tuple[str, str, str]] = [tuple(each) for each in json.loads(Path(__file__).with_name("commonmark.json").read_text("utf-8"))]

# More, some with several rules at once.
CASES = [
    # Tabs, precedence, thematic breaks
    ("\tcode\tx", "<pre><code>code\tx\n</code></pre>\n"),
    ("- a\n\n\tb", "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>\n"),
    ("- `x\n- y`", "<ul>\n<li>`x</li>\n<li>y`</li>\n</ul>\n"),
    ("***\n---\n___", "<hr />\n<hr />\n<hr />\n"),
    (" * * *", "<hr />\n"),
    ("--\n**", "<p>--\n**</p>\n"),
    ("a\n***\nb", "<p>a</p>\n<hr />\n<p>b</p>\n"),
    ("- a\n* * *\n- b", "<ul>\n<li>a</li>\n</ul>\n<hr />\n<ul>\n<li>b</li>\n</ul>\n"),
    # Headings
    ("# a\n## b\n###### f\n####### g", "<h1>a</h1>\n<h2>b</h2>\n<h6>f</h6>\n<p>####### g</p>\n"),
    ("#5 bolt", "<p>#5 bolt</p>\n"),
    ("## a ##  \n# b #c", "<h2>a</h2>\n<h1>b #c</h1>\n"),
    ("\\# a", "<p># a</p>\n"),
    ("#\n## ##", "<h1></h1>\n<h2></h2>\n"),
    ("a *b*\n===\n\nc\n---", "<h1>a <em>b</em></h1>\n<h2>c</h2>\n"),
    ("a\nb\n=", "<h1>a\nb</h1>\n"),
    ("> a\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr />\n"),
    # Code blocks
    ("    a\n      b\n\n    c", "<pre><code>a\n  b\n\nc\n</code></pre>\n"),
    ("a\n    b", "<p>a\nb</p>\n"),
    ("```\n<a>\n ```\nb", "<pre><code>&lt;a&gt;\n</code></pre>\n<p>b</p>\n"),
    ("~~~~\na\n~~~\nb\n~~~~~", "<pre><code>a\n~~~\nb\n</code></pre>\n"),
    ("```x y\na\n```", '<pre><code class="language-x">a\n</code></pre>\n'),
    ("~~~ a`b\nc\n~~~", '<pre><code class="language-a`b">c\n</code></pre>\n'),
    ("``` a`b\nc", "<p>``` a`b\nc</p>\n"),
    ("```\nnever closed", "<pre><code>never closed\n</code></pre>\n"),
    ("> ```\n> a\n\nb", "<blockquote>\n<pre><code>a\n</code></pre>\n</blockquote>\n<p>b</p>\n"),
    # Link reference definitions
    ("[a]: /u 't'\n\n[a]", '<p><a href="/u" title="t">a</a></p>\n'),
    ("[A b]: /u\n\n[a   B]", '<p><a href="/u">a   B</a></p>\n'),
    ("[ΑΓΩ]: /u\n\n[αγω]", '<p><a href="/u">αγω</a></p>\n'),
    ("[a]: /1\n[a]: /2\n\n[a]", '<p><a href="/1">a</a></p>\n'),
    ("[a]:\n\n[a]", "<p>[a]:</p>\n<p>[a]</p>\n"),
    ("[a]: /u 't' x\n\n[a]", "<p>[a]: /u 't' x</p>\n<p>[a]</p>\n"),
    ("[a]\n\n> [a]: /u", '<p><a href="/u">a</a></p>\n<blockquote>\n</blockquote>\n'),
    # Paragraphs and blank lines
    ("a\n\n\nb", "<p>a</p>\n<p>b</p>\n"),
    ("  a\n b", "<p>a\nb</p>\n"),
    ("", ""),
    # Block quotes
    ("> # a\n> b\nc", "<blockquote>\n<h1>a</h1>\n<p>b\nc</p>\n</blockquote>\n"),
    (">a\n>> b", "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n"),
    ("> a\n\n> b", "<blockquote>\n<p>a</p>\n</blockquote>\n<blockquote>\n<p>b</p>\n</blockquote>\n"),
    ("- a\n  > b\n- c", "<ul>\n<li>a\n<blockquote>\n<p>b</p>\n</blockquote>\n</li>\n<li>c</li>\n</ul>\n"),
    (">", "<blockquote>\n</blockquote>\n"),
    # Lists
    ("- a\n- b\n* c", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ul>\n<li>c</li>\n</ul>\n"),
    ("1. a\n2) b", '<ol>\n<li>a</li>\n</ol>\n<ol start="2">\n<li>b</li>\n</ol>\n'),
    ("7. a\n1. b", '<ol start="7">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
    ("1234567890. a", "<p>1234567890. a</p>\n"),
    ("a\n2. b", "<p>a\n2. b</p>\n"),
    ("a\n1. b", "<p>a</p>\n<ol>\n<li>b</li>\n</ol>\n"),
    ("- a\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
    ("- a\n  - b\n    - c", "<ul>\n<li>a\n<ul>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n</li>\n</ul>\n"),
    ("-\n- a", "<ul>\n<li></li>\n<li>a</li>\n</ul>\n"),
    ("-one", "<p>-one</p>\n"),
    ("- a\n b", "<ul>\n<li>a\nb</li>\n</ul>\n"),
    ("1.  a\n\n        b", "<ol>\n<li>\n<p>a</p>\n<pre><code>b\n</code></pre>\n</li>\n</ol>\n"),
    ("- a\n- ```\n  b\n\n\n  ```\n- c", "<ul>\n<li>a</li>\n<li>\n<pre><code>b\n\n\n</code></pre>\n</li>\n<li>c</li>\n</ul>\n"),
    # Backslashes and entities
    ("\\!\\\"\\#\\[\\]\\`\\a", "<p>!&quot;#[]`\\a</p>\n"),
    ("`\\*`", "<p><code>\\*</code></p>\n"),
    ("a\\\nb", "<p>a<br />\nb</p>\n"),
    ("&nbsp;&amp;&copy;&#35;&#x41;&nope;&", "<p>\u00a0&amp;©#A&amp;nope;&amp;</p>\n"),
    ("&#0;", "<p>\ufffd</p>\n"),
    ("[a](/b&auml; \"&ouml;\")", '<p><a href="/b%C3%A4" title="ö">a</a></p>\n'),
    ("&#42;a&#42;", "<p>*a*</p>\n"),
    # Code spans
    ("`` a`b ``", "<p><code>a`b</code></p>\n"),
    ("` `` `", "<p><code>``</code></p>\n"),
    ("`a\nb  c`", "<p><code>a b  c</code></p>\n"),
    ("*a`*`", "<p>*a<code>*</code></p>\n"),
    ("`` a`", "<p>`` a`</p>\n"),
    # Emphasis
    ("*a* _b_ **c** __d__", "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong></p>\n"),
    ("a * b* *c *", "<p>a * b* *c *</p>\n"),
    ("foo_bar_ foo*bar*", "<p>foo_bar_ foo<em>bar</em></p>\n"),
    ("***a***", "<p><em><strong>a</strong></em></p>\n"),
    ("**a*b*c**", "<p><strong>a<em>b</em>c</strong></p>\n"),
    ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>\n"),
    ("****a*", "<p>***<em>a</em></p>\n"),
    ("*a _b* c_", "<p><em>a _b</em> c_</p>\n"),
    ("*a [b*](/u)", '<p>*a <a href="/u">b*</a></p>\n'),
    ("пристаням_стремятся_", "<p>пристаням_стремятся_</p>\n"),
    ("“*a*”", "<p>“<em>a</em>”</p>\n"),
    # Links and images
    ("[a](/u \"t\") [b](</my u>) [c]()", '<p><a href="/u" title="t">a</a> <a href="/my%20u">b</a> <a href="">c</a></p>\n'),
    ("[a](/my u)", "<p>[a](/my u)</p>\n"),
    ("[a](b(c(d)))", '<p><a href="b(c(d))">a</a></p>\n'),
    ("[a [b](/c)](/d)", '<p>[a <a href="/c">b</a>](/d)</p>\n'),
    ("[a ![b](c)](/d)", '<p><a href="/d">a <img src="c" alt="b" /></a></p>\n'),
    ("[a][b]\n\n[b]: /u", '<p><a href="/u">a</a></p>\n'),
    ("[b][]\n\n[b]: /u", '<p><a href="/u">b</a></p>\n'),
    ("[a] [b]\n\n[b]: /u", '<p>[a] <a href="/u">b</a></p>\n'),
    ("[a](\"t\")", '<p><a href="%22t%22">a</a></p>\n'),
    ("![*a* b](/u 't')", '<p><img src="/u" alt="a b" title="t" /></p>\n'),
    ("!\\[a]\n\n[a]: /u", "<p>![a]</p>\n"),
    ("\\![a]\n\n[a]: /u", '<p>!<a href="/u">a</a></p>\n'),
    ("<made-up+1.x:y?z> <me@there.example>", '<p><a href="made-up+1.x:y?z">made-up+1.x:y?z</a> <a href="mailto:me@there.example">me@there.example</a></p>\n'),
    ("<m:x> <a@b@c>", "<p>&lt;m:x&gt; &lt;a@b@c&gt;</p>\n"),
    # Line breaks and text
    ("a  \nb", "<p>a<br />\nb</p>\n"),
    ("a \n b", "<p>a\nb</p>\n"),
    ("# a\\", "<h1>a\\</h1>\n"),
    ("a  ", "<p>a</p>\n"),
    ("hello $.;'there χρῆν 你好", "<p>hello $.;'there χρῆν 你好</p>\n"),
]  # fmt: skip
