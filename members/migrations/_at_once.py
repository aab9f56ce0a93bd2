"""A part's tables made in one step.

Django renders the models that hang together with a changed one anew for every operation, and nearly all of ours hang together through Member:
a hundred tables made one after another, then given their fields and constraints, cost forty seconds of a fresh `migrate`. Here the models of
a part are all made known before any is rendered, so in whatever order they name one another, and each table is laid complete.
"""

from django.db.migrations.operations.base import Operation, OperationCategory


class AtOnce(Operation):
    """Several CreateModel operations with one rendering of the models between them."""

    category = OperationCategory.ADDITION
    serialization_expand_args = ["operations"]

    def __init__(self, operations):
        self.operations = operations

    def deconstruct(self):
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label, state):
        # Rendered again, once, by whoever asks next.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.operations)} models at once"
