package federa.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.Tiny;
import federa.encoder.EncoderConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {

    private static final EncoderConfig CONFIG = Tiny.config(0);
    private static final String LAYER0 = "roberta.encoder.layer.0.";
    private static final String LAYER1 = "roberta.encoder.layer.1.";

    @Test
    void anEntryIsTheLastPartOfALayersName() {
        assertThat(targets("query", "value"))
                .containsExactly(
                        LAYER0 + "attention.self.query",
                        LAYER0 + "attention.self.value",
                        LAYER1 + "attention.self.query",
                        LAYER1 + "attention.self.value");
        assertThat(targets("output.dense"))
                .containsExactly(
                        LAYER0 + "attention.output.dense",
                        LAYER0 + "output.dense",
                        LAYER1 + "attention.output.dense",
                        LAYER1 + "output.dense");
    }

    @Test
    void aPartOfAWordIsNotAName() {
        assertThat(new Targets(List.of("ery")).matches(LAYER0 + "attention.self.query"))
                .isFalse();
    }

    @Test
    void anEntryCanBeAPatternForTheWholeName() {
        assertThat(targets(".*layer\\.1\\..*(query|key)"))
                .containsExactly(LAYER1 + "attention.self.key", LAYER1 + "attention.self.query");
        assertThat(new Targets(List.of("layer.1")).matches(LAYER1 + "attention.self.key"))
                .isFalse();
    }

    @Test
    void allLinearIsEveryLinearLayerOfTheEncoder() {
        assertThat(targets("all-linear"))
                .hasSize(2 * 6)
                .containsExactlyInAnyOrderElementsOf(
                        CONFIG.family().linearLayers(CONFIG).keySet());
        assertThat(targets("all-linear")).noneMatch(name -> name.contains("embeddings") || name.contains("LayerNorm"));
    }

    @Test
    void aLayerCountsOnceHoweverManyEntriesNameIt() {
        assertThat(targets("query", ".*query", "all-linear")).hasSize(12);
    }

    @Test
    void shapesAreThoseOfTheWeights() {
        assertThat(new Targets(List.of("intermediate.dense")).of(CONFIG).values())
                .allSatisfy(shape -> assertThat(shape).containsExactly(32, 16));
        assertThat(new Targets(List.of(".*\\d\\.output\\.dense")).of(CONFIG).values())
                .allSatisfy(shape -> assertThat(shape).containsExactly(16, 32));
    }

    @Test
    void anEntryThatMatchesNothingIsNamedWithLayersThatExist() {
        assertThatThrownBy(() -> targets("query", "q_proj"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("method.targets: 'q_proj' matches no linear layer")
                .hasMessageContaining(LAYER0 + "attention.self.query");
    }

    @Test
    void entriesMustBeThereAndBePatterns() {
        assertThatThrownBy(() -> new Targets(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("method.targets must name at least one layer, such as query");
        assertThatThrownBy(() -> new Targets(List.of("query(")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("method.targets: 'query(' is not a name or pattern");
    }

    private static List<String> targets(String... entries) {
        return List.copyOf(new Targets(List.of(entries)).of(CONFIG).keySet());
    }
}
