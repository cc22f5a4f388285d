"""Break the sources on purpose, one small way at a time, and see that a test notices: `python -m tools.mutants`.

Each mutant is a change of text in one function of a contract. A copy of the project gets the change; what is generated
from the source is made anew, the twin and the artifacts; and the tests that must notice run until the first failure.
Tests of freshness, gas and size are not among them. A mutant that survives is a hole in the tests.
"""
