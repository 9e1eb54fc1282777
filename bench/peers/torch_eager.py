#!/usr/bin/env python3
"""PyTorch's times for the shapes of `reranker bench gpu`, on the same card, as JSON.

    torch_eager.py [--shapes REPORT.json] [--like v2-m3|base|mini | --checkpoint FOLDER] [--repetitions 20] [--varlen] [--graphs]
                    [--article NAME=ROWS@REPORT.json]…

The model is transformers' XLMRobertaForSequenceClassification in FP16 with scaled dot product attention and random weights, or
whatever class a checkpoint names: time does not depend on what the weights say. Times are wall clock from ids on the host to logits on the host, the median of
the repetitions, as `reranker bench gpu` takes them. For every shape:

  padded   one batch as given, padded to its longest pair; not for a thousand pairs, which nobody would pad to one length
  sorted   sorted by length and cut into equal batches, each padded to its own longest; the best of several batch sizes
  varlen   (--varlen) no padding: a hand-written forward pass over packed tokens with a variable-length attention,
           compiled; what a team with time for it would run. `varlenBy` says which attention this torch had, and whether
           it could be compiled.

  graph    (--graphs) the padded batch as a captured CUDA graph, ids copied into its inputs: eager without its launches

With --shapes each row also has ours, from the report, and how many times as many pairs a second that is. With --article,
which may be given several times, `article` holds batches of 8 of PyTorch, eager and as a graph, against batches of ROWS of
ours from that report, at 128 and at 512 tokens.
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
    "1×128": [128], "8×128": [128] * 8, "16×128": [128] * 16, "32×128": [128] * 32, "128×128": [128] * 128,
    "8×512": [512] * 8, "32×512": [512] * 32, "128×512": [512] * 128, "100×256": [256] * 100,
}
MANY = 256
PAD = 1
FIRST_POSITION = 2


def build_checkpoint(folder):
    from transformers import AutoModelForSequenceClassification

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="sdpa")
    config = model.config
    SHAPES["checkpoint"] = (config.num_hidden_layers, config.hidden_size, config.num_attention_heads, config.vocab_size, config.max_position_embeddings)
    return (model.half() if device == "cuda" else model.float()).to(device).eval()


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
    return (ids.pin_memory(), mask.pin_memory()) if torch.cuda.is_available() else (ids, mask)


def score_padded(model, batches):
    logits = []
    for ids, mask in batches:
        logits.append(model(input_ids=ids.to(model.device, non_blocking=True), attention_mask=mask.to(model.device, non_blocking=True)).logits)
    return torch.cat(logits).cpu()


def capture(model, ids, mask):
    """The padded forward pass as a CUDA graph; a call copies the ids in, replays it and reads the logits.

    A batch without padding needs no mask, and looking for padding in one would wait for the device, which no graph can.
    """
    held = [ids.cuda(), None if bool(mask.all()) else mask.cuda()]

    # Where there is none, transformers makes one that hides nothing, and attention with it is done in single steps, three times slower.
    attend = torch.nn.functional.scaled_dot_product_attention

    def attend_unmasked(*operands, attn_mask=None, **options):
        return attend(*operands, **options)

    def forward():
        torch.nn.functional.scaled_dot_product_attention = attend_unmasked if held[1] is None else attend
        try:
            return model(input_ids=held[0], attention_mask=held[1]).logits
        finally:
            torch.nn.functional.scaled_dot_product_attention = attend

    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            forward()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        logits = forward()

    def call():
        held[0].copy_(ids, non_blocking=True)
        if held[1] is not None:
            held[1].copy_(mask, non_blocking=True)
        graph.replay()
        return logits.cpu()

    return call


def torch_varlen(q, k, v, starts, longest):
    """torch.nn.attention.varlen, in torch 2.10 and newer."""
    from torch.nn.attention.varlen import varlen_attn

    return varlen_attn(q, k, v, starts, starts, longest, longest)


def aten_flash(q, k, v, starts, longest):
    """The operator below it, which older versions have too."""
    return torch.ops.aten._flash_attention_forward(q, k, v, starts, starts, longest, longest, 0.0, False, False)[0]


def nested_sdpa(q, k, v, starts, longest):
    """Scaled dot product attention over jagged nested tensors."""
    q, k, v = (torch.nested.nested_tensor_from_jagged(x, starts, min_seqlen=1, max_seqlen=longest).transpose(1, 2) for x in (q, k, v))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).values()


class Varlen(torch.nn.Module):
    """The same forward pass over all tokens of a batch in one row, with the weights of the padded model."""

    def __init__(self, model, attention):
        super().__init__()
        self.body, self.head = model.roberta, model.classifier
        self.heads = model.config.num_attention_heads
        self.attention = attention
        self.projections = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for layer in self.body.encoder.layer:
            parts = [getattr(layer.attention.self, name) for name in ("query", "key", "value")]
            self.projections.append(torch.nn.Parameter(torch.cat([p.weight for p in parts]), requires_grad=False))
            self.biases.append(torch.nn.Parameter(torch.cat([p.bias for p in parts]), requires_grad=False))

    def forward(self, ids, positions, starts, longest):
        e = self.body.embeddings
        x = e.LayerNorm(e.word_embeddings(ids) + e.position_embeddings(positions) + e.token_type_embeddings.weight[0])
        for layer, weight, bias in zip(self.body.encoder.layer, self.projections, self.biases):
            q, k, v = torch.nn.functional.linear(x, weight, bias).view(x.shape[0], 3, self.heads, -1).unbind(1)
            context = self.attention(q, k, v, starts, longest).reshape(x.shape)
            attended = layer.attention.output
            x = attended.LayerNorm(attended.dense(context) + x)
            inner = torch.nn.functional.gelu(layer.intermediate.dense(x))
            x = layer.output.LayerNorm(layer.output.dense(inner) + x)
        first = x[starts[:-1].long()]
        return self.head.out_proj(torch.tanh(self.head.dense(first)))


def build_varlen(model, like):
    """The first of the attentions that gives the padded model's logits, compiled if it can be; and its name."""
    vocabulary = SHAPES[like][3]
    pairs = pairs_of([24, 100, 61], vocabulary, torch.Generator().manual_seed(2))
    expected = score_padded(model, [pad(pairs)])
    problems = []
    for attention in (torch_varlen, aten_flash, nested_sdpa):
        plain = Varlen(model, attention)
        for name, forward in ((f"{attention.__name__}, compiled", torch.compile(plain, dynamic=True)), (f"{attention.__name__}, not compiled", plain)):
            try:
                apart = (score_varlen(forward, pack(pairs)) - expected).abs().max().item()
                if not apart < 0.05:
                    raise ValueError(f"logits differ by {apart}")
                for problem in problems:
                    print(problem, file=sys.stderr)
                print(f"varlen by {name}, logits within {apart:.5f}", file=sys.stderr)
                return forward, name
            except Exception as error:  # what a version lacks shows only when it is tried
                problems.append(f"varlen by {name}: {type(error).__name__}: {str(error)[:300]}")
                torch.compiler.reset()
    raise RuntimeError("no variable-length attention works here: " + "; ".join(problems))


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
        if torch.cuda.is_available():
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
        useful = {} if options.checkpoint else {"usefulTeraflops": round(operations / ms / 1e9, 1)}
        return {"ms": round(ms, 3), "pairsPerSecond": round(len(lengths) / ms * 1e3, 1), **useful, **more}

    # A thousand pairs take a second: fewer repetitions, and the sizes that were the best of fewer pairs.
    many = len(lengths) > MANY
    repetitions = 3 if many else options.repetitions
    batch = sorted_batches(pairs, 64) if many else [pad(pairs)]
    result = {"name": name, "pairs": len(lengths)}
    if not many:
        result["padded"] = row(median_ms(lambda: score_padded(model, batch), repetitions))
        if options.graphs:
            try:
                call = capture(model, *batch[0])
                apart = (call() - score_padded(model, batch)).abs().max().item()
                result["graph"] = row(median_ms(call, repetitions), maxDifference=round(apart, 5))
            except Exception as error:  # what cannot be captured is said, and the rest is measured
                result["graphFailed"] = f"{type(error).__name__}: {error}"[:200]
    if len(set(lengths)) > 1:
        tries = []
        for size in (32, 64) if many else (8, 16, 32, 64):
            if size <= len(pairs):
                batches = sorted_batches(pairs, size)
                tries.append((median_ms(lambda: score_padded(model, batches), repetitions), size))
        ms, size = min(tries)
        result["sorted"] = row(ms, batch=size)
    # A compiled module has a length that throws, so that its truth cannot be asked for.
    if varlen is not None:
        packed = pack(sorted(pairs, key=len) if many else pairs)
        apart = (score_varlen(varlen, packed) - score_padded(model, batch)).abs().max().item()
        result["varlen"] = row(median_ms(lambda: score_varlen(varlen, packed), repetitions), maxDifference=round(apart, 5))
    return result


