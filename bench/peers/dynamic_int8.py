#!/usr/bin/env python3
"""Quantizes a model folder's padded FP32 graph as ONNX Runtime's quantize_dynamic does by default, without that package.

  dynamic_int8.py FP32_FOLDER OUTPUT.onnx [--first-token-alone]

Every MatMul with constant weights becomes DynamicQuantizeLinear (one range over the batch, shared by the products that read the same
value), MatMulInteger with symmetric INT8 weights of one scale a matrix, Cast and Mul. The runtime fuses these when it loads the graph, as it
does with its own. The folder's graph has one thing that an export from PyTorch has not, a last layer that works on the first token alone; it is put
back to all tokens unless the option says otherwise. Needs onnx and numpy (Debian: python3-onnx).
"""
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper


def quantize(weights):
    scale = max(float(np.abs(weights).max()), 1e-9) / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), np.float32(scale)


def restore_last_layer(nodes):
    """Takes the first token behind the last layer instead of before it."""
    chosen = next(node for node in nodes if node.op_type == "Gather" and node.output[0] == "first")
    source = chosen.input[0]
    rest = [node for node in nodes if node is not chosen]
    for node in rest:
        node.input[:] = [source if name == "first" else name for name in node.input]

    head = next(i for i, node in enumerate(rest) if node.op_type == "Squeeze" and node.output[0] == "head/first")
    chosen.input[0] = rest[head].input[0]
    rest[head].input[0] = "first"
    return rest[:head] + [chosen] + rest[head:]


def main():
    folder, output = Path(sys.argv[1]), sys.argv[2]
    model = onnx.load(str(folder / "padded.onnx"), load_external_data=True)
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes, read, replaced = [], {}, set()
    graph.initializer.append(numpy_helper.from_array(np.zeros((), np.int8), "peer/zero"))
    for node in list(graph.node) if "--first-token-alone" in sys.argv[3:] else restore_last_layer(list(graph.node)):
        if node.op_type != "MatMul" or node.input[1] not in constants or numpy_helper.to_array(constants[node.input[1]]).ndim != 2:
            nodes.append(node)
            continue

        value, weight = node.input
        if value not in read:
            read[value] = [f"{value}/peer_{part}" for part in ("levels", "scale", "zero")]
            nodes.append(helper.make_node("DynamicQuantizeLinear", [value], read[value], name=f"{value}/peer"))

        levels, scale, zero = read[value]
        if weight not in replaced:
            replaced.add(weight)
            matrix, step = quantize(numpy_helper.to_array(constants[weight]).astype(np.float32))
            graph.initializer.append(numpy_helper.from_array(matrix, f"{weight}/peer"))
            graph.initializer.append(numpy_helper.from_array(step, f"{weight}/peer_scale"))

        out = node.output[0]
        nodes.append(helper.make_node("MatMulInteger", [levels, f"{weight}/peer", zero, "peer/zero"], [f"{out}/sum"], name=f"{out}/sum"))
        nodes.append(helper.make_node("Cast", [f"{out}/sum"], [f"{out}/wide"], name=f"{out}/wide", to=onnx.TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [scale, f"{weight}/peer_scale"], [f"{out}/scale"], name=f"{out}/scale"))
        nodes.append(helper.make_node("Mul", [f"{out}/wide", f"{out}/scale"], [out], name=f"{out}/scaled"))

    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)
    onnx.save(model, output)
    print(f"{len(replaced)} matrices in INT8: {output}")


if __name__ == "__main__":
    main()
