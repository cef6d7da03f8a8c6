package federa.task;

import static org.assertj.core.api.Assertions.assertThat;

import federa.task.Overlap.Stretch;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OverlapPropertiesTest {

    @Property
    void stretchesFitTheRoomCoverTheSequenceAndShareWhatTheyShould(
            @ForAll @IntRange(max = 400) int tokens,
            @ForAll @IntRange(min = 1, max = 60) int room,
            @ForAll @IntRange(max = 59) int wanted) {
        int shared = wanted % room;
        List<Stretch> stretches = Overlap.cut(tokens, room, shared);

        assertThat(stretches.get(0).from()).isZero();
        assertThat(stretches.get(stretches.size() - 1).to()).isEqualTo(tokens);
        assertThat(stretches).allMatch(stretch -> stretch.length() <= room);
        for (int i = 1; i < stretches.size(); i++) {
            assertThat(stretches.get(i - 1).to() - stretches.get(i).from()).isEqualTo(shared);
        }
    }

    @Property
    void aTokenIsOwnedByAStretchThatSeesItWithTheMostContext(
            @ForAll @IntRange(min = 1, max = 200) int tokens,
            @ForAll @IntRange(min = 1, max = 40) int room,
            @ForAll @IntRange(max = 39) int wanted,
            @ForAll @IntRange(max = 199) int any) {
        int token = any % tokens;
        List<Stretch> stretches = Overlap.cut(tokens, room, wanted % room);

        Stretch owner = stretches.get(Overlap.owner(stretches, token));

        assertThat(owner.contains(token)).isTrue();
        assertThat(stretches)
                .filteredOn(stretch -> stretch.contains(token))
                .allMatch(stretch -> stretch.context(token) <= owner.context(token));
    }
}
