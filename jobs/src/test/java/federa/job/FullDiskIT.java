package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse on a disk of a few megabytes, which a name space of mounts makes. Needs {@code ./mvnw package}. */
@Tag("cluster")
class FullDiskIT {

    private static final String[] FULL = {"method={kind: full}", "federation.rounds=4"};
    private static final List<String> MOUNTS = List.of("unshare", "--user", "--map-root-user", "--mount");

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void aRunWhoseDiskIsFullSaysSoAndEndsWithTheSameBitsOnceThereIsRoom() throws Exception {
        assumeTrue(succeeds("true"), "this user may not mount a disk of its own");
        Files.createDirectories(directory.resolve("disk"));
        Results whole = Tiny.train(Tiny.prepared(directory.resolve("whole")), "tiny", FULL);
        List<String> job = Submission.tinyRun(directory, "disk/warehouse", "--set", FULL[0], "--set", FULL[1]);
        String run = Submission.command(directory, Submission.LOCAL, Map.of(), job).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        Path script = Files.writeString(
                directory.resolve("full.sh"),
                """
                set -eu
                mount -t tmpfs -o size=SIZE tmpfs disk
                if RUN >first.out 2>first.err; then exit 3; fi
                mount -o remount,size=200m disk
                RUN >second.out 2>second.err
                """
                        .replace("SIZE", room())
                        .replace("RUN", run));

        assertThat(succeeds("sh " + script)).as(this::logs).isTrue();

        List<String> first = Files.readAllLines(directory.resolve("first.err"));
        assertThat(first.get(first.size() - 1)).startsWith("federa: No space left on device: the warehouse's disk");
        assertThat(first).as("the disk was full in a round, not before").anyMatch(line -> line.contains("round=0/"));
        assertThat(Files.readString(directory.resolve("second.err"))).contains("run tiny goes on after round");
        List<String> second = Files.readAllLines(directory.resolve("second.out"));
        assertThat(new ObjectMapper()
                        .readTree(second.get(second.size() - 1))
                        .get("adapters_sha256")
                        .asText())
                .isEqualTo(whole.last().adaptersSha256());
    }

    /** What the warehouse of the whole run has, but for two rounds' worth of tensors. */
    private String room() throws IOException {
        long adapters = size(directory.resolve("whole/tables/adapters"));
        return Long.toString(size(directory.resolve("whole")) - 2 * adapters / 5);
    }

    private static long size(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private boolean succeeds(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder().directory(directory.toFile());
        builder.command(
                Stream.concat(MOUNTS.stream(), Stream.of("sh", "-c", command)).toList());
        return builder.redirectErrorStream(true)
                        .redirectOutput(directory.resolve("mounts.log").toFile())
                        .start()
                        .waitFor()
                == 0;
    }

    private String logs() {
        try (var files = Files.list(directory)) {
            StringBuilder text = new StringBuilder();
            for (Path file :
                    files.filter(path -> path.toString().matches(".*(err|log)")).toList()) {
                text.append(file).append('\n').append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
