#!/usr/bin/env python3
"""The reports of families.sh as one table: families_table.py FOLDER"""
import glob
import json
import os
import sys


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None  # the step was not asked for, or failed and said so


def main():
    folder = sys.argv[1]
    print(f"{'model':<24}{'batch':<26}{'pairs/s':>10}{'TFLOP/s':>9}{'transformers, sorted':>22}{'ratio':>7}{'sentence-transformers':>23}{'ratio':>7}")
    for path in sorted(glob.glob(os.path.join(folder, "bench-*.json"))):
        report, label = read(path), os.path.basename(path)[len("bench-"):-len(".json")]
        if report is None:
            continue
        name = label.rsplit("-", 1)[0]
        torch = {row["name"]: row for row in (read(os.path.join(folder, f"torch-{name}.json")) or {"rows": []})["rows"]}
        peer = read(os.path.join(folder, f"peer-{name}.json"))
        best = max((row["bestPairsPerSecond"] for row in peer["rows"]), default=None) if peer else None
        for row in report["rows"]:
            lengths, other = row["lengths"], torch.get(row["name"], {})
            rate = max((other[way]["pairsPerSecond"] for way in ("padded", "sorted") if way in other), default=None)
            natural = len(set(lengths)) > 1 and len(lengths) >= 1000
            print(f"{label:<24}{row['name']:<26}{row['pairsPerSecond']:>10.0f}{row['usefulTeraflops']:>9.1f}"
                  + (f"{rate:>22.0f}{row['pairsPerSecond'] / rate:>7.2f}" if rate else " " * 29)
                  + (f"{best:>23.0f}{row['pairsPerSecond'] / best:>7.2f}" if best and natural else ""))
        load = read(os.path.join(folder, f"load-{label}.json"))
        if load:
            offline = load["offlinePairsPerSecond"]
            print(f"{label:<24}{'worker, offline':<26}{offline:>10.0f}{'':>9}{'':>29}" + (f"{best:>23.0f}{offline / best:>7.2f}" if best else ""))
    for path in sorted(glob.glob(os.path.join(folder, "peer-*.json"))):
        peer = read(path)
        for row in (peer or {"rows": []})["rows"]:
            print(f"sentence-transformers {peer['sentenceTransformers']}, transformers {peer['transformers']}, {os.path.basename(path)[5:-5]}, {row['pairs']} pairs of {row['meanTokens']} tokens: "
                  f"best {row['bestPairsPerSecond']:.0f} pairs/s, median {row['medianPairsPerSecond']:.0f}")


if __name__ == "__main__":
    main()
