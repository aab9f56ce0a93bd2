"""Short names of the emoji that people type, `:smile:`; others stay as typed."""

import re

NAMES = {
    "+1": "👍", "-1": "👎", "100": "💯", "clap": "👏", "ok": "👌", "pray": "🙏", "wave": "👋", "muscle": "💪", "handshake": "🤝",
    "smile": "😄", "grin": "😁", "joy": "😂", "wink": "😉", "blush": "😊", "thinking": "🤔", "sweat_smile": "😅", "cry": "😢",
    "sob": "😭", "angry": "😠", "heart": "❤️", "broken_heart": "💔", "star": "⭐", "sparkles": "✨", "fire": "🔥", "tada": "🎉",
    "rocket": "🚀", "bulb": "💡", "eyes": "👀", "warning": "⚠️", "x": "❌", "white_check_mark": "✅", "question": "❓",
    "exclamation": "❗", "tea": "🍵", "coffee": "☕", "cake": "🍰", "gift": "🎁", "trophy": "🏆", "chart": "📈", "book": "📖",
    "memo": "📝", "pushpin": "📌", "lock": "🔒", "key": "🔑", "calendar": "📅", "hourglass": "⌛", "bug": "🐛", "computer": "💻",
    "sunny": "☀️", "cloud": "☁️", "umbrella": "☔", "moon": "🌙", "flower": "🌸", "panda": "🐼", "dragon": "🐉", "lantern": "🏮",
}  # fmt: skip
NAME = re.compile(r":([a-z0-9_+-]{1,20}):")


def replaced(text: str) -> str:
    return NAME.sub(lambda found: NAMES.get(found[1], found[0]), text) if ":" in text else text
