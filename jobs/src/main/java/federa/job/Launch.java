package federa.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.prepare.Printable;
import federa.prepare.ReadFailure;
import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a job's command line: exit code 0, 2 for what the user can mend, 1 for anything else; one line says why. */
final class Launch {

    private Launch() {}

    static void main(Object job, String... args) {
        int code = run(job, args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /**
     * Runs a job in this process and returns its exit code. The process goes on in the root locale: in some others, numbers
     * have digits that neither Delta nor this project could read again from a file's name.
     */
    static int run(Object job, String... args) {
        Locale.setDefault(Locale.ROOT);
        try {
            return new CommandLine(job)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setParameterExceptionHandler((e, a) -> complain(e.getMessage() + meant(e), ExitCode.USAGE))
                    .setExecutionExceptionHandler((e, line, result) -> explain(e))
                    .execute(args);
        } catch (LinkageError e) {
            return complain(WrongLibrary.of(e).orElseGet(e::toString), ExitCode.USAGE);
        }
    }

    /** A job or an option of a similar name, if there is one. */
    private static String meant(ParameterException e) {
        List<String> similar =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return similar.isEmpty() ? "" : " (did you mean '%s'?)".formatted(similar.get(0));
    }

    private static int explain(Exception e) {
        Logger log = LoggerFactory.getLogger(Launch.class); // not before: without Spark's jars there is no logger
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException && cause.getMessage() != null) { // of the driver, or of a task
                log.debug("refused", e);
                return complain(cause.getMessage(), ExitCode.USAGE);
            }
        }
        Optional<String> unreadable = ReadFailure.of(e);
        if (unreadable.isPresent()) {
            log.debug("refused", e);
            return complain(
                    "a file is damaged or gone (%s); restore it, or remove what it belongs to and make that again"
                            .formatted(unreadable.get()),
                    ExitCode.USAGE);
        }
        Optional<String> full = FullDisk.of(e);
        if (full.isPresent()) {
            log.debug("failed", e);
            return complain(
                    ("%s: the warehouse's disk, or that of spark.local.dir, is full; make room and start again with the same"
                                    + " arguments, a run goes on after its last committed round")
                            .formatted(full.get()),
                    ExitCode.SOFTWARE);
        }
        Optional<String> mend = WrongLibrary.of(e).or(() -> WriteRefused.of(e));
        if (mend.isPresent()) {
            log.debug("failed", e);
            return complain(mend.get(), ExitCode.USAGE);
        }
        log.error("failed", e);
        return complain(e.getMessage() == null ? e.toString() : e.getMessage(), ExitCode.SOFTWARE);
    }

    private static int complain(String message, int code) {
        String first = message.strip().split("\n", 2)[0].strip(); // Spark's messages go on for many lines
        System.err.println("federa: " + (first.isEmpty() ? "failed" : Printable.of(first)));
        return code;
    }

    /** Prints a result as the last line, one JSON object, for scripts. */
    static void printJson(Map<String, Object> result) {
        System.out.println(json(result));
    }

    static String json(Map<String, Object> result) {
        return Json.of(result);
    }

    /** A class of its own, so that this one can say what is missing where Jackson is, which comes with Spark. */
    private static final class Json {

        static String of(Map<String, Object> result) {
            try {
                return new ObjectMapper().writeValueAsString(result);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a map of plain values can always be written", e);
            }
        }
    }
}
