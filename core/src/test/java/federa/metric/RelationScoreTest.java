package federa.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RelationScoreTest {

    /** The order in which the file numbers the labels. */
    private static final List<String> LABELS = Stream.concat(
                    Stream.of(
                                    "Cause-Effect",
                                    "Component-Whole",
                                    "Content-Container",
                                    "Entity-Destination",
                                    "Entity-Origin",
                                    "Instrument-Agency",
                                    "Member-Collection",
                                    "Message-Topic",
                                    "Product-Producer")
                            .flatMap(relation -> Stream.of(relation + "(e1,e2)", relation + "(e2,e1)")),
                    Stream.of("Other"))
            .toList();

    @Test
    void aWrongDirectionIsAFalsePositiveAndAFalseNegative() {
        RelationScore score = new RelationScore();
        score.add("Cause-Effect(e1,e2)", "Cause-Effect(e1,e2)", 3);
        score.add("Cause-Effect(e1,e2)", "Cause-Effect(e2,e1)");
        score.add("Message-Topic(e2,e1)", "Other");
        score.add("Message-Topic(e2,e1)", "Message-Topic(e2,e1)");
        score.add("Other", "Cause-Effect(e2,e1)");
        score.add("Other", "Other", 100);

        assertThat(score.byRelation().keySet()).containsExactly("Cause-Effect", "Message-Topic");
        assertThat(score.byRelation().get("Cause-Effect")).isEqualTo(new Tally(3, 5, 4));
        assertThat(score.byRelation().get("Message-Topic")).isEqualTo(new Tally(1, 1, 2));
        assertThat(score.macroF1()).isCloseTo((6.0 / 9 + 2.0 / 3) / 2, within(1e-15));
    }

    @Test
    void aRelationThatTheGoldLabelsLackIsAnErrorButNotInTheMean() {
        RelationScore score = new RelationScore();
        score.add("Cause-Effect(e1,e2)", "Cause-Effect(e1,e2)");
        score.add("Cause-Effect(e1,e2)", "Entity-Origin(e1,e2)");
        assertThat(score.macroF1()).isCloseTo(2.0 / 3, within(1e-15));
        assertThat(new RelationScore().macroF1()).isZero();
    }

    @Test
    void partsAddUp() {
        RelationScore one = new RelationScore();
        one.add("Cause-Effect(e1,e2)", "Other", 2);
        RelationScore other = new RelationScore();
        other.add("Cause-Effect(e1,e2)", "Cause-Effect(e1,e2)");
        assertThat(one.plus(other).byRelation()).containsEntry("Cause-Effect", new Tally(1, 1, 3));
    }

    @Test
    void appliesToTheLabelsOfTheTaskOnly() {
        assertThat(RelationScore.applies(LABELS)).isTrue();
        assertThat(RelationScore.applies(List.of("Entity-Origin(e2,e1)"))).isTrue();
        assertThat(RelationScore.applies(List.of("Other"))).isFalse();
        assertThat(RelationScore.applies(List.of())).isFalse();
        assertThat(RelationScore.applies(List.of("Other", "Cause-Effect"))).isFalse();
        assertThat(RelationScore.applies(List.of("Other", "Cause-Effect(e1,e1)")))
                .isFalse();
        assertThat(RelationScore.applies(List.of("Other", "Cause-Effect(e1,e2)", "sports")))
                .isFalse();
        RelationScore score = new RelationScore();
        assertThatThrownBy(() -> score.add("Other", "sports"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'sports' is no label of SemEval-2010 Task 8");
    }

    @Test
    void scoresAreThoseOfTheOfficialScript() {
        List<Case> cases = Cases.read("semeval2010-task8.jsonl", Case.class);
        assertThat(cases).hasSize(30);
        for (Case examples : cases) {
            RelationScore score = new RelationScore();
            for (int[] pair : examples.pairs) {
                score.add(LABELS.get(pair[0]), LABELS.get(pair[1]));
            }
            assertThat(100 * score.macroF1()).isCloseTo(examples.percent, within(1e-9));
        }
    }

    /** Indices of the gold and the predicted label of each example, and the official score. */
    private static final class Case {
        List<int[]> pairs;
        double percent;
    }
}
