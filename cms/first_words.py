"""What the club's own pages say, in both languages, until a marketer writes something better.

Content and not interface: the words become pages of the tree, so they do not pass through gettext.
"""

from email.utils import parseaddr
from typing import Any

from django.conf import settings

# Where members may write to.
ADDRESS = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def home(language: str) -> dict[str, Any]:
    words = {
        "en": (
            "The customers’ own room",
            (
                "Read what other customers have found out, ask them, and tell us what to build next. "
                "Whatever you contribute earns points that buy something."
            ),
            "A club for our customers: magazine, forum, research, events and points.",
        ),
        "zh-hans": (
            "客户自己的会客厅",
            "读一读别的客户摸索出的门道，向他们请教，也告诉我们下一步该做什么。你的每一份贡献都会变成可以兑换的积分。",
            "属于客户的俱乐部：会刊、论坛、调研、活动与积分。",
        ),
    }
    welcome, invitation, description = words[language]
    return {"title": settings.CLUB_NAME, "welcome": welcome, "invitation": invitation, "search_description": description}


def section(slug: str, language: str) -> dict[str, Any]:
    """Title and standfirst of the magazine's and the events' own pages."""
    title, standfirst = SECTIONS[slug][language]
    return {"title": title, "standfirst": standfirst, "search_description": standfirst}


def club_page(slug: str, language: str) -> dict[str, Any]:
    """A page of the club; a paragraph that begins with # is a heading."""
    title, standfirst, *paragraphs = CLUB_PAGES[slug][language]
    text = "".join(f"<h2>{words[2:]}</h2>" if words.startswith("# ") else f"<p>{words}</p>" for words in paragraphs)
    return {"title": title, "standfirst": standfirst, "search_description": standfirst, "body": [("text", text)]}


SECTIONS = {
    "magazine": {
        "en": ("Magazine", "Stories from customers, know-how you can use on Monday, and news of the trade."),
        "zh-hans": ("会刊", "客户的故事、周一就能用上的门道，还有行业里的新鲜事。"),
    },
    "events": {
        "en": ("Events", "Small afternoons with at most thirty guests, so that everybody gets an answer."),
        "zh-hans": ("活动", "每场不超过三十人的小型聚会，让每个人的问题都有回音。"),
    },
}

CLUB_PAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "about": {
        "en": (
            "About the club",
            "Who runs the club, what it is for, and what it costs: nothing.",
            (
                "The club belongs to the customers of one software house. Members write in the forum, read the magazine, answer surveys "
                "and sit in focus groups; the company listens, answers and says what it changed."
            ),
            "# What you find here",
            (
                "A forum in which people who run the same software answer one another. A magazine with stories from customers, written "
                "so that they can be used on Monday. Surveys that take minutes and say what became of them. Focus groups of six or eight, "
                "under an assumed name. Afternoons with at most thirty guests."
            ),
            "# What you get for it",
            (
                "Each contribution earns relationship points. They stand in a ledger that every member can read line by line, "
                "and they buy rewards. Whoever brings a colleague or recommends another company is thanked in the same way, and so is the "
                "one who comes."
            ),
            "# What we do with what you say",
            (
                "What you write in the forum stands under your name. What you answer in a survey is read by our researchers and by nobody "
                "else. What we build because of it, we say so in the magazine; and what we do not build, too, with the reason."
            ),
        ),
        "zh-hans": (
            "关于俱乐部",
            "谁在办俱乐部，为了什么，要花多少钱：一分不花。",
            "俱乐部属于一家软件公司的客户。会员在论坛里交流，读会刊，答问卷，参加焦点小组；公司倾听、回应，并说明自己改了什么。",
            "# 这里有什么",
            (
                "论坛里，用同一套软件的人互相解答。会刊写客户自己的故事，周一上班就能用上。问卷只要几分钟，事后会告诉你结果。"
                "焦点小组六到八人，用化名参加。线下活动每场不超过三十位客人。"
            ),
            "# 你能得到什么",
            (
                "每一份贡献都会得到关系积分。积分记在账本里，会员可以一笔一笔查看，也可以用来兑换奖励。"
                "邀请同事或推荐别家公司，同样会得到感谢，被邀请的人也一样。"
            ),
            "# 你说的话会怎样",
            (
                "你在论坛写的，署你的名字。你在问卷里答的，只有我们的研究员看得到。因此做出来的东西，我们在会刊里说明；"
                "没有做的，也会说明理由。"
            ),
        ),
    },
    "join": {
        "en": (
            "How to join",
            "A minute and an e-mail address are enough.",
            (
                "Sign up with the address that you use at work: the club recognises your company by it. You get a code by e-mail, "
                "and then you are in."
            ),
            "A colleague's referral link or an invitation does the same and earns both of you points.",
        ),
        "zh-hans": (
            "如何加入",
            "一分钟、一个邮箱就够了。",
            "请用工作邮箱注册，俱乐部会据此认出你的公司。你会收到一封带验证码的邮件，填好就算入会了。",
            "点开同事的推荐链接或邀请函也一样，而且你们两人都能得到积分。",
        ),
    },
    "privacy": {
        "en": (
            "Privacy",
            "What we keep about you, why, and how you get it or end it.",
            (
                "We keep what you write, the answers you give, and a log of what you did, because points are counted from it. "
                "We sell nothing and load nothing from other companies' servers."
            ),
            (
                "You can ask for everything we hold about you, change what we may write to you about, and have your person erased. "
                "The points ledger then keeps numbers without a name."
            ),
        ),
        "zh-hans": (
            "隐私",
            "我们保存你的哪些信息，为什么保存，以及你如何取回或删除。",
            "我们保存你写下的内容、给出的答案和参与的记录，因为积分由此而来。我们不出售任何信息，也不从别家服务器加载任何内容。",
            "你可以索取我们持有的全部个人信息，可以更改接收通知的范围，也可以要求注销个人身份。此后账本里只留下没有姓名的数字。",
        ),
    },
    "contact": {
        "en": (
            "Contact",
            "People answer here on working days.",
            "Ask in the forum if others may profit from the answer; write to us if they may not.",
            f'<a href="mailto:{ADDRESS}">{ADDRESS}</a>',
            "Write to the same address to have your person erased; we answer within a week.",
            "Reports of a security problem are answered first.",
        ),
        "zh-hans": (
            "联系我们",
            "工作日有人在这里答复。",
            "如果别人也能从答案里受益，请在论坛提问；如果不便公开，请直接写信给我们。",
            f'<a href="mailto:{ADDRESS}">{ADDRESS}</a>',
            "想要注销个人身份，也请写信到这个地址，我们一周内答复。",
            "安全问题的报告会最先处理。",
        ),
    },
}
