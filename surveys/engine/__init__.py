"""The engine: the same survey-core as in the browser, in V8, in processes of its own."""
