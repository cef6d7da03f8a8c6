/**
 * Weight files as plain Java: safetensors in and out, PyTorch's {@code pytorch_model.bin} in. Nothing here needs a
 * deep-learning engine and nothing runs code that a file brings along.
 */
package federa.checkpoint;
