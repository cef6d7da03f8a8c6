package federa.text;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Tokenizer files as published, which are not part of the project: in {@code -Dshared.tokenizers.dir=DIR}, or in a folder
 * {@code shared/tokenizers} beside the repository. Tests that want one that is not there are skipped.
 */
final class PublishedTokenizers {

    private PublishedTokenizers() {}

    static Path directory(String name) {
        Path all = Stream.of(
                        System.getProperty("shared.tokenizers.dir", "../../shared/tokenizers"),
                        "../../../shared/tokenizers")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of("../../shared/tokenizers"));
        assumeThat(all.resolve(name)).isDirectory();
        return all.resolve(name);
    }
}
