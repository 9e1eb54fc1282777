#!/usr/bin/env python3
"""Makes long documents of judged passages, for 'reranker quality'.

  long_documents.py DATA.jsonl[.xz|.gz] OUTPUT.jsonl [--documents 10] [--words 1000] [--queries 90] [--seed 1]

Of every query the relevant passage and the candidates that follow it in the file become documents of about as many words: each is one candidate
among passages of other queries of its set, in an order of chance, so that the relevant one stands at a random depth of its document. Parts are
paragraphs. The same seed gives the same file.
"""
import argparse
import gzip
import json
import lzma
import random


def count_words(text):
    """Words, or for scripts without spaces a word for every two characters."""
    wide = sum(1 for c in text if "\u3040" <= c <= "\u9fff")
    return len(text.split()) + wide // 2


def build_document(candidate, others, words, rng):
    parts, length = [candidate], count_words(candidate)
    while length < words:
        part = rng.choice(others)
        parts.append(part)
        length += max(1, count_words(part))
    rng.shuffle(parts)
    return "\n\n".join(parts)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("data")
    arguments.add_argument("output")
    arguments.add_argument("--documents", type=int, default=10)
    arguments.add_argument("--words", type=int, default=1000)
    arguments.add_argument("--queries", type=int, default=90)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    opener = lzma.open if chosen.data.endswith(".xz") else gzip.open if chosen.data.endswith(".gz") else open
    with opener(chosen.data, "rt", encoding="utf-8") as file:
        queries = [json.loads(line) for line in file if line.strip()]
    rng = random.Random(chosen.seed)
    by_set = {}
    for query in queries:
        by_set.setdefault(query["set"], []).append(query)
    share = max(1, chosen.queries // len(by_set))
    with open(chosen.output, "w", encoding="utf-8") as output:
        for name in sorted(by_set):
            for query in rng.sample(by_set[name], min(share, len(by_set[name]))):
                relevant = query["relevant"] if isinstance(query["relevant"], list) else [query["relevant"]]
                others = [text for other in by_set[name] if other is not query for text in other["documents"]]
                others = [text for text in others if text not in set(query["documents"])]
                wrong = [text for i, text in enumerate(query["documents"]) if i not in relevant][:chosen.documents - 1]
                at = rng.randrange(len(wrong) + 1)
                candidates = wrong[:at] + [query["documents"][relevant[0]]] + wrong[at:]
                documents = [build_document(text, others, chosen.words, rng) for text in candidates]
                line = {"set": name, "lang": query.get("lang"), "query": query["query"], "documents": documents, "relevant": at}
                output.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
