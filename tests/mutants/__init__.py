"""The test of the tests: bugs planted on purpose, each of which the suite must find (`make mutants`)."""
