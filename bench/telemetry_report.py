"""What telemetry costs, out of the rounds of telemetry-cost.sh: a line each of block, round, variant, requests a second, processor ms a request."""

import statistics
import sys

rounds = {}
for line in open(sys.argv[1], encoding="utf-8"):
    block, number, variant, rate, cpu = line.split("\t")
    rounds.setdefault((int(block), int(number)), {})[variant] = (float(rate), float(cpu))

variants = sorted({v for r in rounds.values() for v in r} - {"off"}, key=float)
off = [r["off"] for r in rounds.values()]
print(f"{len(rounds)} rounds; off: {statistics.median(r for r, _ in off):.0f} requests/s, "
      f"{statistics.median(c for _, c in off):.3f} ms of silo and gateway a request")


def describe(ratios):
    # A round and the one backwards count as one: who comes first in it is slower, whoever it is.
    pairs = [(a * b) ** 0.5 - 1 for a, b in zip(ratios[::2], ratios[1::2])]
    return (f"{100 * statistics.median(pairs):+.1f} % (quartiles {' to '.join(f'{100 * q:+.1f}' for q in statistics.quantiles(pairs, n=4)[::2])} %)"
            if len(pairs) > 1 else f"{100 * pairs[0]:+.1f} %")


for variant in variants:
    print(f"share {variant}: throughput {describe([r[variant][0] / r['off'][0] for r in rounds.values()])}, "
          f"processor time a request {describe([r[variant][1] / r['off'][1] for r in rounds.values()])}")
