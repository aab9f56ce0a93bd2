"""Longer definitions: after an event, a screener for research, and the satisfaction survey asked by telephone. Pure."""

from typing import Any

from surveys.starters.basic import RECOMMEND, SATISFIED, page, said


def _choice(value: str, english: str, chinese: str) -> dict[str, Any]:
    return {"value": value, "text": said(english, chinese)}


GRADES = [
    {"value": 1, "text": said("Poor", "差")},
    {"value": 2, "text": said("Fair", "一般")},
    {"value": 3, "text": said("Good", "好")},
    {"value": 4, "text": said("Very good", "很好")},
]
REASON: dict[str, Any] = {
    "type": "comment",
    "name": "reason",
    "title": said("What is the main reason for your answer?", "你这样回答的主要原因是什么？"),
    "maxLength": 2000,
}
ROLE: dict[str, Any] = {
    "type": "radiogroup",
    "name": "role",
    "title": said("What do you do in your company?", "你在公司负责什么？"),
    "showOtherItem": True,
    "choices": [
        _choice("owner", "I own or run it", "老板或总经理"),
        _choice("finance", "Finance and accounting", "财务会计"),
        _choice("operations", "Purchasing, stock, production", "采购、库存、生产"),
        _choice("sales", "Sales and customer care", "销售与客户服务"),
        _choice("it", "IT", "信息化"),
    ],
}
COMPANY_SIZE: dict[str, Any] = {
    "type": "radiogroup",
    "name": "company_size",
    "title": said("How many people work in your company?", "你的公司有多少人？"),
    "choices": [
        _choice("1-9", "1 to 9", "1 至 9 人"),
        _choice("10-49", "10 to 49", "10 至 49 人"),
        _choice("50-249", "50 to 249", "50 至 249 人"),
        _choice("250+", "250 or more", "250 人及以上"),
    ],
}
SINCE: dict[str, Any] = {
    "type": "radiogroup",
    "name": "since",
    "title": said("How long have you been our customer?", "你成为我们的客户多久了？"),
    "choices": [
        _choice("<1", "Less than a year", "不到一年"),
        _choice("1-3", "One to three years", "一到三年"),
        _choice(">3", "More than three years", "三年以上"),
    ],
}
CONTACT: dict[str, Any] = {
    "type": "boolean",
    "name": "contact",
    "title": said("May we call you about your answers?", "我们可以就你的回答给你打电话吗？"),
    "labelTrue": said("Yes", "可以"),
    "labelFalse": said("No", "不用"),
}

EVENT: dict[str, Any] = {
    "title": said("How was the event?", "活动怎么样？"),
    "description": said("Three minutes that make the next one better.", "三分钟，让下一次办得更好。"),
    "pages": [
        {
            "name": "overall",
            **page(
                {
                    "type": "radiogroup",
                    "name": "attended",
                    "title": said("Were you there?", "你参加了吗？"),
                    "isRequired": True,
                    "choices": [
                        _choice("whole", "Yes, from beginning to end", "全程参加"),
                        _choice("part", "For a part of it", "参加了一部分"),
                        _choice("no", "No", "没有参加"),
                    ],
                },
                {
                    **SATISFIED,
                    "visibleIf": "{attended} <> 'no'",
                    "title": said("How satisfied were you with the event?", "你对这次活动满意吗？"),
                },
                {
                    "type": "comment",
                    "name": "absent",
                    "visibleIf": "{attended} = 'no'",
                    "title": said("What kept you away?", "没能参加的原因是什么？"),
                    "maxLength": 1000,
                },
            ),
        },
        {
            "name": "parts",
            "visibleIf": "{attended} <> 'no'",
            **page(
                {
                    "type": "matrix",
                    "name": "aspects",
                    "title": said("And in detail?", "具体来说呢？"),
                    "columns": GRADES,
                    "rows": [
                        _choice("talks", "Talks", "演讲内容"),
                        _choice("speakers", "Speakers", "讲师"),
                        _choice("place", "Place and catering", "场地与餐饮"),
                        _choice("people", "Meeting others", "与同行交流"),
                    ],
                },
                {
                    "type": "checkbox",
                    "name": "next_topics",
                    "title": said("What should the next one be about?", "下一次希望讲什么？"),
                    "maxSelectedChoices": 3,
                    "showOtherItem": True,
                    "choices": [
                        _choice("tax", "Taxes and invoices", "税务与发票"),
                        _choice("stock", "Stock and purchasing", "库存与采购"),
                        _choice("reports", "Reports for the owner", "老板报表"),
                        _choice("peers", "How others do it", "同行案例"),
                    ],
                },
            ),
        },
        {
            "name": "again",
            **page(RECOMMEND, {"type": "comment", "name": "more", "title": said("Anything else?", "还有什么想说的？"), "maxLength": 2000}),
        },
    ],
}

