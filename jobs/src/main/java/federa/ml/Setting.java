package federa.ml;

import federa.config.Defaults;
import federa.config.ExperimentFile;
import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * The params of the estimators that are keys of an experiment file: {@link Defaults} has their defaults, and whether a value
 * is valid the records say that the file is bound to.
 */
enum Setting {
    SEED("seed", "seed", "of everything random"),
    MAX_TOKENS("maxTokens", "data.max-tokens", "longest example in tokens, special ones included"),
    MAX_BAD_SHARE("maxBadShare", "data.max-bad-share", "largest share of malformed rows that is left out, 0 to 1"),
    PARTITIONER(
            "partitioner",
            "partition.kind",
            "who owns which example, if clientCol is not set: label-dirichlet, cluster-dirichlet, class-dirichlet,"
                    + " quantity-skew or iid"),
    NUM_CLIENTS("numClients", "partition.clients", "how many clients share the examples, if clientCol is not set"),
    DIRICHLET_ALPHA(
            "dirichletAlpha", "partition.alpha", "concentration: small for clients of few labels, or of few clusters"),
    METHOD("method", "method.kind", "what trains: federa, lora, milora, olora, houlsby, pfeiffer, bitfit or full"),
    RANK("rank", "method.rank", "rank of the adapters of federa and lora"),
    LORA_ALPHA("loraAlpha", "method.alpha", "numerator of the adapters' scaling, of federa and lora"),
    TARGETS("targets", "method.targets", "the layers that carry an adapter, of federa and lora"),
    EPOCHS("epochs", "training.epochs", "passes over a client's examples in a round"),
    BATCH_SIZE("batchSize", "training.batch-size", "examples per step"),
    LEARNING_RATE("learningRate", "training.learning-rate", "highest learning rate of a round"),
    WARM_UP("warmUp", "training.warm-up", "share of a round's steps in which the rate rises, 0 to 1"),
    CLIP_NORM("clipNorm", "training.clip-norm", "largest norm of all gradients together, 0 for no clipping"),
    PROXIMAL("proximal", "federation.client.mu", "mu of FedProx, 0 for plain FedAvg"),
    WEIGHT_DECAY("weightDecay", "training.optimizer.weight-decay", "decay of everything that trains"),
    ROUNDS("rounds", "federation.rounds", "rounds in all"),
    CLIENTS_PER_ROUND("clientsPerRound", "federation.clients-per-round", "clients sampled for each round"),
    WEIGHTING("weighting", "federation.aggregator.weighting", "how much an update counts: num-examples or uniform"),
    EVALUATE_EVERY("evaluateEvery", "evaluation.every", "evaluate the validation rows every so many rounds"),
    PRECISION("precision", "compute.precision", "of the encoder's layers: auto, fp32, bf16 or bf16-storage");

    private static final String UNSET =
            """
            name: spark-ml
            model: {name: unnamed, source: unnamed}
            task: {kind: %s}
            data: {name: given, source: {format: given, kind: texts, numbers: false}}
            federation: {client: {kind: fedprox, mu: 0.0}}
            """;

    private final String param;
    private final String key;
    private final String doc;

    Setting(String param, String key, String doc) {
        this.param = param;
        this.key = key;
        this.doc = doc;
    }

    String param() {
        return param;
    }

    /** The experiment of which nothing is set, for a task. */
    static ExperimentFile unset(String task) {
        return ExperimentFile.parse("the params", UNSET.formatted(task), variable -> null);
    }

    /** Adds the param, with its default if that depends on no other param. */
    void declare(Params parent, ParamTable params, String task) {
        Map<String, String> known = Map.of("task.kind", task);
        Optional<String> standard = Defaults.STANDARD.inWords(key, known);
        boolean fixed = standard.isEmpty() || Defaults.STANDARD.isFixed(key, known);
        String explained = fixed ? doc : "%s; by default %s".formatted(doc, standard.orElseThrow());
        Object value = unset(task).bound(key).orElseThrow(() -> new IllegalStateException("no default of " + key));
        Param<?> declared = declared(parent, explained, task, value);
        if (fixed) {
            params.add(declared, this == SEED ? ((Number) value).longValue() : value);
        } else {
            params.add(declared);
        }
    }

    private Param<?> declared(Params parent, String doc, String task, Object value) {
        Function1<Object, Object> valid = valid(parent, task);
        if (this == SEED) {
            return new LongParam(parent, param, doc, valid);
        }
        if (value instanceof Integer) {
            return new IntParam(parent, param, doc, valid);
        }
        if (value instanceof Double) {
            return new DoubleParam(parent, param, doc, valid);
        }
        return value instanceof List
                ? new StringArrayParam(parent, param, doc, valid::apply)
                : new Param<Object>(parent, param, doc, valid);
    }

    /** Says more than Spark, which names the value only: throws what is wrong with it. */
    private Function1<Object, Object> valid(Params parent, String task) {
        return value -> {
            try {
                ExperimentFile file = unset(task).with(Map.of(key, value));
                file.check(key.split("\\.", 2)[0]);
                return true;
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException("%s, param %s: %s".formatted(parent.uid(), param, e.getMessage()), e);
            }
        };
    }

    /** The experiment with the value of this setting; as it is if what was chosen does not have the key. */
    ExperimentFile into(ExperimentFile file, Object value) {
        return file.get(key).isPresent() ? file.with(Map.of(key, value)) : file;
    }
}
