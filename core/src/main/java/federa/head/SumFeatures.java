package federa.head;

import federa.federated.FederatedAlgorithm;
import federa.federated.GlobalModel;
import federa.federated.ServerState;
import federa.peft.FrozenBase;
import federa.task.ClassTask;
import federa.task.Example;
import federa.task.Reader;
import federa.tensor.Tensor;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@link FeatureSums} over a client's examples, of those that are held out and of the others. */
final class SumFeatures extends HeadWork {

    private static final long serialVersionUID = 1L;

    static final String FITTED = "fitted.";
    static final String HELD_OUT = "held-out.";

    private final int width;
    private final double[] weights;
    private final boolean withProducts;

    /**
     * Sums features.
     *
     * @param width of the features
     * @param weights of the classes' examples
     * @param withProducts whether z z^T is summed
     */
    SumFeatures(
            ClassTask task,
            FederatedAlgorithm algorithm,
            long seed,
            int width,
            double[] weights,
            boolean withProducts) {
        super(task, algorithm, seed);
        this.width = width;
        this.weights = weights;
        this.withProducts = withProducts;
    }

    /** The sums over no example. */
    FeatureSums none() {
        return new FeatureSums(width, weights.length, withProducts);
    }

    @Override
    public String described() {
        return "sum the features of";
    }

    @Override
    public SortedMap<String, long[]> sent(ServerState state) {
        SortedMap<String, long[]> shapes = new TreeMap<>();
        tensors(none(), none()).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    private static SortedMap<String, Tensor> tensors(FeatureSums fitted, FeatureSums heldOut) {
        SortedMap<String, Tensor> tensors = new TreeMap<>(fitted.toTensors(FITTED));
        tensors.putAll(heldOut.toTensors(HELD_OUT));
        return tensors;
    }

    @Override
    public Done perform(FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client) {
        FeatureSums fitted = none();
        FeatureSums heldOut = none();
        try (Features features = new Features(frozen, model, task, weights.length, false)) {
            for (Example example : examples) {
                FeatureSums sums = isHeldOut(example) ? heldOut : fitted;
                Features.Rows rows = features.of(example);
                for (int row = 0; row < rows.classes().length; row++) {
                    sums.add(rows.features()[row], rows.classes()[row], weights[rows.classes()[row]]);
                }
            }
        }
        return done(tensors(fitted, heldOut));
    }
}
