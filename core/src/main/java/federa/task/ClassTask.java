package federa.task;

import ai.djl.ndarray.NDArray;

/**
 * A task whose head has a row of its last layer for each class of texts or tokens. Such a layer can be solved from sums over
 * examples.
 */
public interface ClassTask extends Task {

    /**
     * Those rows of what the model computes for a batch, (B, K) for texts or (B, T, K) for tokens, that have a class: (N, K),
     * in the order of {@link Batch#classes}.
     */
    NDArray classified(NDArray computed, Batch batch);

    /**
     * True if nearly everything is of one class, so that a layer is solved with classes that count alike: the others would
     * drown.
     */
    boolean oneClassIsNearlyAll();
}
