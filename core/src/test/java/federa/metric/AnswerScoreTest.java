package federa.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerScoreTest {

    @Test
    void answersAreComparedWithoutCasePunctuationArticlesAndSpace() {
        assertThat(AnswerScore.normalize(" The  Beatles' \t \"An\" anthem! ")).isEqualTo("beatles anthem");
        assertThat(AnswerScore.normalize("U.S.A. the-theatre a_b")).isEqualTo("usa thetheatre ab");
        assertThat(AnswerScore.normalize("\u201cNo\u201d\u00a0\u2013\u2003other"))
                .isEqualTo("\u201cno\u201d \u2013 other");
        assertThat(AnswerScore.normalize("the a an")).isEmpty();
    }

    @Test
    void f1CountsRepeatedWordsAsOftenAsBothHaveThem() {
        // predicted new new york, gold new york city: two common of three and three
        assertThat(AnswerScore.f1("New new York", "the New York City")).isCloseTo(2.0 / 3, within(1e-15));
        assertThat(AnswerScore.f1("a cat", "a dog")).isZero();
    }

    @Test
    void anEmptyPredictionIsExactlyRightForAnEmptyAnswerButHasNoF1() {
        assertThat(AnswerScore.exact("", "the")).isTrue();
        assertThat(AnswerScore.f1("", "the")).isZero();
        assertThat(AnswerScore.exact("", "x")).isFalse();
        assertThat(AnswerScore.f1("", "x")).isZero();
    }

    @Test
    void theBestGoldAnswerCountsAndPartsAddUp() {
        AnswerScore one = new AnswerScore();
        one.add("Denver Broncos", List.of("Broncos", "the Denver Broncos", "Panthers"));
        AnswerScore other = new AnswerScore();
        other.add("Denver", List.of("Denver Broncos", "Panthers"));

        AnswerScore both = one.plus(other);

        assertThat(both.questions()).isEqualTo(2);
        assertThat(both.exactMatch()).isEqualTo(0.5);
        assertThat(both.f1()).isCloseTo((1 + 2.0 / 3) / 2, within(1e-15));
        assertThat(new AnswerScore().exactMatch()).isZero();
        assertThat(new AnswerScore().f1()).isZero();
    }

    @Test
    void aQuestionWithoutAGoldAnswerIsRefused() {
        AnswerScore score = new AnswerScore();
        assertThatThrownBy(() -> score.add("x", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a question without a gold answer cannot be scored");
    }

    @Test
    void scoresAreThoseOfTheOfficialScript() {
        List<Case> cases = Cases.read("squad.jsonl", Case.class);
        assertThat(cases).hasSize(300);
        for (Case question : cases) {
            AnswerScore score = new AnswerScore();
            score.add(question.prediction, question.golds);
            String name = question.prediction + " for " + question.golds;
            assertThat(AnswerScore.normalize(question.prediction)).as(name).isEqualTo(question.normalized);
            assertThat(score.exactMatch()).as(name).isEqualTo(question.exact ? 1 : 0);
            assertThat(score.f1()).as(name).isCloseTo(question.f1, within(1e-12));
        }
    }

    /** A question as the official script scores it. */
    private static final class Case {
        String prediction;
        List<String> golds;
        String normalized;
        boolean exact;
        double f1;
    }
}
