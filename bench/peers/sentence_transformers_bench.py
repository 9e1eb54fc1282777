#!/usr/bin/env python3
"""sentence-transformers' CrossEncoder in process, text in, scores out, on the passages that the load driver sends, as JSON.

    sentence_transformers_bench.py --model FOLDER --texts TEXTS.json [--like v2-m3|base|mini] [--batch 128] [--repetitions 5]
    sentence_transformers_bench.py --checkpoint FOLDER --texts TEXTS.json [--longest 512] [--logits FILE] [--batch 128] [--repetitions 5]

FOLDER  a model folder or checkpoint with sentencepiece.bpe.model; or a whole checkpoint with tokenizer.json, of any class
TEXTS   what `Reranker.LoadTest --export` wrote
FILE    takes the FP32 logits of the first request's passages, by transformers' own forward pass, to compare others with

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


def load_checkpoint(folder, longest):
    """A checkpoint's model and tokenizer; that one has no file but tokenizer.json, and which tokens are special is by their names."""
    from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

    names = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(folder, "tokenizer.json"), model_max_length=longest,
        **dict(zip(("unk_token", "cls_token", "sep_token", "pad_token", "mask_token"), names)))
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    model.config.pad_token_id = tokenizer.pad_token_id
    return model.float().eval(), tokenizer


def segments_of(model, tokenizer):
    """A BERT's passage is of a second segment, which the tokenizer's template says and a generic class leaves out."""
    tokenizer.model_input_names = ["input_ids", "token_type_ids", "attention_mask"] if getattr(model.config, "type_vocab_size", 1) > 1 else ["input_ids", "attention_mask"]
    return tokenizer


def write_logits(model, tokenizer, request, path):
    import transformers

    rows = []
    with torch.inference_mode():
        for passage in request["passages"]:
            encoded = tokenizer(request["query"], passage, truncation=True, return_tensors="pt")
            rows.append({"passage": passage, "tokens": encoded["input_ids"].shape[1], "ids": encoded["input_ids"][0].tolist()[:12], "logit": model(**encoded).logits[0, 0].item()})
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"transformers": transformers.__version__, "query": request["query"], "rows": rows}, file, ensure_ascii=False, indent=1)


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
    parser.add_argument("--model")
    parser.add_argument("--checkpoint")
    parser.add_argument("--longest", type=int, default=512)
    parser.add_argument("--logits")
    parser.add_argument("--texts", required=True)
    parser.add_argument("--like", choices=SHAPES, default="v2-m3")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    with open(options.texts, encoding="utf-8") as file:
        requests = json.load(file)
    if options.checkpoint:
        model, tokenizer = load_checkpoint(options.checkpoint, options.longest)
        segments_of(model, tokenizer)
        if options.logits:
            write_logits(model, tokenizer, requests[0], options.logits)
    else:
        tokenizer = spm_tokenizer.load(os.path.join(options.model, "sentencepiece.bpe.model"))
    pairs = [(request["query"], passage) for request in requests for passage in request["passages"]]
    lengths = [len(ids) for ids in tokenizer([q for q, _ in pairs], [p for _, p in pairs], truncation=True)["input_ids"]]

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if options.checkpoint:
            (model.half() if device == "cuda" else model).save_pretrained(folder)
            tokenizer.save_pretrained(folder)
        else:
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
