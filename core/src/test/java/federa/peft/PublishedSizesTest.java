package federa.peft;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadKind;
import federa.engine.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published models have the numbers of parameters that papers give, and so have the methods on them. */
class PublishedSizesTest {

    private static final Path CONFIGS = Path.of("../model-store/models/configs");
    private static final Targets QUERY_AND_VALUE = new Targets(List.of("query", "value"));

    /** Of the bare encoder, without a pooler, as transformers counts them; its longest text. */
    @ParameterizedTest
    @CsvSource({
        "roberta-base, 124055040, 512",
        "roberta-large, 354310144, 512",
        "xlm-roberta-base, 277453056, 512",
        "deberta-v3-small, 141304320, 512",
        "deberta-v3-base, 183831552, 512",
    })
    void aPublishedModelHasItsNumberOfParameters(String name, long parameters, int maxTokens) {
        EncoderConfig config = config(name);
        assertThat(count(config.family().encoderShapes(config))).isEqualTo(parameters);
        assertThat(config.maxTokens()).isEqualTo(maxTokens);
    }

    /** Papers count RoBERTa-base with a pooler that its classifier does not use, H x H + H. */
    @Test
    void withItsPoolerRobertaBaseHasTheParametersOfThePapers() {
        EncoderConfig config = config("roberta-base");
        long pooler = (long) config.hidden() * config.hidden() + config.hidden();
        assertThat(count(config.family().encoderShapes(config)) + pooler).isEqualTo(124_645_632);
    }

    @ParameterizedTest
    @CsvSource({"2, 592130", "4, 593668", "20, 605972"})
    void theHeadOfRobertaBaseHas590592And769AClass(int labels, long parameters) {
        EncoderConfig config = config("roberta-base");
        assertThat(count(config.family().headShapes(HeadKind.SEQUENCE, config, labels)))
                .isEqualTo(590_592 + 769L * labels)
                .isEqualTo(parameters);
    }

    /** Every bias of the encoder, also of its LayerNorms and of the one over the embeddings; of no pooler or head. */
    @Test
    void bitFitTrainsTheBiasesOfRobertaBase() {
        assertTrained(new BitFit(), 102_144);
    }

    @ParameterizedTest
    @CsvSource({"8, 294912", "16, 589824", "32, 1179648", "64, 2359296"})
    void loraAndFederaTrainTheSameNumberOnQueryAndValueOfRobertaBase(int rank, long parameters) {
        assertTrained(new Lora(rank, rank, Scaling.STANDARD, QUERY_AND_VALUE), parameters);
        if (rank == 8) { // a decomposition costs the same for any rank
            assertTrained(new Federa(rank, rank, Scaling.STANDARD, QUERY_AND_VALUE), parameters);
        }
    }

    @Test
    void loraOnAllLinearLayersOfRobertaBase() {
        assertTrained(new Lora(8, 8, Scaling.STANDARD, new Targets(List.of("all-linear"))), 1_327_104);
    }

    @ParameterizedTest
    @CsvSource({"16, 608640", "64, 2379264"})
    void houlsbysAdaptersOnRobertaBase(int bottleneck, long parameters) {
        assertTrained(new Houlsby(bottleneck, Activation.RELU), parameters);
    }

    @ParameterizedTest
    @CsvSource({"64, 1189632", "128, 2370048"})
    void pfeiffersAdaptersOnRobertaBase(int bottleneck, long parameters) {
        assertTrained(new Pfeiffer(bottleneck, Activation.RELU, Pfeiffer.Placement.ADAPTER_HUB), parameters);
    }

    /**
     * Counts what a method trains on RoBERTa-base without its 124 million weights: no method trains embeddings' rows, and
     * every layer is like the others, so one and two layers tell how many twelve have.
     */
    private static void assertTrained(Method method, long parameters) {
        EncoderConfig base = config("roberta-base");
        long one = trained(method, slice(base, 1));
        long two = trained(method, slice(base, 2));
        assertThat(one + (base.layers() - 1) * (two - one)).isEqualTo(parameters);
    }

    private static long trained(Method method, EncoderConfig config) {
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel base = BaseModel.random(manager, config, 1)) {
            return method.initial(base, 1).parameters();
        }
    }

    /** The first layers of a model, over a vocabulary of two tokens. */
    private static EncoderConfig slice(EncoderConfig whole, int layers) {
        return new EncoderConfig(
                whole.modelType(),
                2,
                whole.hidden(),
                layers,
                whole.heads(),
                whole.feedForward(),
                8,
                whole.tokenTypes(),
                whole.relative(),
                whole.padId(),
                whole.layerNormEps(),
                whole.activation(),
                whole.dropout(),
                whole.initializerRange());
    }

    private static EncoderConfig config(String name) {
        return EncoderConfig.read(CONFIGS.resolve(name));
    }

    private static long count(Map<String, long[]> shapes) {
        return shapes.values().stream()
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .sum();
    }
}