def beside(row, ours):
    """The row with ours beside it, and ours over each of PyTorch's in pairs a second."""
    if ours is not None:
        ways = [way for way in ("padded", "graph", "sorted", "varlen") if way in row]
        row["ours"] = {"ms": round(ours["milliseconds"], 3), **{f"over_{way}": round(row[way]["ms"] / ours["milliseconds"], 3) for way in ways}}
    return row


def article(rows, columns):
    """PyTorch at batch 8, eager and as a graph, against ours at the batches named: pairs a second, and how many times as many."""
    measured = {r["name"]: r for r in rows}
    result = {}
    for tokens in (128, 512):
        base = measured.get(f"8×{tokens}", {})
        table = {f"pytorch {way}, batch 8": base[key] for way, key in (("eager", "padded"), ("graph", "graph")) if key in base}
        for name, size, report in columns:
            with open(report, encoding="utf-8") as file:
                ours = next((r for r in json.load(file)["rows"] if r["name"] == f"{size}×{tokens}"), None)
            if ours is not None:
                table[f"{name}, batch {size}"] = {
                    "ms": round(ours["milliseconds"], 3), "pairsPerSecond": round(ours["pairsPerSecond"], 1),
                    **{f"over_{way}": round(ours["pairsPerSecond"] / base[key]["pairsPerSecond"], 2)
                       for way, key in (("eager", "padded"), ("graph", "graph")) if key in base}}
        result[f"{tokens} tokens"] = table
    return result


