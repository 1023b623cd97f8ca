"""`python -m dreamctl` is `dreamctl`."""

from .cli.main import main

main()
