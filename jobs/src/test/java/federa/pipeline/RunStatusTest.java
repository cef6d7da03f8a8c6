package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.ExperimentFile;
import federa.federated.BestRound;
import federa.fixture.Tiny;
import federa.pipeline.RunStatus.State;
import federa.store.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunStatusTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Test
    void aRunWithAllItsRoundsIsFinishedEvenIfALaterAttemptFailed() {
        assertThat(state(3, 1, Optional.of("the report failed"), 1000)).isEqualTo(State.FINISHED);
    }

    @Test
    void aRunThatSaidWhyItEndedHasFailed() {
        assertThat(state(2, 1, Optional.of("all clients failed"), 1)).isEqualTo(State.FAILED);
    }

    @Test
    void aRunIsRunningWhileItCommitsAndSilentAfterTenMinutesWithout() {
        assertThat(state(-1, 1, Optional.empty(), 9)).isEqualTo(State.RUNNING);
        assertThat(state(-1, 1, Optional.empty(), 11)).isEqualTo(State.SILENT);
        assertThat(state(2, 1, Optional.empty(), 9)).isEqualTo(State.RUNNING);
        assertThat(state(2, 1, Optional.empty(), 11)).isEqualTo(State.SILENT);
    }

    @Test
    void longRoundsAreWaitedForThreeTimesAsLong() {
        assertThat(state(2, 20 * 60, Optional.empty(), 59)).isEqualTo(State.RUNNING);
        assertThat(state(2, 20 * 60, Optional.empty(), 61)).isEqualTo(State.SILENT);
    }

    /** Of a run of three rounds, so many minutes after its last sign of life. */
    private static State state(int round, double seconds, Optional<String> failure, int minutes) {
        List<Runs.Committed> rounds = IntStream.rangeClosed(0, round)
                .mapToObj(r -> new Runs.Committed(r, 1, START, seconds))
                .toList();
        Runs.Glance run = new Runs.Glance(
                "run",
                "federa",
                1,
                START,
                ExperimentFile.toYaml(Tiny.experiment()),
                START,
                rounds,
                Map.of("accuracy", 0.5),
                new TreeMap<>(Map.of(0, Map.of("accuracy", 0.4), 1, Map.of("accuracy", 0.3))),
                failure);
        RunStatus status = RunStatus.of(run, START.plus(Duration.ofMinutes(minutes)));
        assertThat(status.round()).isEqualTo(round);
        assertThat(status.value()).isEqualTo(0.5);
        assertThat(status.best()).contains(new BestRound(0, 0.4));
        return status.state();
    }
}
