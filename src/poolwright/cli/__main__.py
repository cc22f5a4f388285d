"""`python -m poolwright.cli` is the command `poolwright`."""

from poolwright.cli.app import main

main()
