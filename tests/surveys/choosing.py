"""Asking for the analysis of some of a crowd."""


def analysis(client, questionnaire, **wanted):
    return client.get(f"/admin/surveys/{questionnaire.pk}/analysis/", wanted)


def some_speak_chinese(crowd, *numbers):
    for number in numbers:
        crowd[number].locale = "zh-hans"
        crowd[number].save()
