"""Short definitions: recommendation, satisfaction, product, effort. Pure."""

from typing import Any


def said(english: str, chinese: str) -> dict[str, str]:
    return {"default": english, "zh-cn": chinese}


def page(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"elements": list(elements)}


RECOMMEND: dict[str, Any] = {
    "type": "rating",
    "name": "recommend",
    "title": said("How likely are you to recommend us to a colleague or another company?", "你有多大可能向同事或其他公司推荐我们？"),
    "isRequired": True,
    "rateMin": 0,
    "rateMax": 10,
    "minRateDescription": said("Not at all likely", "完全不可能"),
    "maxRateDescription": said("Extremely likely", "非常可能"),
}

SATISFIED: dict[str, Any] = {
    "type": "rating",
    "name": "satisfied",
    "title": said("How satisfied are you with us overall?", "总体来说，你对我们满意吗？"),
    "isRequired": True,
    "rateMin": 1,
    "rateMax": 5,
    "minRateDescription": said("Very dissatisfied", "很不满意"),
    "maxRateDescription": said("Very satisfied", "很满意"),
}

NPS: dict[str, Any] = {
    "title": said("Would you recommend us?", "你会推荐我们吗？"),
    "description": said("Two questions. Your answer is read by our researchers.", "两个问题，由我们的研究员阅读。"),
    "pages": [
        {"name": "recommend_page", **page(RECOMMEND)},
        {
            "name": "reason_page",
            **page(
                {
                    "type": "comment",
                    "name": "improve",
                    "visibleIf": "{recommend} < 9",
                    "title": said("What would have to change for a ten?", "要怎样做，你才会打十分？"),
                    "maxLength": 2000,
                },
                {
                    "type": "comment",
                    "name": "praise",
                    "visibleIf": "{recommend} >= 9",
                    "title": said("What do you like most?", "你最喜欢哪一点？"),
                    "maxLength": 2000,
                },
            ),
        },
    ],
}

CSAT: dict[str, Any] = {
    "title": said("How did we do?", "我们做得怎么样？"),
    "pages": [
        {"name": "overall", **page(SATISFIED)},
        {
            "name": "parts",
            **page(
                {
                    "type": "matrix",
                    "name": "aspects",
                    "title": said("And in detail?", "具体来说呢？"),
                    "columns": [
                        {"value": 1, "text": said("Poor", "差")},
                        {"value": 2, "text": said("Fair", "一般")},
                        {"value": 3, "text": said("Good", "好")},
                        {"value": 4, "text": said("Very good", "很好")},
                    ],
                    "rows": [
                        {"value": "product", "text": said("The product", "产品")},
                        {"value": "support", "text": said("Help when you asked", "你求助时得到的帮助")},
                        {"value": "delivery", "text": said("Delivery and installation", "交付与安装")},
                        {"value": "price", "text": said("Value for money", "性价比")},
                    ],
                },
                {"type": "comment", "name": "more", "title": said("Anything else?", "还有什么想说的？"), "maxLength": 2000},
            ),
        },
    ],
}

PRODUCT: dict[str, Any] = {
    "title": said("Your view of the product", "你对产品的看法"),
    "pages": [
        {
            "name": "use",
            **page(
                {
                    "type": "radiogroup",
                    "name": "often",
                    "title": said("How often do you use it?", "你多久使用一次？"),
                    "isRequired": True,
                    "choices": [
                        {"value": "daily", "text": said("Every day", "每天")},
                        {"value": "weekly", "text": said("Every week", "每周")},
                        {"value": "seldom", "text": said("Seldom", "很少")},
                        {"value": "never", "text": said("Not yet", "还没用过")},
                    ],
                },
                {
                    "type": "checkbox",
                    "name": "for_what",
                    "visibleIf": "{often} <> 'never'",
                    "title": said("What do you use it for? Up to three.", "你用它做什么？最多选三项。"),
                    "maxSelectedChoices": 3,
                    "showOtherItem": True,
                    "choices": [
                        {"value": "orders", "text": said("Orders and stock", "订单与库存")},
                        {"value": "accounts", "text": said("Accounts", "财务")},
                        {"value": "customers", "text": said("Customers", "客户")},
                        {"value": "reports", "text": said("Reports", "报表")},
                    ],
                },
            ),
        },
        {
            "name": "view",
            **page(
                SATISFIED,
                {"type": "comment", "name": "missing", "title": said("What is missing?", "还缺什么？"), "maxLength": 2000},
            ),
        },
    ],
}

EASY: dict[str, Any] = {
    "type": "rating",
    "name": "easy",
    "title": said("We made it easy for you to get this done.", "我们让你很容易就办成了这件事。"),
    "isRequired": True,
    "rateMin": 1,
    "rateMax": 7,
    "minRateDescription": said("Strongly disagree", "完全不同意"),
    "maxRateDescription": said("Strongly agree", "完全同意"),
}

EFFORT: dict[str, Any] = {
    "title": said("How easy was it?", "办起来容易吗？"),
    "pages": [
        {
            "name": "effort",
            **page(
                EASY,
                {
                    "type": "comment",
                    "name": "hard",
                    "visibleIf": "{easy} < 5",
                    "title": said("What was hard?", "难在哪里？"),
                    "maxLength": 2000,
                },
            ),
        }
    ],
}
