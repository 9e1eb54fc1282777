#!/usr/bin/env python3
"""Draws the panels of the chart's dashboard as Grafana lays them out, with what a Prometheus has of them.

dashboard_picture.py --prometheus URL --start UNIX_SECONDS [--end UNIX_SECONDS] [--interval SCRAPE_SECONDS] --out PICTURE.png

Ends with 1, and names them, where panels have no data: those that stay empty as long as nothing is wrong are expected to (QUIET)."""
import argparse
import io
import json
import math
import os
import re
import sys
import time
import urllib.parse
import urllib.request

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker  # noqa: E402
from matplotlib.colors import LogNorm  # noqa: E402
from PIL import Image  # noqa: E402

COLORS = ["#5b8ff9", "#5ad8a6", "#f6bd16", "#e8684a", "#6dc8ec", "#9270ca", "#ff9d4d", "#269a99", "#ff99c3", "#8d99ae"]
INK, PAPER, PANEL, GRID = "#d8d9da", "#111217", "#181b1f", "#2c3235"
CELL = 0.62  # inches of a column of the 24
ROW = 0.36  # inches of a unit of height
MAX_LEGEND = 8
QUIET = {"Slower engines", "Suspensions"}


def ask(url, path, **parameters):
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as reply:
        return json.load(reply)["data"]["result"]


def fill(expression, seconds, interval):
    """What Grafana puts in place of variables."""
    return (expression.replace("$__range", f"{seconds}s").replace("$__rate_interval", f"{4 * interval}s").replace("$namespace", ".*"))


def legend(template, labels):
    return re.sub(r"\{\{(\w+)\}\}", lambda m: labels.get(m.group(1), ""), template or "").strip() or ", ".join(labels.values()) or "value"


def show(value, unit, decimals=None):
    """A number as Grafana writes it in this unit."""
    if value is None or math.isnan(value):
        return "–"
    if unit == "percentunit":
        return f"{value * 100:g} %" if decimals is None else f"{value * 100:.{decimals}f} %"
    if unit == "s":
        return f"{value:g} s" if value >= 1 or value == 0 else f"{value * 1e3:g} ms" if value >= 1e-3 else f"{value * 1e6:g} µs"
    if unit == "bytes":
        return f"{value / 2**30:.2g} GiB" if value >= 2**30 else f"{value / 2**20:.3g} MiB"
    suffix = " req/s" if unit == "reqps" else ""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}{suffix}"
    return (f"{value:.{decimals}f}" if decimals is not None else f"{value:.3g}") + suffix


def style(axes, title):
    axes.set_facecolor(PANEL)
    axes.set_title(title, color=INK, fontsize=9, loc="left", pad=4)
    axes.tick_params(colors=INK, labelsize=7, length=0)
    axes.grid(color=GRID, linewidth=0.5)
    for side in axes.spines.values():
        side.set_color(GRID)


def clock(axes, start):
    axes.xaxis.set_major_locator(ticker.MaxNLocator(5))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda t, _: f"{int(t - start) // 60}:{int(t - start) % 60:02d}"))


def draw_series(axes, panel, series, start, end):
    defaults = panel["fieldConfig"]["defaults"]
    unit, stacked = defaults.get("unit", "none"), defaults["custom"]["stacking"]["mode"] == "normal"
    times = sorted({t for _, points in series for t in points})
    base = [0.0] * len(times)
    for number, (name, points) in enumerate(series):
        color = COLORS[number % len(COLORS)]
        values = [points.get(t, math.nan) for t in times]
        label = name if number < MAX_LEGEND else None
        if stacked:
            top = [b + (0 if math.isnan(v) else v) for b, v in zip(base, values)]
            axes.fill_between(times, base, top, color=color, alpha=0.35, linewidth=0)
            axes.plot(times, top, color=color, linewidth=0.9, label=label)
            base = top
        else:
            axes.plot(times, values, color=color, linewidth=0.9, label=label)
    axes.set_xlim(start, end)
    low, high = axes.get_ylim()
    high += 0.05 * (high - low)
    axes.set_ylim(defaults.get("min", low), defaults.get("max", high if high > defaults.get("min", low) else 1))
    axes.yaxis.set_major_locator(ticker.MaxNLocator(5))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda v, _: show(round(v, 10), unit)))
    clock(axes, start)
    if len(series) > 0:
        names = axes.legend(fontsize=6, loc="upper left", bbox_to_anchor=(0, -0.1), ncol=2 if max(len(n) for n, _ in series) > 24 else 4,
                            frameon=False, labelcolor=INK, handlelength=1, columnspacing=1, borderaxespad=0.2)
        names.set_in_layout(False)


