package federa.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.HeadDesign;
import federa.encoder.PlainPass;
import federa.engine.GradMode;
import federa.federated.GlobalModel;
import federa.peft.FrozenBase;
import federa.task.Batch;
import federa.task.ClassTask;
import federa.task.Example;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.TrainingException;
import java.util.Arrays;

/**
 * What the last layer sees of a client's examples, with the layers below it open ({@link HeadDesign#open}), and what the head
 * makes of them as it is. Used by one thread.
 *
 * <p>Each example goes through the model alone: in a batch the last bits would depend on its neighbours, and so on the division.
 */
final class Features implements AutoCloseable {

    private final ClassTask task;
    private final ClientModel open;
    private final ClientModel asItIs;

    /**
     * Binds the models.
     *
     * @param classes of the head
     * @param scores whether those of the head as it is are asked for
     */
    Features(FrozenBase frozen, GlobalModel model, ClassTask task, int classes, boolean scores) {
        this.task = task;
        HeadDesign design = frozen.config().family().head(task.head());
        open = bound(frozen, model.trainable().with(design.open(frozen.config())), task, classes);
        asItIs = scores ? bound(frozen, model.trainable(), task, classes) : null;
    }

    private static ClientModel bound(FrozenBase frozen, TensorMap tensors, ClassTask task, int classes) {
        return new ClientModel(frozen, tensors, name -> false, task.head(), classes, 0, seeds -> new PlainPass());
    }

    /**
     * An example's texts or tokens that have a class.
     *
     * @param features a row each
     * @param scores of the head as it is, a row each; null if they were not asked for
     */
    record Rows(int[] classes, float[][] features, float[][] scores) {}

    /**
     * The rows of an example.
     *
     * @throws TrainingException if they are not finite, or the thread was interrupted
     */
    Rows of(Example example) {
        if (Thread.currentThread().isInterrupted()) {
            throw new TrainingException("interrupted between two examples");
        }
        Batch alone = Batch.of(example);
        try (GradMode off = GradMode.off();
                NDManager scope = open.newScope()) {
            NDArray hidden = open.encoder().read(alone.input(scope), false);
            float[][] features = rows(task.classified(open.encoder().features(hidden), alone));
            for (float[] row : features) {
                for (float value : row) {
                    if (!Float.isFinite(value)) {
                        throw new TrainingException(
                                "the model computes %s for an example; try compute.precision fp32, or head.start fresh"
                                        .formatted(value));
                    }
                }
            }
            float[][] scores = asItIs == null
                    ? null
                    : rows(task.classified(asItIs.encoder().scores(hidden, false), alone));
            return new Rows(alone.classes(), features, scores);
        }
    }

    private static float[][] rows(NDArray array) {
        int width = Math.toIntExact(array.getShape().get(1));
        float[] flat = array.toFloatArray();
        float[][] rows = new float[flat.length / width][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width));
        return rows;
    }

    @Override
    public void close() {
        open.close();
        if (asItIs != null) {
            asItIs.close();
        }
    }
}
