# SPDX-License-Identifier: BSD-2-Clause
"""Runs modules of CPython's own test suite, as installed, and says how each test ended.

usage: python_results.py [--offline] [--without WORD] MODULE...
One sorted line a test, so that two runs can be compared.  --offline: nothing that needs servers of
the Internet; --without: no test with this word in its name.
"""
import argparse
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


def tests_of(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from tests_of(part)
        else:
            yield part


def chosen(module, without):
    suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
    if without is None:
        return suite
    return unittest.TestSuite(t for t in tests_of(suite) if without not in t.id())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--without")
    parser.add_argument("modules", nargs="+")
    args = parser.parse_args()
    if args.offline:
        from test import support
        support.use_resources = ["cpu", "largefile", "subprocess", "walltime"]
    out, sys.stdout = sys.stdout, io.StringIO()
    for module in args.modules:
        results = Results()
        chosen(module, args.without).run(results)
        out.write("".join(f"{line}\n" for line in sorted(results.lines)))


# Processes that multiprocessing spawns load this file, too.
if __name__ == "__main__":
    main()
