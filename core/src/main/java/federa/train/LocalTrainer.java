package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.GradMode;
import federa.engine.Torch;
import federa.task.Batch;
import federa.task.Example;
import federa.task.Task;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * A client's training in one round, starting from the global model that its model holds. Used by one thread; many
 * trainers run side by side in a process. Closing it frees the optimizer's state, not the model.
 */
public final class LocalTrainer implements AutoCloseable {

    private final ClientModel model;
    private final Task task;
    private final LocalTraining settings;
    private final NDManager state;
    private final Optimizer optimizer;
    private final LocalAlgorithm.Session session;

    /** Trains as {@link Plain} does. */
    public LocalTrainer(ClientModel model, Task task, LocalTraining settings) {
        this(model, task, settings, new Plain(), TensorMap.empty());
    }

    /**
     * Begins a client's round.
     *
     * @param algorithm what it does to gradients
     * @param control what the server sends the algorithm beside the model
     */
    public LocalTrainer(
            ClientModel model, Task task, LocalTraining settings, LocalAlgorithm algorithm, TensorMap control) {
        this.model = model;
        this.task = task;
        this.settings = settings;
        state = model.newScope();
        optimizer = settings.optimizer().create(state);
        session = algorithm.begin(model, control, state);
    }

    /**
     * What a round of local training did.
     *
     * @param steps optimizer steps
     * @param meanLoss mean over the steps
     * @param firstLoss loss of the first batch, before any step
     * @param lastLoss loss of the last batch, before the last step
     */
    public record Result(int steps, double meanLoss, double firstLoss, double lastLoss) {}

    /**
     * Trains the model in place for the settings' epochs.
     *
     * @param examples of one pass, given its seed: the client's, at least one
     * @param seed of the order of the examples
     * @throws TrainingException if the loss is no longer a number, or the thread was interrupted between two steps
     */
    public Result train(LongFunction<List<Example>> examples, long seed) {
        List<Batch> batches = new ArrayList<>();
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            batches.addAll(Batch.shuffled(examples.apply(seed + epoch), settings.batchSize(), seed + epoch));
        }
        double sum = 0;
        double first = Double.NaN;
        double last = Double.NaN;
        for (int step = 0; step < batches.size(); step++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new TrainingException("interrupted before step %d of %d".formatted(step + 1, batches.size()));
            }
            last = step(batches.get(step), settings.learningRateAt(step, batches.size()));
            if (!Double.isFinite(last)) {
                throw new TrainingException(
                        "the loss is %s at step %d of %d (training.learning-rate %s); lower it or set training.clip-norm"
                                .formatted(last, step + 1, batches.size(), settings.learningRate()));
            }
            first = step == 0 ? last : first;
            sum += last;
        }
        return new Result(batches.size(), sum / batches.size(), first, last);
    }

    /**
     * What the client sends the server after a round: its trained tensors, and what its algorithm adds to them.
     *
     * @param result of the round's training
     */
    public TensorMap update(Result result) {
        return model.snapshot().with(session.sends(result.steps()));
    }

    /** One forward and backward pass and one update; returns the batch's loss before the update. */
    public double step(Batch batch, double learningRate) {
        try (NDManager scope = model.newScope()) {
            double loss;
            try (GradMode on = GradMode.on()) {
                NDArray objective = task.loss(model.encoder(), batch, scope);
                model.encoder().backward(objective);
                loss = objective.getFloat();
            }
            try (GradMode off = GradMode.off()) {
                SortedMap<String, NDArray> gradients = gradients(scope);
                session.adjust(gradients);
                clip(gradients);
                optimizer.step(model.trained(), gradients, learningRate);
                model.trained().values().forEach(Torch::zeroGradient); // PyTorch adds up otherwise
            }
            return loss;
        }
    }

    /** The gradients where PyTorch has them: changing them changes no parameter. */
    private SortedMap<String, NDArray> gradients(NDManager scope) {
        SortedMap<String, NDArray> gradients = new TreeMap<>();
        model.trained().forEach((name, parameter) -> {
            NDArray gradient = parameter.getGradient();
            gradient.attach(scope);
            gradients.put(name, gradient);
        });
        return gradients;
    }

    /** Scales all gradients so that their common Euclidean norm is at most the limit. */
    private void clip(SortedMap<String, NDArray> gradients) {
        if (settings.clipNorm() == 0) {
            return;
        }
        double squares = 0;
        for (NDArray gradient : gradients.values()) {
            try (NDArray norm = gradient.norm()) {
                squares += Math.pow(norm.getFloat(), 2);
            }
        }
        double norm = Math.sqrt(squares);
        if (norm > settings.clipNorm()) {
            double scale = settings.clipNorm() / (norm + 1e-6);
            gradients.values().forEach(gradient -> gradient.muli(scale));
        }
    }

    @Override
    public void close() {
        state.close();
    }
}
