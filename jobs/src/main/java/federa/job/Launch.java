package federa.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.prepare.ReadFailure;
import federa.spi.InvalidInputException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Runs a job's command line: exit code 0, 2 for what the user can mend, 1 for anything else; one line says why. */
final class Launch {

    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

    private Launch() {}

    static void main(Object job, String... args) {
        int code = run(job, args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs a job in this process and returns its exit code. */
    static int run(Object job, String... args) {
        return new CommandLine(job)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, a) -> complain(e.getMessage(), ExitCode.USAGE))
                .setExecutionExceptionHandler((e, line, result) -> explain(e))
                .execute(args);
    }

    private static int explain(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException) { // of the driver, or of a task
                LOG.debug("refused", e);
                return complain(cause.getMessage(), ExitCode.USAGE);
            }
        }
        Optional<String> unreadable = ReadFailure.of(e);
        if (unreadable.isPresent()) {
            LOG.debug("refused", e);
            return complain(
                    "a file is damaged or gone (%s); restore it, or remove what it belongs to and make that again"
                            .formatted(unreadable.get()),
                    ExitCode.USAGE);
        }
        Optional<String> full = FullDisk.of(e);
        if (full.isPresent()) {
            LOG.debug("failed", e);
            return complain(
                    ("%s: the warehouse's disk, or that of spark.local.dir, is full; make room and start again with the same"
                                    + " arguments, a run goes on after its last committed round")
                            .formatted(full.get()),
                    ExitCode.SOFTWARE);
        }
        LOG.error("failed", e);
        return complain(e.getMessage() == null ? e.toString() : e.getMessage(), ExitCode.SOFTWARE);
    }

    private static int complain(String message, int code) {
        System.err.println("federa: " + message.lines().findFirst().orElse("failed"));
        return code;
    }

    /** Prints a result as the last line, one JSON object, for scripts. */
    static void printJson(Map<String, Object> result) {
        System.out.println(json(result));
    }

    static String json(Map<String, Object> result) {
        try {
            return new ObjectMapper().writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of plain values can always be written", e);
        }
    }
}
