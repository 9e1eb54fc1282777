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
for variant in variants:
    rates = [r[variant][0] / r["off"][0] - 1 for r in rounds.values()]
    cpus = [r[variant][1] / r["off"][1] - 1 for r in rounds.values()]
    error = statistics.stdev(rates) / len(rates) ** 0.5 if len(rates) > 1 else float("nan")
    print(f"share {variant}: throughput {100 * statistics.median(rates):+.1f} % (mean {100 * statistics.mean(rates):+.1f} ± {100 * error:.1f} %, "
          f"rounds {100 * min(rates):+.1f} to {100 * max(rates):+.1f} %), processor time a request {100 * statistics.median(cpus):+.1f} %")
