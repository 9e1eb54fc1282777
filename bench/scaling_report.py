#!/usr/bin/env python3
"""The reports of scaling.sh as a table, JSON and a plot: scaling_report.py FOLDER [SVG]"""
import glob
import json
import os
import re
import sys

SHARES = ("0.5", "0.7", "0.85")
ASKED = {2: 0.95, 4: 0.93, 8: 0.9}  # efficiency that a host of so many devices should reach
NAMES = {"process": "one process", "silos": "a silo process each"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cores(path):
    with open(path, encoding="utf-8") as file:
        return {part: float(value) for part, value in (line.split() for line in file) if float(value) >= 0.01}


def bottleneck(report, parts, processors):
    """What is used up first when all clients wait: the devices, the processors, or neither, and then it is the way between."""
    busy, used = report["engines"]["busyShare"], sum(parts.values()) + report["driverCores"]
    largest = max([*parts.items(), ("driver", report["driverCores"])], key=lambda part: part[1])
    if busy >= 0.95:
        return f"devices ({busy:.0%} busy)"
    if used >= 0.9 * processors:
        return f"processors ({used:.1f} of {processors}), most in {largest[0]} ({largest[1]:.1f})"
    return f"neither devices ({busy:.0%} busy) nor processors ({used:.1f} of {processors}); most in {largest[0]} ({largest[1]:.1f})"


def gather(folder):
    processors, runs = os.cpu_count(), {}
    for path in glob.glob(os.path.join(folder, "*-full-*.json")):
        mode, count, clients = re.fullmatch(r"(\w+)-(\d+)-full-(\d+)\.json", os.path.basename(path)).groups()
        report = read(path)
        run = runs.setdefault((mode, int(count)), {"mode": mode, "devices": int(count), "pairsPerSecond": 0})
        if report["pairsPerSecond"] > run["pairsPerSecond"]:
            parts = cores(path[:-5] + ".cores")
            run.update(pairsPerSecond=report["pairsPerSecond"], clients=int(clients), latency=report["latency"], busyShare=report["engines"]["busyShare"],
                       meanPairTokens=report["meanPairTokens"], errors=report["errors"], processors=parts, driver=report["driverCores"],
                       bottleneck=bottleneck(report, parts, processors))
    for run in runs.values():
        one = runs.get((run["mode"], 1))
        run["efficiency"] = one and run["pairsPerSecond"] / run["devices"] / one["pairsPerSecond"]
        run["open"] = {}
        for share in SHARES:
            path = os.path.join(folder, f"{run['mode']}-{run['devices']}-open-{share}.json")
            if os.path.exists(path):
                report = read(path)
                run["open"][share] = {key: report[key] for key in ("offeredRequestsPerSecond", "pairsPerSecond", "latency", "errors")}
    return [runs[key] for key in sorted(runs)]


def table(runs):
    print(f"{'mode':<21}{'devices':>8}{'clients':>8}{'pairs/s':>9}{'efficiency':>11}{'busy':>7}{'p50 ms':>8}{'p99 ms':>8}"
          + "".join(f"{f'p50/p99 at {float(share):.0%}':>19}" for share in SHARES) + f"{'p99 at 70% / one':>18}  errors")
    for run in runs:
        one = next((r for r in runs if r["mode"] == run["mode"] and r["devices"] == 1), None)
        p99 = lambda r: r["open"]["0.7"]["latency"]["p99"] if r and "0.7" in r["open"] else None
        errors = {k: v for r in (run, *run["open"].values()) for k, v in r["errors"].items()}
        print(f"{NAMES[run['mode']]:<21}{run['devices']:>8}{run['clients']:>8}{run['pairsPerSecond']:>9.0f}"
              + (f"{run['efficiency']:>11.3f}" if run["efficiency"] else " " * 11)
              + f"{run['busyShare']:>7.0%}{run['latency']['p50']:>8.0f}{run['latency']['p99']:>8.0f}"
              + "".join(f"{run['open'][s]['latency']['p50']:>10.0f} /{run['open'][s]['latency']['p99']:>7.0f}" if s in run["open"] else " " * 19 for s in SHARES)
              + (f"{p99(run) / p99(one):>18.2f}" if p99(run) and p99(one) else " " * 18) + f"  {errors or 'none'}")
    for run in runs:
        parts = sorted([*run["processors"].items(), ("driver", run["driver"])], key=lambda part: -part[1])
        print(f"{NAMES[run['mode']]}, {run['devices']}: first used up: {run['bottleneck']}")
        print("    processors kept busy: " + ", ".join(f"{part} {value:.2f}" for part, value in parts[:8]))
    print("clients wait for their answers until more of them bring less than 3 %; then requests come at random at that share of it")


def plot(runs, path):
    """Efficiency and the p99 at 70 % load against the number of devices, as SVG."""
    counts = sorted({run["devices"] for run in runs})
    width, height, left, top = 330, 240, 60, 40
    colours = {"process": "#1f77b4", "silos": "#d62728"}
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * (width + left) + 40}" height="{height + top + 60}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>']
    latest = [run["open"]["0.7"]["latency"]["p99"] for run in runs if "0.7" in run["open"]]
    for panel, (title, most, value) in enumerate((
            ("pairs/s by device, one device = 1", 1.2, lambda r: r["efficiency"]),
            ("p99 in ms at 70 % load", 1.2 * max(latest, default=1), lambda r: r["open"].get("0.7", {}).get("latency", {}).get("p99")))):
        x0 = left + panel * (width + left)
        x = lambda count: x0 + (counts.index(count) + 0.5) * width / len(counts)
        y = lambda v: top + height * (1 - v / most)
        out.append(f'<text x="{x0}" y="{top - 16}" font-weight="bold">{title}</text>')
        for step in range(7):
            v = most * step / 6
            out.append(f'<line x1="{x0}" x2="{x0 + width - 10}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/><text x="{x0 - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.2g}</text>' if most < 10
                       else f'<line x1="{x0}" x2="{x0 + width - 10}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/><text x="{x0 - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.0f}</text>')
        out += [f'<text x="{x(c):.1f}" y="{top + height + 18}" text-anchor="middle">{c}</text>' for c in counts]
        for mode, colour in colours.items():
            points = [(x(r["devices"]), y(value(r))) for r in runs if r["mode"] == mode and value(r) is not None]
            out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="' + " ".join(f"{a:.1f},{b:.1f}" for a, b in points) + '"/>')
            out += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{colour}"/>' for a, b in points]
        if panel == 0:
            out += [f'<line x1="{x(c) - 14:.1f}" x2="{x(c) + 14:.1f}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#333" stroke-dasharray="4 2"/>' for c, v in ASKED.items() if c in counts]
    for i, (mode, colour) in enumerate(colours.items()):
        out.append(f'<circle cx="{left + i * 180}" cy="{top + height + 42}" r="4" fill="{colour}"/><text x="{left + 10 + i * 180}" y="{top + height + 46}">{NAMES[mode]}</text>')
    out.append(f'<text x="{left + 370}" y="{top + height + 46}">dashed: what is asked; below: devices of the host</text></svg>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def main():
    folder = sys.argv[1]
    runs = gather(folder)
    table(runs)
    with open(os.path.join(folder, "scaling.json"), "w", encoding="utf-8") as file:
        json.dump(runs, file, indent=1)
    plot(runs, sys.argv[2] if len(sys.argv) > 2 else os.path.join(folder, "scaling.svg"))


if __name__ == "__main__":
    main()
