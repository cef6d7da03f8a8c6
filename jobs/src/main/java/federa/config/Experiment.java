package federa.config;

import federa.encoder.HeadLabels;
import federa.engine.DeviceChoice;
import federa.engine.PrecisionChoice;
import federa.federated.Aggregator;
import federa.federated.FederatedAlgorithm;
import federa.federated.FrozenHead;
import federa.federated.Strategy;
import federa.federated.UpdatePrecision;
import federa.head.HeadSolver;
import federa.head.HeadStart;
import federa.partition.Division;
import federa.peft.Method;
import federa.prepare.Source;
import federa.spi.InvalidInputException;
import federa.task.Task;
import federa.train.LocalAlgorithm;
import federa.train.LocalTraining;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An experiment from raw data to report, as its file under {@code conf/experiments} says it, with the values of
 * {@link Defaults} where the file says nothing: the records have no defaults of their own.
 *
 * @param name also the default run id
 * @param seed of everything random: partition, head, sampling, order, dropout
 * @param task what is learnt
 * @param partition who owns which training example
 * @param method what of the model trains
 * @param baselines by name: further runs that differ from this one in the given keys ({@code method.kind: lora})
 * @param defaulted the keys that nobody set, whose values are defaults; no key of a file, but stored with a run
 */
public record Experiment(
        String name,
        long seed,
        Model model,
        Task task,
        Data data,
        Division partition,
        Method method,
        Head head,
        LocalTraining training,
        Federation federation,
        Evaluation evaluation,
        Compute compute,
        Map<String, Map<String, Object>> baselines,
        SortedSet<String> defaulted) {

    /** How the keys that nobody set are called in what is stored with a run. */
    static final String DEFAULTED = "defaulted";

    public Experiment {
        Check.name("name", name);
        baselines.forEach((baseline, keys) -> {
            Check.name("baselines", baseline);
            Check.that(keys != null, "baselines.%s must be a mapping of keys to values".formatted(baseline), keys);
        });
        baselines = Map.copyOf(baselines);
        defaulted = Collections.unmodifiableSortedSet(new TreeSet<>(defaulted));
        task.requireFits(data.maxTokens(), 0);
        int clients = partition.clientsAsked().orElse(Integer.MAX_VALUE);
        Check.that(
                federation.clientsPerRound() <= clients,
                "federation.clients-per-round must be at most partition.clients, which is " + clients,
                federation.clientsPerRound());
        federation.algorithm(method); // refuses what does not go together
        Check.that(
                federation.patience() == 0 || evaluation.validation() > 0,
                "federation.patience waits for a better round, which needs evaluation.validation above 0",
                federation.patience());
        head.start().closedForm().ifPresent(form -> HeadSolver.requireClasses(task));
    }

    /**
     * The federated algorithm of the run.
     *
     * @param headTensors the names of the head's tensors
     * @param clients that have examples
     */
    public FederatedAlgorithm algorithm(Set<String> headTensors, int clients) {
        FederatedAlgorithm algorithm = federation.algorithm(method).among(clients);
        return training.headLearningRate().frozen() ? new FrozenHead(algorithm, headTensors) : algorithm;
    }

    /** The same with the head that comes with its tensors, unless somebody has asked for another start. */
    public Experiment withHeadAsItComes() {
        return defaulted.contains("head.start") ? with(new Head(HeadStart.FRESH), compute) : this;
    }

    /** The same experiment, computed in this precision. */
    public Experiment computedIn(PrecisionChoice precision) {
        return with(head, new Compute(compute.device(), compute.threads(), precision));
    }

    private Experiment with(Head otherHead, Compute otherCompute) {
        return new Experiment(
                name,
                seed,
                model,
                task,
                data,
                partition,
                method,
                otherHead,
                training,
                federation,
                evaluation,
                otherCompute,
                baselines,
                defaulted);
    }

    /**
     * The head of round 0.
     *
     * @param start how it comes about: as the model brings it or freshly drawn, or its last layer solved from sums over all
     *     clients' examples
     */
    public record Head(HeadStart start) {}

    /**
     * The base model.
     *
     * @param name in the model store
     * @param source where to import it from if the store does not have it yet, or {@code none}
     * @param headLabels how the classes of a head that comes with it, or with an imported adapter, are matched with the labels
     */
    public record Model(String name, String source, HeadLabels headLabels) {

        /** In place of a source: the store must have the model. */
        public static final String NONE = "none";

        public Model {
            Check.name("model.name", name);
        }
    }

    /**
     * The data set.
     *
     * @param name in the warehouse
     * @param source the raw files
     * @param maxBadShare largest share of malformed records that is let pass, 0 to 1
     * @param maxTokens of an example, special tokens included; what becomes of longer texts is the task's business
     * @param testShare of the train rows that become the test split if the source has no test rows, 0 for none
     * @param testSeed decides which rows these are
     */
    public record Data(String name, Source source, double maxBadShare, int maxTokens, double testShare, long testSeed) {

        public Data {
            Check.name("data.name", name);
            Check.that(maxBadShare >= 0 && maxBadShare <= 1, "data.max-bad-share must be 0 to 1", maxBadShare);
            Check.that(maxTokens >= 3, "data.max-tokens must be at least 3", maxTokens);
            Check.that(testShare >= 0 && testShare < 1, "data.test-share must be 0 or more and below 1", testShare);
        }
    }

    /**
     * The rounds.
     *
     * @param rounds to commit in all; a run can be continued with more
     * @param clientsPerRound sampled for each round
     * @param minClients that must have trained for the round to be committed
     * @param attempts how often a client is started in a round before it counts as failed
     * @param deadline seconds that the clients of a round have, from its begin
     * @param client what clients do besides following their own gradients
     * @param aggregator how a round's updates become one
     * @param strategy what the server makes of them
     * @param patience rounds to wait for one that is better on the validation examples before the run ends, 0 for none
     * @param updatePrecision of the numbers in which clients send how they changed the model
     */
    public record Federation(
            int rounds,
            int clientsPerRound,
            int minClients,
            int attempts,
            int deadline,
            LocalAlgorithm client,
            Aggregator aggregator,
            Strategy strategy,
            UpdatePrecision updatePrecision,
            int patience) {

        public Federation {
            Check.that(rounds >= 1 && rounds < 1_000_000, "federation.rounds must be 1 to 999999", rounds);
            Check.that(clientsPerRound >= 1, "federation.clients-per-round must be at least 1", clientsPerRound);
            Check.that(
                    minClients >= 1 && minClients <= clientsPerRound,
                    "federation.min-clients must be 1 to federation.clients-per-round, which is " + clientsPerRound,
                    minClients);
            Check.that(
                    minClients >= aggregator.minClients(),
                    "federation.min-clients must be at least %s, which federation.aggregator needs"
                            .formatted(aggregator.minClients()),
                    minClients);
            Check.that(attempts >= 1, "federation.attempts must be at least 1", attempts);
            Check.that(deadline >= 1, "federation.deadline must be at least 1 second", deadline);
            Check.that(patience >= 0, "federation.patience must be 0 or more", patience);
        }

        /**
         * The federated algorithm that these settings stand for.
         *
         * @throws InvalidInputException naming the key, if they do not go together or not with the method
         */
        public FederatedAlgorithm algorithm(Method method) {
            return strategy.algorithm(method, client, aggregator);
        }
    }

    /**
     * When the global model is evaluated.
     *
     * @param every so many rounds on the test split, and after the last; round 0 is evaluated too; 0 for never
     * @param batchSize examples scored together
     * @param validation share of each client's examples that it does not train on, 0 for none: the model of every round is
     *     evaluated on these, and the best round is chosen by them
     * @param clientsEvery so many rounds, and after the last, the metrics on each client's own held-out examples are kept too, 0
     *     for never
     */
    public record Evaluation(int every, int batchSize, double validation, int clientsEvery) {

        public Evaluation {
            Check.that(every >= 0, "evaluation.every must be 0 or more", every);
            Check.that(batchSize >= 1, "evaluation.batch-size must be at least 1", batchSize);
            Check.that(
                    validation >= 0 && validation < 1,
                    "evaluation.validation must be 0 or more and below 1",
                    validation);
            Check.that(clientsEvery >= 0, "evaluation.clients-every must be 0 or more", clientsEvery);
        }

        /** True if this round is to be evaluated on the test split. */
        public boolean due(int round, int rounds) {
            return due(every, round, rounds);
        }

        /** True if the metrics of each client are to be kept of this round. */
        public boolean clientsDue(int round, int rounds) {
            return due(clientsEvery, round, rounds);
        }

        private static boolean due(int every, int round, int rounds) {
            return every > 0 && (round % every == 0 || round == rounds);
        }
    }

    /**
     * How much of an executor a client takes, and what it computes with.
     *
     * @param device what clients train on
     * @param threads native threads of a client's task
     * @param precision of the encoder's layers; {@code auto} is bf16 where every executor is faster in it, else fp32
     */
    public record Compute(DeviceChoice device, int threads, PrecisionChoice precision) {

        public Compute {
            Check.that(threads >= 1, "compute.threads must be at least 1", threads);
        }
    }
}