SCREENER: dict[str, Any] = {
    "title": said("Would you like to take part in our research?", "愿意参加我们的研究吗？"),
    "description": said("So that we invite those whom a study is about.", "以便邀请合适的人参加。"),
    "pages": [
        {"name": "who", **page({**ROLE, "isRequired": True}, {**COMPANY_SIZE, "isRequired": True}, SINCE)},
        {
            "name": "use",
            **page(
                {
                    "type": "checkbox",
                    "name": "uses",
                    "title": said("Which parts do you use yourself, at least weekly?", "你本人每周至少用一次的模块有哪些？"),
                    "isRequired": True,
                    "showNoneItem": True,
                    "choices": [
                        _choice("ledger", "General ledger", "总账"),
                        _choice("stock", "Stock", "库存"),
                        _choice("payroll", "Payroll", "工资"),
                        _choice("reports", "Reports", "报表"),
                    ],
                },
                {
                    "type": "checkbox",
                    "name": "times",
                    "visibleIf": "{uses} notcontains 'none'",
                    "title": said("When could you join a group online?", "你什么时候可以参加线上小组？"),
                    "choices": [
                        _choice("morning", "Weekday mornings", "工作日上午"),
                        _choice("afternoon", "Weekday afternoons", "工作日下午"),
                        _choice("evening", "Weekday evenings", "工作日晚上"),
                        _choice("weekend", "Weekends", "周末"),
                    ],
                },
                {**CONTACT, "visibleIf": "{uses} notcontains 'none'", "isRequired": True},
            ),
        },
    ],
}

TELEPHONE: dict[str, Any] = {
    "title": said("Customer satisfaction by telephone", "电话问卷满意度调查"),
    "description": said("Filled in by whoever calls, while talking.", "由打电话的同事边问边填。"),
    "pages": [
        {
            "name": "greeting",
            **page(
                {
                    "type": "html",
                    "name": "script",
                    "html": said(
                        "<p>“Good day, this is … from your software partner. May I ask you some questions about our service?”</p>",
                        "<p>“您好，我是软件服务商……，想了解一下您对我们服务的看法，方便吗？”</p>",
                    ),
                },
                {
                    "type": "radiogroup",
                    "name": "reached",
                    "title": said("Whom did you reach?", "接通情况"),
                    "isRequired": True,
                    "choices": [
                        _choice("user", "Somebody who uses the software", "使用软件的人"),
                        _choice("owner", "Who decides about it", "负责决策的人"),
                        _choice("later", "Asked to call later", "约定改天再打"),
                        _choice("nobody", "Nobody, or refused", "未接通或拒绝"),
                    ],
                },
                {
                    "type": "text",
                    "name": "call_on",
                    "inputType": "date",
                    "visibleIf": "{reached} = 'later'",
                    "isRequired": True,
                    "title": said("When shall we call?", "改到哪一天？"),
                },
            ),
        },
        {
            "name": "satisfaction",
            "visibleIf": "{reached} anyof ['user', 'owner']",
            **page(
                SATISFIED,
                {
                    "type": "matrix",
                    "name": "service",
                    "title": said("How do you find …", "您觉得以下方面怎么样？"),
                    "columns": GRADES,
                    "rows": [
                        _choice("product", "the product", "产品"),
                        _choice("installation", "installation and training", "实施与培训"),
                        _choice("hotline", "help on the telephone", "热线支持"),
                        _choice("visits", "our visits", "上门服务"),
                    ],
                },
                {
                    "type": "comment",
                    "name": "complaint",
                    "visibleIf": "{satisfied} <= 2",
                    "title": said("What happened? Write it as it was said.", "发生了什么？请照原话记录。"),
                    "isRequired": True,
                    "maxLength": 2000,
                },
            ),
        },
        {
            "name": "plans",
            "visibleIf": "{reached} anyof ['user', 'owner']",
            **page(
                {
                    "type": "checkbox",
                    "name": "needs",
                    "title": said("What is planned in the next six months?", "未来六个月有什么计划？"),
                    "showNoneItem": True,
                    "showOtherItem": True,
                    "choices": [
                        _choice("renewal", "Renew the service", "续费"),
                        _choice("users", "More users", "增加用户"),
                        _choice("modules", "More modules", "增加模块"),
                        _choice("upgrade", "A larger edition", "升级版本"),
                        _choice("training", "Training", "培训"),
                    ],
                },
                RECOMMEND,
                {
                    "type": "boolean",
                    "name": "knows_somebody",
                    "visibleIf": "{recommend} >= 9",
                    "title": said("Do you know another company that could use it?", "您认识其他可能需要的公司吗？"),
                    "labelTrue": said("Yes", "有"),
                    "labelFalse": said("No", "没有"),
                },
                {**CONTACT, "name": "visit", "title": said("May we visit you?", "我们可以上门拜访吗？")},
            ),
        },
    ],
}
