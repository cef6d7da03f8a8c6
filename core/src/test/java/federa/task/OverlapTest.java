package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.task.Overlap.Stretch;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlapTest {

    @Test
    void neighboursShareTheOverlapAndTheLastEndsWithTheTokens() {
        assertThat(Overlap.cut(10, 4, 1)).containsExactly(new Stretch(0, 4), new Stretch(3, 7), new Stretch(6, 10));
        assertThat(Overlap.cut(11, 4, 1)).endsWith(new Stretch(9, 11));
        assertThat(Overlap.cut(4, 4, 3)).containsExactly(new Stretch(0, 4));
        assertThat(Overlap.cut(0, 4, 3)).containsExactly(new Stretch(0, 0));
    }

    @Test
    void aTokenBelongsToTheStretchThatSeesMostAroundIt() {
        List<Stretch> stretches = Overlap.cut(10, 6, 4);
        assertThat(stretches).containsExactly(new Stretch(0, 6), new Stretch(2, 8), new Stretch(4, 10));
        for (int token = 0; token < 10; token++) {
            Stretch owner = stretches.get(Overlap.owner(stretches, token));
            int most = owner.context(token);
            int at = token;
            assertThat(owner.contains(token)).isTrue();
            assertThat(stretches)
                    .filteredOn(stretch -> stretch.contains(at))
                    .allMatch(stretch -> stretch.context(at) <= most);
        }
    }

    @Test
    void anOverlapThatLeavesNoStepIsRefused() {
        assertThatThrownBy(() -> new EntityRecognition(30).requireFits(32, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "task.overlap must be 0 to 29, got 30: with data.max-tokens 32 a part of a text has room for 30"
                                + " tokens");
        assertThatThrownBy(() -> new EntityRecognition(-1).requireFits(32, 2)).hasMessageContaining("task.overlap");
        assertThatThrownBy(() -> new QuestionAnswering(20, 40, 30, 5).requireFits(64, 4))
                .hasMessageContaining("task.overlap must be 0 to 19, got 20");
        new EntityRecognition(29).requireFits(32, 2);
        new QuestionAnswering(19, 40, 30, 5).requireFits(64, 4);
    }
}
