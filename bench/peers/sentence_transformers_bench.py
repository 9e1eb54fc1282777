#!/usr/bin/env python3
"""sentence-transformers' CrossEncoder in process, text in, scores out, on the passages that the load driver sends, as JSON.

    sentence_transformers_bench.py --model FOLDER --texts TEXTS.json [--like v2-m3|base|mini] [--batch 128] [--repetitions 5]

FOLDER  a model folder or checkpoint with sentencepiece.bpe.model
TEXTS   what `Reranker.LoadTest --export` wrote

FP16, random weights (time does not depend on what they say), the CrossEncoder's own sorting by length. Rates are the best of
the repetitions: 1,000 passages at once, and 100 passages of one request.
"""
import argparse
import json
import os
import sys
import tempfile
import time

import torch
from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import spm_tokenizer  # noqa: E402
from torch_eager import SHAPES  # noqa: E402


def save(like, tokenizer, folder):
    layers, hidden, heads, vocabulary, positions = SHAPES[like]
    config = XLMRobertaConfig(
        vocab_size=max(vocabulary, len(tokenizer)), hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=4 * hidden, max_position_embeddings=positions, type_vocab_size=1, layer_norm_eps=1e-5, num_labels=1,
        pad_token_id=1, bos_token_id=0, eos_token_id=2)
    torch.manual_seed(0)
    # Made on the GPU where there is one: half a billion random numbers take a processor longer than the benchmark.
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = XLMRobertaForSequenceClassification(config)
    model.half().cpu().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def cross_encoder(folder, device):
    from sentence_transformers import CrossEncoder

    encoder = CrossEncoder(folder, device=device)
    half = getattr(encoder, "model", None)
    if device == "cuda":
        (half if half is not None else encoder).half()
    return encoder


def best_seconds(call, repetitions):
    call()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times), sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--like", choices=SHAPES, default="v2-m3")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = spm_tokenizer.load(os.path.join(options.model, "sentencepiece.bpe.model"))
    with open(options.texts, encoding="utf-8") as file:
        requests = json.load(file)
    pairs = [(request["query"], passage) for request in requests for passage in request["passages"]]
    lengths = [len(ids) for ids in tokenizer([q for q, _ in pairs], [p for _, p in pairs], truncation=True)["input_ids"]]

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        save(options.like, tokenizer, folder)
        encoder = cross_encoder(folder, device)
        for count in (1000, 100):
            chosen = pairs[:count]
            best, median = best_seconds(
                lambda: encoder.predict(chosen, batch_size=options.batch, show_progress_bar=False), options.repetitions)
            rows.append({
                "pairs": len(chosen), "meanTokens": round(sum(lengths[:count]) / len(chosen), 1), "bestPairsPerSecond": round(len(chosen) / best, 1),
                "medianPairsPerSecond": round(len(chosen) / median, 1), "medianMs": round(median * 1e3, 1)})
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)

    import sentence_transformers
    import transformers

    print(json.dumps({
        "sentenceTransformers": sentence_transformers.__version__, "transformers": transformers.__version__, "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu", "batch": options.batch, "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
