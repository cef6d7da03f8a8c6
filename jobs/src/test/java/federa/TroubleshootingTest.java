package federa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages that docs/troubleshooting.md explains are those of the sources. */
class TroubleshootingTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern MESSAGE = Pattern.compile("`([^`]+)`");

    @Test
    void everyMessageIsInTheSources() throws IOException {
        String page = Files.readString(HOME.resolve("docs/troubleshooting.md"));
        List<String> messages = page.substring(0, page.indexOf("\n## Without a message of ours"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf(" | ")))
                .flatMap(cell -> MESSAGE.matcher(cell).results().map(message -> message.group(1)))
                .toList();
        String sources = sources();

        assertThat(messages).hasSizeGreaterThan(30);
        assertThat(messages.stream().flatMap(TroubleshootingTest::fixedParts))
                .allSatisfy(part -> assertThat(sources).contains(part));
    }

    /** What stands between the values of a message. */
    private static Stream<String> fixedParts(String message) {
        return Stream.of(message.split("\\.\\.\\."))
                .map(part -> part.replaceAll("^[',;() ]+|[',;() ]+$", ""))
                .filter(part -> !part.isEmpty());
    }

    /** All sources and the two scripts, with string literals that are cut over lines joined. */
    private static String sources() throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            return files.filter(file ->
                            file.toString().endsWith(".java") || file.endsWith("federa") || file.endsWith("mvnw"))
                    .filter(file -> !file.toString().contains("/src/test/") && Files.isRegularFile(file))
                    .map(TroubleshootingTest::read)
                    .map(source -> source.replaceAll("\"\\s*\\+\\s*\"", ""))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
