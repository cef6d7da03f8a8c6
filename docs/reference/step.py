"""Seconds of a training step with transformers and PEFT, shaped as `federa bench step` shapes it.

    pip install torch transformers peft
    python docs/reference/step.py roberta bf16      # or deberta, fp32
"""

import contextlib
import resource
import statistics
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, DebertaV2Config, RobertaConfig

REPETITIONS, WARM_UP, BATCH, LENGTH, LABELS = 10, 2, 8, 128, 20
CONFIGS = {
    "roberta": RobertaConfig(
        vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, num_labels=LABELS, layer_norm_eps=1e-5
    ),
    "deberta": DebertaV2Config(
        vocab_size=128100, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
        max_position_embeddings=512, type_vocab_size=0, relative_attention=True, position_buckets=256,
        norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], layer_norm_eps=1e-7,
        max_relative_positions=-1, position_biased_input=False, num_labels=LABELS,
    ),
}
TARGETS = {"roberta": ["query", "value"], "deberta": ["query_proj", "value_proj"]}

arch, precision = sys.argv[1:]
torch.set_num_threads(2)
torch.manual_seed(0)
model = AutoModelForSequenceClassification.from_config(CONFIGS[arch])
model = get_peft_model(model, LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=8, target_modules=TARGETS[arch]))
model.train()
context = contextlib.nullcontext
if precision == "bf16":
    for parameter in model.parameters():
        if not parameter.requires_grad:
            parameter.data = parameter.data.bfloat16()
    context = lambda: torch.autocast("cpu", torch.bfloat16)
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3)
ids = torch.randint(4, 50000, (BATCH, LENGTH))
labels = torch.randint(0, LABELS, (BATCH,))
mask = torch.ones_like(ids)

seconds, processor = [], []
for _ in range(WARM_UP + REPETITIONS):
    start, cpu = time.perf_counter(), time.process_time()
    with context():
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    seconds.append(time.perf_counter() - start)
    processor.append(time.process_time() - cpu)
print(
    f"{arch} {precision}: median {statistics.median(seconds[WARM_UP:]):.3f} s, min {min(seconds[WARM_UP:]):.3f} s, "
    f"least processor time {min(processor[WARM_UP:]):.3f} s, "
    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, PyTorch {torch.__version__}"
)
