#!/usr/bin/env python3
"""PyTorch's times for the shapes of `reranker bench gpu`, on the same card, as JSON.

    torch_eager.py [--shapes REPORT.json] [--like v2-m3|base|mini] [--repetitions 20] [--varlen]

The model is transformers' XLMRobertaForSequenceClassification in FP16 with scaled dot product attention and random weights:
time does not depend on what the weights say. Times are wall clock from ids on the host to logits on the host, the median of
the repetitions, as `reranker bench gpu` takes them. For every shape:

  padded   one batch as given, padded to its longest pair
  sorted   sorted by length and cut into equal batches, each padded to its own longest; the best of several batch sizes
  varlen   (--varlen) no padding: a hand-written forward pass over packed tokens with torch's variable-length attention,
           compiled; what a team with time for it would run
"""
import argparse
import json
import statistics
import sys
import time

import torch
from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

SHAPES = {"v2-m3": (24, 1024, 16, 250_002, 8194), "base": (12, 768, 12, 250_002, 514), "mini": (6, 384, 12, 25_000, 514)}
DEFAULT = {
    "1×128": [128], "8×128": [128] * 8, "32×128": [128] * 32, "128×128": [128] * 128,
    "8×512": [512] * 8, "32×512": [512] * 32, "128×512": [512] * 128, "100×256": [256] * 100,
}
PAD = 1
FIRST_POSITION = 2


def build(like):
    layers, hidden, heads, vocabulary, positions = SHAPES[like]
    config = XLMRobertaConfig(
        vocab_size=vocabulary, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=4 * hidden, max_position_embeddings=positions, type_vocab_size=1, layer_norm_eps=1e-5, num_labels=1,
        pad_token_id=PAD, bos_token_id=0, eos_token_id=2)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float16)
    with torch.device("cuda"):
        model = XLMRobertaForSequenceClassification._from_config(config, attn_implementation="sdpa")
    torch.set_default_dtype(torch.float32)
    return model.half().eval()


def pairs_of(lengths, vocabulary, generator):
    return [torch.randint(4, vocabulary - 1, (n,), generator=generator) for n in lengths]


def pad(pairs):
    longest = max(len(p) for p in pairs)
    ids = torch.full((len(pairs), longest), PAD)
    mask = torch.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair)] = pair
        mask[row, : len(pair)] = 1
    return ids.pin_memory(), mask.pin_memory()


def score_padded(model, batches):
    logits = []
    for ids, mask in batches:
        logits.append(model(input_ids=ids.cuda(non_blocking=True), attention_mask=mask.cuda(non_blocking=True)).logits)
    return torch.cat(logits).cpu()


class Varlen(torch.nn.Module):
    """The same forward pass over all tokens of a batch in one row, with the weights of the padded model."""

    def __init__(self, model):
        super().__init__()
        self.body, self.head = model.roberta, model.classifier
        self.heads = model.config.num_attention_heads
        self.projections = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for layer in self.body.encoder.layer:
            parts = [getattr(layer.attention.self, name) for name in ("query", "key", "value")]
            self.projections.append(torch.nn.Parameter(torch.cat([p.weight for p in parts]), requires_grad=False))
            self.biases.append(torch.nn.Parameter(torch.cat([p.bias for p in parts]), requires_grad=False))

    def forward(self, ids, positions, starts, longest):
        from torch.nn.attention.varlen import varlen_attn

        e = self.body.embeddings
        x = e.LayerNorm(e.word_embeddings(ids) + e.position_embeddings(positions) + e.token_type_embeddings.weight[0])
        for layer, weight, bias in zip(self.body.encoder.layer, self.projections, self.biases):
            q, k, v = torch.nn.functional.linear(x, weight, bias).view(len(ids), 3, self.heads, -1).unbind(1)
            context = varlen_attn(q, k, v, starts, starts, longest, longest).reshape(x.shape)
            attended = layer.attention.output
            x = attended.LayerNorm(attended.dense(context) + x)
            inner = torch.nn.functional.gelu(layer.intermediate.dense(x))
            x = layer.output.LayerNorm(layer.output.dense(inner) + x)
        first = x[starts[:-1].long()]
        return self.head.out_proj(torch.tanh(self.head.dense(first)))


def score_varlen(forward, packed):
    ids, positions, starts, longest = packed
    return forward(ids.cuda(non_blocking=True), positions.cuda(non_blocking=True), starts.cuda(non_blocking=True), longest).cpu()


def pack(pairs):
    lengths = torch.tensor([len(p) for p in pairs], dtype=torch.int32)
    starts = torch.nn.functional.pad(lengths.cumsum(0, dtype=torch.int32), (1, 0))
    positions = torch.cat([torch.arange(FIRST_POSITION, FIRST_POSITION + len(p)) for p in pairs])
    return torch.cat(pairs).pin_memory(), positions.pin_memory(), starts.pin_memory(), int(lengths.max())


def median_ms(call, repetitions):
    for _ in range(3):
        call()
    samples = []
    for _ in range(repetitions):
        torch.cuda.synchronize()
        start = time.perf_counter()
        call()
        samples.append((time.perf_counter() - start) * 1e3)
    return statistics.median(samples)


def sorted_batches(pairs, size):
    ordered = sorted(pairs, key=len)
    return [pad(ordered[i : i + size]) for i in range(0, len(ordered), size)]


def measure(model, varlen, name, lengths, options):
    layers, hidden, _, vocabulary, _ = SHAPES[options.like]
    pairs = pairs_of(lengths, vocabulary, torch.Generator().manual_seed(1))
    operations = sum(layers * (24 * hidden * hidden * n + 4 * hidden * n * n) for n in lengths)

    def row(ms, **more):
        return {"ms": round(ms, 3), "pairsPerSecond": round(len(lengths) / ms * 1e3, 1), "usefulTeraflops": round(operations / ms / 1e9, 1), **more}

    batch = [pad(pairs)]
    result = {"name": name, "pairs": len(lengths), "padded": row(median_ms(lambda: score_padded(model, batch), options.repetitions))}
    if len(set(lengths)) > 1:
        tries = []
        for size in (8, 16, 32, 64):
            if size <= len(pairs):
                batches = sorted_batches(pairs, size)
                tries.append((median_ms(lambda: score_padded(model, batches), options.repetitions), size))
        ms, size = min(tries)
        result["sorted"] = row(ms, batch=size)
    if varlen:
        packed = pack(pairs)
        apart = (score_varlen(varlen, packed) - score_padded(model, batch)).abs().max().item()
        result["varlen"] = row(median_ms(lambda: score_varlen(varlen, packed), options.repetitions), maxDifference=round(apart, 5))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", help="a report of `reranker bench gpu --json`, whose shapes are measured")
    parser.add_argument("--like", choices=SHAPES, default="v2-m3")
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--varlen", action="store_true")
    options = parser.parse_args()

    shapes = DEFAULT
    if options.shapes:
        with open(options.shapes, encoding="utf-8") as file:
            shapes = {r["name"]: r["lengths"] for r in json.load(file)["rows"]}

    rows = []
    with torch.inference_mode():
        model = build(options.like)
        varlen = torch.compile(Varlen(model), dynamic=True) if options.varlen else None
        for name, lengths in shapes.items():
            try:
                rows.append(measure(model, varlen, name, lengths, options))
            except Exception as error:  # one shape that fails must not cost the others
                rows.append({"name": name, "error": f"{type(error).__name__}: {error}"[:300]})
            print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    print(json.dumps({"torch": torch.__version__, "device": torch.cuda.get_device_name(), "like": options.like, "rows": rows}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
