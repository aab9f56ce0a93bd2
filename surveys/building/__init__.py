"""The visual builder: SurveyJS JSON as blocks and back, with nothing of it lost."""
