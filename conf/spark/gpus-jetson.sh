#!/usr/bin/env bash
# Tells Spark the GPU of a Jetson, which is part of its chip and which nvidia-smi does not list: it is number 0.
# For the same settings as gpus-nvidia.sh.
#
#   gpus-jetson.sh [ROOT]      ROOT: where /proc and /dev are, / if not given
set -euo pipefail

root="${1:-}"
model="no device tree"
if [ -r "$root/proc/device-tree/model" ]; then
  model="$(tr -d '\0' <"$root/proc/device-tree/model")" # its texts end with a zero byte
fi
case "$model" in
  *Jetson*) ;;
  *) echo "gpus-jetson.sh: this is no Jetson: $model" >&2; exit 1 ;;
esac
# JetPack 5 has the first, JetPack 6 and later the second.
for device in "$root/dev/nvhost-gpu" "$root/dev/nvgpu/igpu0"; do
  if [ -e "$device" ]; then
    echo '{"name": "gpu", "addresses": ["0"]}'
    exit 0
  fi
done
echo "gpus-jetson.sh: $model, but neither /dev/nvhost-gpu nor /dev/nvgpu/igpu0; in a container, start it with the NVIDIA runtime" >&2
exit 1
