package federa.ml;

import federa.config.ExperimentFile;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * The params of the estimators that are keys of an experiment file. The resource {@code defaults.yaml}, an experiment file,
 * has their defaults; whether a value is valid the records say that the file is bound to.
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
    METHOD("method", "method.kind", "what trains: federa, lora, houlsby, pfeiffer, bitfit or full"),
    RANK("rank", "method.rank", "rank of the adapters of federa and lora"),
    LORA_ALPHA("loraAlpha", "method.alpha", "numerator of the adapters' scaling, of federa and lora"),
    TARGETS("targets", "method.targets", "the layers that carry an adapter, of federa and lora"),
    EPOCHS("epochs", "training.epochs", "passes over a client's examples in a round"),
    BATCH_SIZE("batchSize", "training.batch-size", "examples per step"),
    LEARNING_RATE("learningRate", "training.learning-rate", "highest learning rate of a round"),
    WARM_UP("warmUp", "training.warm-up", "share of a round's steps in which the rate rises, 0 to 1"),
    CLIP_NORM("clipNorm", "training.clip-norm", "largest norm of all gradients together, 0 for no clipping"),
    PROXIMAL("proximal", "training.proximal", "mu of FedProx, 0 for plain FedAvg"),
    WEIGHT_DECAY("weightDecay", "training.optimizer.weight-decay", "decay of everything that trains"),
    ROUNDS("rounds", "federation.rounds", "rounds in all"),
    CLIENTS_PER_ROUND("clientsPerRound", "federation.clients-per-round", "clients sampled for each round"),
    WEIGHTING("weighting", "federation.weighting", "how much an update counts: num-examples or uniform"),
    EVALUATE_EVERY("evaluateEvery", "evaluation.every", "evaluate the validation rows every so many rounds"),
    PRECISION("precision", "compute.precision", "of the encoder's layers: fp32 or bf16");

    /** The experiment of which every param is at its default. */
    static final ExperimentFile DEFAULTS = resource("defaults.yaml");

    private static final ExperimentFile CHOICES = resource("choices.yaml");

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

    /** Adds the param, with its default. */
    void declare(Params parent, ParamTable params) {
        Object value = standard();
        if (value instanceof Long) {
            params.add(new LongParam(parent, param, doc, valid(parent)), value);
        } else if (value instanceof Integer) {
            params.add(new IntParam(parent, param, doc, valid(parent)), value);
        } else if (value instanceof Double) {
            params.add(new DoubleParam(parent, param, doc, valid(parent)), value);
        } else if (value instanceof String[] texts) {
            params.add(new StringArrayParam(parent, param, doc, valid(parent)::apply), texts);
        } else {
            params.add(new Param<Object>(parent, param, doc, valid(parent)), value);
        }
    }

    /** The default. */
    private Object standard() {
        Object value = DEFAULTS.get(key).orElseThrow(() -> new IllegalStateException("no default of " + key));
        if (this == SEED) {
            return ((Number) value).longValue();
        }
        return value instanceof List<?> list ? list.toArray(String[]::new) : value;
    }

    /** Says more than Spark, which names the value only: throws what is wrong with it. */
    private Function1<Object, Object> valid(Params parent) {
        return value -> {
            try {
                ExperimentFile file = isChoice() ? into(DEFAULTS, value) : DEFAULTS.with(Map.of(key, value));
                file.check(key.split("\\.", 2)[0]);
                return true;
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException("%s, param %s: %s".formatted(parent.uid(), param, e.getMessage()), e);
            }
        };
    }

    /** The experiment with the value of this setting; as it is if what was chosen does not have the key. */
    ExperimentFile into(ExperimentFile file, Object value) {
        if (isChoice()) {
            String part = key.split("\\.", 2)[0];
            return file.with(Map.of(part, choice(part, value)));
        }
        return file.get(key).isPresent() ? file.with(Map.of(key, value)) : file;
    }

    /** A part of the experiment with all keys of a kind, or just with the kind's name if there is none such. */
    static Object choice(String part, Object kind) {
        return CHOICES.get(part + "." + kind).orElse(Map.of("kind", kind));
    }

    private boolean isChoice() {
        return key.endsWith(".kind");
    }

    private static ExperimentFile resource(String name) {
        try (InputStream in = Setting.class.getResourceAsStream(name)) {
            return ExperimentFile.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8), variable -> null);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + name, e);
        }
    }
}
