package federa.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** This machine's processor as Linux describes it: what a speed figure depends on before anything else. */
final class Processor {

    /** The extensions that matrix products use, as Linux calls them on x86-64 and on aarch64. */
    private static final List<String> PRODUCTS = List.of(
            "avx2",
            "fma",
            "avx512f",
            "avx_vnni",
            "avx512_vnni",
            "avx512_bf16",
            "amx_int8",
            "amx_bf16",
            "asimd",
            "asimddp",
            "i8mm",
            "bf16",
            "sve");

    private Processor() {}

    /** Its name, or the architecture where the system tells no name, as in most of aarch64. */
    static String name() {
        return line("model name").orElseGet(() -> System.getProperty("os.arch"));
    }

    /** Those of its extensions that matrix products use; empty where the system does not list them. */
    static String extensions() {
        List<String> has = line("flags")
                .or(() -> line("Features"))
                .map(flags -> Arrays.asList(flags.split(" ")))
                .orElse(List.of());
        return PRODUCTS.stream().filter(has::contains).collect(Collectors.joining(" "));
    }

    /** The value of the first line of /proc/cpuinfo with this key. */
    private static Optional<String> line(String key) {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("while reading " + file, e);
        }
    }
}
