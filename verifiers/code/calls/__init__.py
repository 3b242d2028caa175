"""Tests that only call the program with plain values and compare what comes back with such values.

Most tests of code.asserts are like that, and need no examiner: the calls go into the program's own
process, what they gave comes out as data, and the assertions hold or do not hold out here. What is
expected never enters a runner. Whatever is not as simple is left to the examiner.
"""
