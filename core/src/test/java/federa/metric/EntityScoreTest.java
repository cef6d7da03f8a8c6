package federa.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.annotations.SerializedName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EntityScoreTest {

    private static final Offset<Double> EXACT = within(1e-8); // the file has nine digits

    @Test
    void scoresWorkedByHand() {
        EntityScore score = new EntityScore(Entities.DEFAULT);
        add(score, "B-PER I-PER O B-LOC O", "B-PER I-PER O B-LOC I-LOC"); // PER right, LOC too long
        add(score, "O B-LOC O", "B-ORG B-LOC O"); // LOC right, an ORG too many

        assertThat(score.byType().keySet()).containsExactly("LOC", "ORG", "PER");
        assertThat(score.byType().get("LOC")).isEqualTo(new Tally(1, 2, 2));
        assertThat(score.byType().get("ORG")).isEqualTo(new Tally(0, 1, 0));
        assertThat(score.byType().get("PER")).isEqualTo(new Tally(1, 1, 1));
        assertThat(score.micro()).isEqualTo(new Tally(2, 4, 3));
        assertThat(score.micro().precision()).isEqualTo(2.0 / 4);
        assertThat(score.micro().recall()).isEqualTo(2.0 / 3);
        assertThat(score.micro().f1()).isEqualTo(4.0 / 7);
        assertThat(score.macroF1()).isCloseTo((0.5 + 0 + 1) / 3, EXACT);
    }

    @Test
    void withoutEntitiesAllIsZero() {
        EntityScore score = new EntityScore(Entities.STRICT);
        add(score, "O O", "O O");
        assertThat(score.byType()).isEmpty();
        assertThat(score.micro().precision()).isZero();
        assertThat(score.micro().recall()).isZero();
        assertThat(score.micro().f1()).isZero();
        assertThat(score.macroF1()).isZero();
    }

    @Test
    void partsAddUp() throws IOException, ClassNotFoundException {
        EntityScore one = new EntityScore(Entities.STRICT);
        add(one, "B-PER O", "B-PER B-LOC");
        EntityScore other = new EntityScore(Entities.STRICT);
        add(other, "B-PER O", "O B-ORG");
        EntityScore whole = new EntityScore(Entities.STRICT);
        add(whole, "B-PER O", "B-PER B-LOC");
        add(whole, "B-PER O", "O B-ORG");

        assertThat(one.plus(copy(other)).byType()).isEqualTo(whole.byType());
        assertThat(one.micro()).as("unchanged").isEqualTo(new Tally(1, 2, 1));
        assertThatThrownBy(() -> one.plus(new EntityScore(Entities.DEFAULT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot add scores of STRICT and DEFAULT");
    }

    @Test
    void aTagForEachWordIsNeeded() {
        EntityScore score = new EntityScore(Entities.DEFAULT);
        assertThatThrownBy(() -> score.add(List.of("O", "O"), List.of("O")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a sentence of 2 words has 1 predicted tags; both need one for each word");
    }

    @Test
    void scoresAreThoseOfSeqeval() {
        List<Case> cases = Cases.read("seqeval.jsonl", Case.class);
        assertThat(cases).hasSize(200);
        for (Case sentences : cases) {
            check(sentences, Entities.DEFAULT, sentences.byDefault);
            check(sentences, Entities.STRICT, sentences.strict);
        }
    }

    private static void check(Case sentences, Entities scheme, Expected expected) {
        EntityScore score = new EntityScore(scheme);
        for (int i = 0; i < sentences.gold.size(); i++) {
            add(score, sentences.gold.get(i), sentences.predicted.get(i));
        }
        String name = scheme + " " + sentences.gold + sentences.predicted;
        checkShares(name, score.micro(), expected.micro);
        assertThat(score.macroF1()).as(name).isCloseTo(expected.macroF1, EXACT);
        assertThat(score.byType().keySet())
                .as(name)
                .containsExactlyElementsOf(expected.types.stream()
                        .map(type -> (String) type.get(0))
                        .toList());
        for (List<Object> type : expected.types) {
            double[] shares = type.stream().skip(1).mapToDouble(v -> (Double) v).toArray();
            checkShares(name, score.byType().get((String) type.get(0)), shares);
        }
    }

    private static void checkShares(String name, Tally tally, double... shares) {
        assertThat(tally.precision()).as(name).isCloseTo(shares[0], EXACT);
        assertThat(tally.recall()).as(name).isCloseTo(shares[1], EXACT);
        assertThat(tally.f1()).as(name).isCloseTo(shares[2], EXACT);
    }

    private static void add(EntityScore score, String gold, String predicted) {
        score.add(List.of(gold.split(" ")), List.of(predicted.split(" ")));
    }

    private static EntityScore copy(EntityScore score) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(score);
        }
        return (EntityScore) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    }

    /** Sentences of tags, and what seqeval says of them. */
    private static final class Case {
        List<String> gold;
        List<String> predicted;

        @SerializedName("default")
        Expected byDefault;

        Expected strict;
    }

    /** Precision, recall and F1 of all, and of each type after its name. */
    private static final class Expected {
        double[] micro;
        double macroF1;
        List<List<Object>> types;
    }
}
