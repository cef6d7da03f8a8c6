package federa.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntitiesTest {

    @ParameterizedTest
    @EnumSource(Entities.class)
    void wellFormedTagsHaveOneReading(Entities scheme) {
        assertThat(in(scheme, "B-PER I-PER O B-LOC B-LOC I-LOC B-PER"))
                .containsExactly(
                        new Entity("PER", 0, 2),
                        new Entity("LOC", 3, 4),
                        new Entity("LOC", 4, 6),
                        new Entity("PER", 6, 7));
        assertThat(in(scheme, "O O")).isEmpty();
        assertThat(scheme.in(List.of())).isEmpty();
        assertThat(in(scheme, "B-creative-work I-creative-work")).containsExactly(new Entity("creative-work", 0, 2));
    }

    @Test
    void anInsideTagWithoutABeginningBeginsAnEntityOnlyByDefault() {
        assertThat(in(Entities.DEFAULT, "I-PER I-PER O I-LOC"))
                .containsExactly(new Entity("PER", 0, 2), new Entity("LOC", 3, 4));
        assertThat(in(Entities.STRICT, "I-PER I-PER O I-LOC")).isEmpty();
    }

    @Test
    void anInsideTagOfAnotherTypeEndsTheEntityAndBeginsOneOnlyByDefault() {
        assertThat(in(Entities.DEFAULT, "B-PER I-LOC I-LOC I-PER"))
                .containsExactly(new Entity("PER", 0, 1), new Entity("LOC", 1, 3), new Entity("PER", 3, 4));
        assertThat(in(Entities.STRICT, "B-PER I-LOC I-LOC I-PER")).containsExactly(new Entity("PER", 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "I-", "PER", "E-PER", "S-PER", "o", "b-PER"})
    void otherTagsAreRefused(String tag) {
        assertThatThrownBy(() -> Entities.DEFAULT.in(List.of("O", tag)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' is no IOB2 tag: use O, B-TYPE or I-TYPE", tag);
    }

    private static List<Entity> in(Entities scheme, String tags) {
        return scheme.in(List.of(tags.split(" ")));
    }
}
