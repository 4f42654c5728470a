# SPDX-License-Identifier: BSD-2-Clause
"""Runs modules of CPython's own test suite, as installed, and says how each test ended.

usage: python_results.py MODULE...
One sorted line a test, so that two runs can be compared.
"""
import io
import sys
import unittest


class Results(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.lines = []

    def say(self, test, word):
        self.lines.append(f"{test.id()} {word}")

    def addSuccess(self, test):
        self.say(test, "ok")

    def addError(self, test, err):
        self.say(test, f"error {err[0].__name__}")

    def addFailure(self, test, err):
        self.say(test, "failed")

    def addSkip(self, test, reason):
        self.say(test, "skipped")

    def addExpectedFailure(self, test, err):
        self.say(test, "failed as expected")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.say(subtest, "failed")


def main(modules):
    out, sys.stdout = sys.stdout, io.StringIO()
    for module in modules:
        results = Results()
        unittest.defaultTestLoader.loadTestsFromName(f"test.{module}").run(results)
        out.write("".join(f"{line}\n" for line in sorted(results.lines)))


main(sys.argv[1:])