def draw_heatmap(axes, series, start, end):
    bounds = sorted(((float(name), points) for name, points in series if name != "+Inf"), key=lambda b: b[0])
    times = sorted({t for _, points in bounds for t in points})
    cells, below = [], [0.0] * len(times)
    for _, points in bounds:
        here = [points.get(t, 0) for t in times]
        cells.append([max(0.0, h - b) for h, b in zip(here, below)])
        below = here
    most = max((max(row) for row in cells), default=1) or 1
    axes.imshow([[math.nan if c < 0.5 else c for c in row] for row in cells], aspect="auto", origin="lower", cmap="Oranges", norm=LogNorm(1, max(most, 2)),
                extent=(start, end, 0, len(cells)), interpolation="nearest")
    axes.set_yticks([i + 0.5 for i in range(0, len(bounds), 2)], [show(b, "s") for b, _ in bounds[::2]], fontsize=6)
    clock(axes, start)


def draw_stat(axes, panel, value):
    axes.set_xticks([]), axes.set_yticks([])
    defaults = panel["fieldConfig"]["defaults"]
    color = "#73bf69"
    for step in defaults.get("thresholds", {}).get("steps", []):
        if step.get("value") is None or (value is not None and value >= step["value"]):
            color = {"green": "#73bf69", "red": "#f2495c", "yellow": "#fade2a", "orange": "#ff9830"}.get(step["color"], step["color"])
    axes.text(0.5, 0.5, show(value, defaults.get("unit", "none"), defaults.get("decimals")), color=color, fontsize=20, ha="center", va="center", transform=axes.transAxes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prometheus", required=True)
    parser.add_argument("--start", type=float, required=True)
    parser.add_argument("--end", type=float, default=None)
    parser.add_argument("--interval", type=int, default=15)
    parser.add_argument("--dashboard", default=os.path.join(os.path.dirname(__file__), "../helm/reranker/files/dashboard.json"))
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    end = options.end or time.time()
    seconds = int(end - options.start)
    with open(options.dashboard, encoding="utf-8") as file:
        panels = json.load(file)["panels"]

    height = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels)
    figure = pyplot.figure(figsize=(24 * CELL, height * ROW), facecolor=PAPER)
    empty = []
    for panel in panels:
        at = panel["gridPos"]
        left, bottom = at["x"] / 24, 1 - (at["y"] + at["h"]) / height
        if panel["type"] == "row":
            figure.text(left + 0.008, bottom + 0.3 / height, panel["title"], color=INK, fontsize=11, weight="bold")
            continue
        axes = figure.add_axes((left + 0.04, bottom + 2.0 / height, at["w"] / 24 - 0.05, (at["h"] - 3.0) / height))
        style(axes, panel["title"])
        series, value = [], None
        for target in panel["targets"]:
            expression = fill(target["expr"], seconds, options.interval)
            if panel["type"] == "stat":
                found = ask(options.prometheus, "query", query=expression, time=end)
                value = float(found[0]["value"][1]) if found else None
            else:
                for result in ask(options.prometheus, "query_range", query=expression, start=options.start, end=end, step=options.interval):
                    points = {float(t): float(v) for t, v in result["values"]}
                    if any(not math.isnan(v) for v in points.values()):
                        series.append((legend(target.get("legendFormat"), result["metric"]), points))
        if panel["type"] == "stat":
            draw_stat(axes, panel, value)
        elif series:
            draw_heatmap(axes, series, options.start, end) if panel["type"] == "heatmap" else draw_series(axes, panel, series, options.start, end)
        else:
            axes.text(0.5, 0.5, "No data", color=INK, fontsize=9, ha="center", va="center", transform=axes.transAxes)
            axes.set_xticks([]), axes.set_yticks([])
        if value is None and not series:
            empty.append(panel["title"])

    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=100, facecolor=PAPER)
    # Few colours are enough, and make a small file.
    Image.open(drawn).convert("RGB").quantize(64).save(options.out, optimize=True)
    print(f"{options.out}: {os.path.getsize(options.out) // 1000} kB, {len(panels)} panels; empty: {', '.join(empty) or 'none'}")
    return 1 if set(empty) - QUIET else 0


if __name__ == "__main__":
    sys.exit(main())
