package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommitsTest {

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aCommitGoesOnBesideWhatFollowsIt() throws InterruptedException {
        CountDownLatch trained = new CountDownLatch(1);
        try (Commits commits = new Commits.BesideTraining(() -> events.add("failed"))) {
            commits.add(() -> {
                wait(trained);
                events.add("committed 1");
            });
            events.add("trained 2"); // would never be reached if add() waited for its own commit
            trained.countDown();
        }
        assertThat(events).containsExactly("trained 2", "committed 1");
    }

    @Test
    void commitsFollowOneAnotherInOrder() {
        try (Commits commits = new Commits.BesideTraining(() -> events.add("failed"))) {
            for (int round = 1; round <= 50; round++) {
                int number = round;
                commits.add(() -> {
                    events.add("begin " + number);
                    Thread.yield();
                    events.add("end " + number);
                });
            }
        }
        List<String> expected = new ArrayList<>();
        for (int round = 1; round <= 50; round++) {
            expected.addAll(List.of("begin " + round, "end " + round));
        }
        assertThat(events).isEqualTo(expected);
    }

    @Test
    void aFailureStopsTheTrainingAndIsThrownBeforeTheNextCommitBegins() {
        try (Commits commits = new Commits.BesideTraining(() -> events.add("cancelled"))) {
            commits.add(() -> {
                throw new IllegalStateException("disk full");
            });
            assertThatThrownBy(() -> commits.add(() -> events.add("committed 2")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("disk full");
            assertThatThrownBy(commits::await).hasMessage("disk full");
        }
        assertThat(events).containsExactly("cancelled");
    }

    @Test
    void betweenRoundsACommitIsOverWhenItWasAddedAndItsFailureIsThrownAtOnce() {
        try (Commits commits = new Commits.BetweenRounds()) {
            commits.add(() -> events.add("committed 1"));
            events.add("trained 2");
            assertThatThrownBy(() -> commits.add(() -> {
                        throw new IllegalStateException("disk full");
                    }))
                    .hasMessage("disk full");
        }
        assertThat(events).containsExactly("committed 1", "trained 2");
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
