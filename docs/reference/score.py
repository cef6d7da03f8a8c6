"""Texts a second of transformers' forward pass over texts of given lengths, as they come and sorted by length.

    pip install torch transformers
    python docs/reference/score.py bf16 LENGTHS     # LENGTHS: a file of token counts, one a line
"""

import sys
import time

import torch
from transformers import AutoModelForSequenceClassification, RobertaConfig

BATCH = 32

precision, file = sys.argv[1:]
with open(file) as lines:
    lengths = [int(line) for line in lines]
torch.set_num_threads(2)
model = AutoModelForSequenceClassification.from_config(
    RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, num_labels=20)
).eval()
if precision == "bf16":
    model = model.bfloat16()


def score(texts):
    with torch.inference_mode():
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            ids = torch.randint(4, 50000, (len(batch), max(batch)))
            mask = torch.zeros_like(ids)
            for row, length in enumerate(batch):
                mask[row, :length] = 1
            model(input_ids=ids, attention_mask=mask)


score(lengths[: 2 * BATCH])
for name, texts in (("as they come", lengths), ("sorted", sorted(lengths))):
    start = time.perf_counter()
    score(texts)
    print(f"{precision}, {name}: {len(texts) / (time.perf_counter() - start):.2f} texts/s, PyTorch {torch.__version__}")
