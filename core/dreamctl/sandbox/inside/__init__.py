"""What runs inside the sandbox: the warm parent, and what each of its children does before it serves.

Python's own library is all that these modules import: there is nothing else in there.
"""