def column(text):
    """NAME=ROWS@REPORT of the command line."""
    name, _, rest = text.partition("=")
    size, _, report = rest.partition("@")
    return name, int(size), report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", help="a report of `reranker bench gpu --json`, whose shapes are measured")
    parser.add_argument("--like", choices=SHAPES, default="v2-m3")
    parser.add_argument("--checkpoint", help="a checkpoint folder instead of a shape")
    parser.add_argument("--longest", type=int, help="leave out shapes with longer pairs")
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--varlen", action="store_true")
    parser.add_argument("--graphs", action="store_true")
    parser.add_argument("--article", action="append", type=column, default=[], metavar="NAME=ROWS@REPORT")
    options = parser.parse_args()

    shapes, ours = DEFAULT, {}
    if options.shapes:
        with open(options.shapes, encoding="utf-8") as file:
            ours = {r["name"]: r for r in json.load(file)["rows"]}
        shapes = {name: r["lengths"] for name, r in ours.items()}
    shapes = {name: lengths for name, lengths in shapes.items() if options.longest is None or max(lengths) <= options.longest}
    if options.checkpoint:
        options.like = "checkpoint"

    rows = []
    with torch.inference_mode():
        model = build_checkpoint(options.checkpoint) if options.checkpoint else build(options.like)
        varlen, varlen_by = build_varlen(model, options.like) if options.varlen else (None, None)
        for name, lengths in shapes.items():
            try:
                rows.append(beside(measure(model, varlen, name, lengths, options), ours.get(name)))
            except Exception as error:  # one shape that fails must not cost the others
                rows.append({"name": name, "error": f"{type(error).__name__}: {error}"[:300]})
            print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    report = {"torch": torch.__version__, "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu", "like": options.like, "varlenBy": varlen_by, "article": article(rows, options.article), "rows": rows}
    print(json.dumps(report, ensure_ascii=False, indent=2))
    print(json.dumps({"article": report["article"]}, ensure_ascii=False), file=sys.stderr)


if __name__ == "__main__":
    main()
