# SPDX-License-Identifier: BSD-2-Clause
"""Prints `N passed, N failed, N skipped` for a testlog.json of meson."""
import json
import sys


def main(path):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with open(path, encoding="utf-8") as log:
        for line in log:
            result = json.loads(line)["result"]
            key = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}.get(result, "failed")
            counts[key] += 1
    print(", ".join(f"{n} {key}" for key, n in counts.items()))


main(sys.argv[1])
