package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.spi.InvalidInputException;
import federa.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** What the user can mend ends with exit code 2, anything else with 1, wherever it was thrown. */
class BadInputExitCodeTest {

    @Test
    void whatTheUserCanMend() {
        assertThat(said(2, () -> {
                    throw new InvalidInputException("a.b is 5; make it 6\nand more");
                }))
                .isEqualTo("federa: a.b is 5; make it 6\n");
        assertThat(said(2, () -> {
                    throw new IllegalStateException("wrapped", new InvalidInputException("mend it"));
                }))
                .isEqualTo("federa: mend it\n");
        assertThat(said(2, () -> inTask("bad text"))).isEqualTo("federa: bad text\n");
    }

    @Test
    void anythingElse() {
        assertThat(said(1, () -> {
                    throw new StoreException("cannot reach the warehouse", new IOException("no route"));
                }))
                .isEqualTo("federa: cannot reach the warehouse\n");
        assertThat(said(1, () -> {
                    throw new UncheckedIOException("cannot write", new IOException("disk full"));
                }))
                .isEqualTo("federa: cannot write\n");
        assertThat(said(1, () -> Integer.valueOf("a bug"))).contains("a bug");
        assertThat(said(1, () -> {
                    throw new IllegalArgumentException("a wrong argument within the code");
                }))
                .isEqualTo("federa: a wrong argument within the code\n");
        assertThat(said(1, () -> {
                    throw new NullPointerException();
                }))
                .isEqualTo("federa: java.lang.NullPointerException\n");
    }

    @Test
    void aDiskThatIsFullHoweverSparkWrapsIt() {
        String told =
                "federa: No space left on device: the warehouse's disk, or that of spark.local.dir, is full; make room"
                        + " and start again with the same arguments, a run goes on after its last committed round\n";
        assertThat(said(1, () -> {
                    throw new StoreException("round 3", new IOException("No space left on device"));
                }))
                .isEqualTo(told);
        assertThat(said(1, () -> {
                    throw new IllegalStateException(
                            "Job aborted due to stage failure\n\tat x\nCaused by: java.io.IOException: No space left on device");
                }))
                .isEqualTo(told);
    }

    private static Integer inTask(String message) {
        return (int) JavaSparkContext.fromSparkContext(Outcome.spark().sparkContext())
                .parallelize(List.of(1, 2), 2)
                .map(i -> {
                    if (i > 0) {
                        throw new InvalidInputException(message);
                    }
                    return i;
                })
                .count();
    }

    @Command(name = "fake")
    private record Fake(Callable<Integer> work) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            return work.call();
        }
    }

    private static String said(int code, Callable<Integer> work) {
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream caught = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setErr(caught);
            assertThat(Launch.run(new Fake(work))).isEqualTo(code);
        } finally {
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
