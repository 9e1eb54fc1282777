#!/usr/bin/env python3
"""The reports of gpu-load.sh as one table: load_table.py FOLDER"""
import json
import os
import sys

LOADS = ("one-8", "saturated-20", "open-20-0.5", "open-20-0.7", "saturated-100", "open-100-0.5", "open-100-0.7")


def read(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None  # the step was not asked for, or failed and said so


def main():
    folder = sys.argv[1]
    worker, peer = read(folder, "worker.json"), read(folder, "peer.json")
    offline = worker and worker["offlinePairsPerSecond"]
    best = peer and max(row["bestPairsPerSecond"] for row in peer["rows"])
    print(f"{'HTTP load':<16}{'offered/s':>10}{'pairs/s':>9}{'tokens':>8}{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}{'max ms':>9}{'queue p99':>11}"
          f"{'busy':>7}{'in vain':>9}{'serve':>8}{'driver':>8}{'/offline':>10}{'/peer':>7}  errors")
    for name in LOADS:
        report = read(folder, f"http-{name}.json")
        if report is None:
            continue
        cores = read(folder, f"http-{name}.cores") or 0
        offered, pairs, latency, engines = report.get("offeredRequestsPerSecond"), report["pairsPerSecond"], report["latency"], report.get("engines")
        print(f"{name:<16}{offered or '':>10}{pairs:>9.0f}{report['meanPairTokens']:>8.1f}{latency['p50']:>9.1f}{latency['p90']:>9.1f}{latency['p99']:>9.1f}{latency['max']:>9.1f}"
              + (f"{report['queueAlone']['p99']:>11.1f}" if report.get('queueAlone') else ' ' * 11)
              + (f"{engines['busyShare']:>7.0%}{engines['wastedTokens'] / max(1, engines['scoredTokens']):>9.2%}" if engines else " " * 16)
              + f"{cores:>8.2f}{report['driverCores']:>8.2f}"
              + (f"{pairs / offline:>10.1%}" if offline else " " * 10) + (f"{pairs / best:>7.2f}" if best else " " * 7)
              + f"  {report['errors'] or 'none'}")
    print("serve, driver: processors kept busy; queue p99: of the same arrivals in a queue of whole requests at the saturated rate; busy: the devices; in vain: tokens scored that are in no answer. The lanes of a CPU add up in busy")
    if worker:
        print(f"worker without HTTP: offline {offline:.0f} pairs/s, saturated {worker['saturatedOverOffline']:.1%} of it")
    if peer:
        for row in peer["rows"]:
            print(f"sentence-transformers {peer['sentenceTransformers']}, in process, batch {peer['batch']}, {row['pairs']} pairs of {row['meanTokens']} tokens at once: "
                  f"best {row['bestPairsPerSecond']:.0f} pairs/s, median {row['medianPairsPerSecond']:.0f} ({row['medianMs']:.0f} ms)")


if __name__ == "__main__":
    main()
