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

    /** The head's, which may have another rate. */
    private final Optimizer headOptimizer;

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
        headOptimizer = settings.optimizer().create(state);
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
    public record Result(int steps, double meanLoss, double firstLoss, double lastLoss) {

        /** No step at all. */
        public static final Result NONE = new Result(0, Double.NaN, Double.NaN, Double.NaN);
    }

    /** Trains as in a run's only round. */
    public Result train(LongFunction<List<Example>> examples, long seed) {
        return train(examples, seed, settings.schedule(1, 1));
    }

    /**
     * Trains the model in place for the settings' epochs, or local steps.
     *
     * @param examples of one pass, given its seed: the client's, at least one
     * @param seed of the order of the examples
     * @param rates of the round
     * @throws TrainingException if the loss is no longer a number, or the thread was interrupted between two steps
     */
    public Result train(LongFunction<List<Example>> examples, long seed, Schedule.Rates rates) {
        List<Batch> batches = batches(examples, seed);
        double headRate = settings.headLearningRate().value();
        double sum = 0;
        double first = Double.NaN;
        double last = Double.NaN;
        for (int step = 0; step < batches.size(); step++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new TrainingException("interrupted before step %d of %d".formatted(step + 1, batches.size()));
            }
            last = step(
                    batches.get(step),
                    rates.at(settings.learningRate(), step, batches.size()),
                    rates.at(headRate, step, batches.size()));
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

    /** The round's batches: whole passes over the examples, or as many batches of as many passes as there are steps. */
    private List<Batch> batches(LongFunction<List<Example>> examples, long seed) {
        List<Batch> batches = new ArrayList<>();
        int steps = settings.localSteps();
        for (int pass = 0; steps == 0 ? pass < settings.epochs() : batches.size() < steps; pass++) {
            batches.addAll(Batch.shuffled(examples.apply(seed + pass), settings.batchSize(), seed + pass));
        }
        return steps == 0 ? batches : batches.subList(0, steps);
    }

    /**
     * What the client sends the server after a round: its trained tensors, and what its algorithm adds to them.
     *
     * @param result of the round's training
     */
    public TensorMap update(Result result) {
        return model.snapshot().with(session.sends(result.steps()));
    }

    /** A step with one rate for all tensors. */
    public double step(Batch batch, double learningRate) {
        return step(batch, learningRate, learningRate);
    }

    /**
     * One forward and backward pass and one update; returns the batch's loss before the update.
     *
     * @param learningRate of all tensors but the head's
     * @param headRate the head's learning rate
     */
    public double step(Batch batch, double learningRate, double headRate) {
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
                optimizer.step(trained(false), gradients, learningRate);
                headOptimizer.step(trained(true), gradients, headRate);
                model.trained().values().forEach(Torch::zeroGradient); // PyTorch adds up otherwise
            }
            return loss;
        }
    }

    /** The tensors that train: the head's, or all others. */
    private SortedMap<String, NDArray> trained(boolean head) {
        SortedMap<String, NDArray> tensors = new TreeMap<>(model.trained());
        tensors.keySet().removeIf(name -> model.head().contains(name) != head);
        return tensors;
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
