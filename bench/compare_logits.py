#!/usr/bin/env python3
"""Logits of `reranker rank` beside those that another program wrote: compare_logits.py RERANKER MODEL ENGINE LOGITS.json

LOGITS  of `peers/sentence_transformers_bench.py --logits`: a query, passages, and the logits of transformers' forward pass. Ends with 1
where the largest difference is over a twentieth of their spread: FP8 is within that, and what is broken is not.
"""
import json
import subprocess
import sys
import tempfile


def main():
    program, model, engine, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        expected = json.load(file)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as passages:
        for row in expected["rows"]:
            passages.write(json.dumps({"text": row["passage"]}, ensure_ascii=False) + "\n")
        passages.flush()
        answer = subprocess.run(
            [program, "rank", expected["query"], passages.name, "--format", "jsonl", "--json", "--model", model, "--engine", engine],
            capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        sys.exit(answer.stderr[-2000:])
    ours = {row["index"]: row["logit"] for row in json.loads(answer.stdout)}
    theirs = [row["logit"] for row in expected["rows"]]
    differences = [abs(ours[i] - logit) for i, logit in enumerate(theirs)]
    spread = max(theirs) - min(theirs)
    worst = max(range(len(theirs)), key=lambda i: differences[i])
    print(f"{len(theirs)} pairs beside transformers {expected['transformers']}: largest difference {max(differences):.5f} (pair {worst} of {expected['rows'][worst]['tokens']} tokens: "
          f"{ours[worst]:.5f}, {theirs[worst]:.5f}), mean {sum(differences) / len(differences):.5f}, spread {spread:.4f}")
    sys.exit(0 if max(differences) <= spread / 20 else 1)


if __name__ == "__main__":
    main()
