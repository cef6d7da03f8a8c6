#!/usr/bin/env bash
# Tells Spark the NVIDIA GPUs of this machine, for spark.worker.resource.gpu.discoveryScript (standalone) and
# spark.executor.resource.gpu.discoveryScript (YARN, Kubernetes). On a Jetson use gpus-jetson.sh.
set -euo pipefail

command -v nvidia-smi >/dev/null || { echo "gpus-nvidia.sh: no nvidia-smi on the PATH; install NVIDIA's driver" >&2; exit 1; }
listed="$(nvidia-smi --query-gpu=index --format=csv,noheader)" || { echo "gpus-nvidia.sh: nvidia-smi: $listed" >&2; exit 1; }
grep -qx '[0-9]\+' <<<"$listed" || { echo "gpus-nvidia.sh: nvidia-smi lists no GPU: $listed" >&2; exit 1; }
echo "{\"name\": \"gpu\", \"addresses\": [$(grep -x '[0-9]\+' <<<"$listed" | sed 's/.*/"&"/' | paste -sd,)]}"
