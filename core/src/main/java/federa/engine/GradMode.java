package federa.engine;

/**
 * Whether operations of the current thread record what a backward pass needs; restored on close.
 *
 * <p>PyTorch keeps this switch per thread and a fresh thread starts with it on, so code that only scores must turn it
 * off, and code that trains must turn it on, whatever ran on the thread before.
 */
public final class GradMode implements AutoCloseable {

    private final boolean before;

    private GradMode(boolean now) {
        before = Torch.recordsGradients();
        Torch.recordGradients(now);
    }

    /** Records gradients until closed. */
    public static GradMode on() {
        return new GradMode(true);
    }

    /** Records nothing until closed: for scoring and for in-place updates of trained tensors. */
    public static GradMode off() {
        return new GradMode(false);
    }

    @Override
    public void close() {
        Torch.recordGradients(before);
    }
}
