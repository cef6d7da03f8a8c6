package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** What a command line came to: its exit code and what it printed, the log aside. */
record Outcome(int code, String out, String err) {

    /** Runs a command line such as {@code train --conf FILE} in this process, in the session of all tests. */
    static Outcome of(String... args) {
        spark();
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        try (PrintStream catchOut = new PrintStream(printed, true, StandardCharsets.UTF_8);
                PrintStream catchErr = new PrintStream(complaints, true, StandardCharsets.UTF_8)) {
            System.setOut(catchOut);
            System.setErr(catchErr);
            int code = Launch.run(new Federa(), args);
            return new Outcome(
                    code, printed.toString(StandardCharsets.UTF_8), complaints.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    static SparkSession spark() {
        return SharedSpark.session();
    }

    /** Checks that the user is told in exactly one line, and that it holds all of these. */
    Outcome refusedWith(String... parts) {
        assertThat(err).as("stderr").startsWith("federa: ").endsWith("\n");
        assertThat(err.lines()).as("stderr").hasSize(1);
        assertThat(err).contains(List.of(parts));
        assertThat(code).as(err).isEqualTo(2);
        return this;
    }

    /** Checks that nothing was complained about. */
    Outcome done() {
        assertThat(code).as(err).isZero();
        assertThat(err).isEmpty();
        return this;
    }

    /** The last line on stdout. */
    String lastLine() {
        List<String> lines = out.lines().toList();
        return lines.get(lines.size() - 1);
    }
}
