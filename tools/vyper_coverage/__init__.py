"""Which statements and branches of the Vyper sources the tests run: `python -m tools.vyper_coverage`.

The compiler is asked for the same contracts with probes in them: at each statement and on both ways of each branch
the code looks at the balance of an account that stands for that point. The EVM loads the account, and keeps it loaded
when the call reverts; after the tests, the accounts that it has loaded are the points that were reached.
"""
