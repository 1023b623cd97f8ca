"""The command line: one module per command, each with a `command` object, imported when it is called."""
