"""Bars as SVG that needs neither script nor style sheet, for pages, reports and download. Each stands beside its table. Pure."""

from xml.sax.saxutils import escape

from surveys.summaries import Bar

ROW, LABEL, BAR, FIGURE = 30, 230, 320, 60
HEADING = 34
LABEL_LETTERS, HEADING_LETTERS = 17, 44  # as wide as so many Chinese characters


def bars_svg(title: str, bars: list[Bar], *, standalone: bool = False) -> str:
    """A horizontal bar for each choice with its share and 95 % interval; hidden ones have no bar.

    standalone   with its title, a background and colours of its own, for a file; else the page's style sheet colours it by class
    """
    head = HEADING if standalone else 0
    high = ROW * len(bars) + 10 + head
    wide = LABEL + BAR + FIGURE
    ink, fill, line = ("#1f2421", "#2f6f5e", "#77716a") if standalone else ("currentColor", "currentColor", "currentColor")
    space = ' xmlns="http://www.w3.org/2000/svg"'
    font = ' font-family="sans-serif"' if standalone else ""
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    parts = [f'<svg{space} class="survey-chart" {size} role="img" font-size="13"{font}>']
    parts.append(f"<title>{escape(title)}</title>")
    if standalone:
        parts.append(f'<rect width="{wide}" height="{high}" fill="#fff"/>')
        parts.append(f'<text x="12" y="24" font-size="15" font-weight="600" fill="{ink}">{escape(_short(title, HEADING_LETTERS))}</text>')
    for place, bar in enumerate(bars):
        top = ROW * place + 8 + head
        label = escape(_short(bar.text, LABEL_LETTERS))
        parts.append(f'<text x="{LABEL - 8}" y="{top + 15}" text-anchor="end" fill="{ink}">{label}</text>')
        parts.append(f'<rect class="survey-chart-track" x="{LABEL}" y="{top}" width="{BAR}" height="20" fill="{fill}" fill-opacity="0.1"/>')
        if bar.share is None or bar.low is None or bar.high is None:
            continue
        share, low, top_end = (BAR * min(100.0, value) / 100 for value in (bar.share, bar.low, bar.high))
        parts.append(f'<rect class="survey-chart-bar" x="{LABEL}" y="{top}" width="{share:.1f}" height="20" fill="{fill}"/>')
        parts.append(f'<path d="M{LABEL + low:.1f} {top + 10}H{LABEL + top_end:.1f}" stroke="{line}" stroke-width="2"/>')
        parts.append(f'<text x="{LABEL + BAR + 6}" y="{top + 15}" fill="{ink}">{bar.share:.0f} %</text>')
    parts.append("</svg>")
    return "".join(parts)


def _short(text: str, letters: int) -> str:
    """As much of a text as its place takes; a Chinese character is as wide as two letters."""
    kept, room = "", 2 * letters
    for letter in text:
        room -= 2 if ord(letter) > 0x2E80 else 1
        if room < 0:
            return kept.rstrip() + "…"
        kept += letter
    return kept
