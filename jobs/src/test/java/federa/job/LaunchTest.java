package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/** What a user is told of failures that have nothing to do with the data, and in which locale a job runs. */
class LaunchTest {

    private static final String GSON =
            "'com.google.gson.JsonElement com.google.gson.JsonParser.parseString(java.lang.String)'";

    /** Stands for a job that comes to an end like this. */
    @Command(name = "job")
    record Job(Callable<Integer> work) implements Callable<Integer> {

        @Override
        public Integer call() throws Exception {
            return work.call();
        }
    }

    @Test
    void aMethodThatSparksLibraryLacksIsToldWithTheJarItCameFrom() {
        for (Throwable failure : new Throwable[] {
            new NoSuchMethodError(GSON), // on the driver
            new SparkException("Job aborted due to stage failure: java.lang.NoSuchMethodError: " + GSON + "\n\tat x")
        }) {
            refused(failure, "com.google.gson.JsonParser of file:", "/gson-", ".jar does not fit (NoSuchMethodError: ");
        }
    }

    @Test
    void aClassThatNoJarHasIsToldByItsName() {
        refused(
                new NoClassDefFoundError("org/example/spark/Session"),
                "no jar has the class org.example.spark.Session (NoClassDefFoundError); submit this jar to a Spark 3.5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.io.FileNotFoundException: /w/tables/.x.crc (Permission denied)",
                "java.io.FileNotFoundException: /w/tables/x (Read-only file system)",
                "java.nio.file.FileSystemException: /w/tables/x: Read-only file system",
                "java.nio.file.AccessDeniedException: /w/tables",
                "Mkdirs failed to create file:/w/tables (exists=false, cwd=file:/)",
                "org.apache.hadoop.security.AccessControlException: Permission denied: user=me, inode=\"/w/tables\""
            })
    void aPlaceThatMayNotBeWrittenIsToldWithWhatToDo(String said) {
        refused(new SparkException("Task failed: " + said + "\n\tat x"), "may not write here: ", "/w/tables");
    }

    @Test
    void aJobRunsInTheRootLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try {
            assertThat(Launch.run(new Job(() -> "%d".formatted(12).equals("12") ? 7 : 8)))
                    .isEqualTo(7);
        } finally {
            Locale.setDefault(before);
        }
    }

    private static void refused(Throwable failure, String... parts) {
        PrintStream err = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        int code;
        try {
            code = Launch.run(new Job(() -> {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (Exception) failure;
            }));
        } finally {
            System.setErr(err);
        }
        new Outcome(code, "", told.toString(StandardCharsets.UTF_8)).refusedWith(parts);
    }
}
