package federa.engine;

/** What a configuration wants tensors to be computed on. */
public enum DeviceChoice {
    /** The GPU that the task was given, if PyTorch can use it; otherwise the CPU. */
    AUTO,
    CPU,
    /** The GPU that the task was given, or an error. */
    GPU
}
