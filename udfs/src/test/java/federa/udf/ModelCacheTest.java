package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.encoder.ModelRef;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {

    private static final String TEMPORARY = "java.io.tmpdir";

    @TempDir
    Path directory;

    private final String before = System.getProperty(TEMPORARY);
    private final Configuration hadoop = new Configuration();
    private Path model;

    /** A file system that is not the local one as far as anybody can tell. */
    public static final class Remote extends RawLocalFileSystem {

        @Override
        public URI getUri() {
            return URI.create("remote:///");
        }

        @Override
        public String getScheme() {
            return "remote";
        }
    }

    @BeforeEach
    void write() throws IOException {
        System.setProperty(TEMPORARY, directory.resolve("tmp").toString());
        hadoop.setClass("fs.remote.impl", Remote.class, org.apache.hadoop.fs.FileSystem.class);
        model = Files.createDirectories(directory.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
    }

    @AfterEach
    void restore() {
        System.setProperty(TEMPORARY, before);
    }

    @Test
    void aLocalModelIsUsedInPlace() {
        assertThat(ModelCache.local(new ModelRef("m", "file:" + model, "1"), hadoop))
                .isEqualTo(model);
    }

    @Test
    void aRemoteModelIsCopiedOnceAndKeptByItsDigest() throws IOException {
        ModelRef remote = new ModelRef("m", "remote:" + model, "abc");

        Path copy = ModelCache.local(remote, hadoop);
        Files.delete(model.resolve("config.json"));

        assertThat(copy).isEqualTo(directory.resolve("tmp/federa-models/abc"));
        assertThat(ModelCache.local(remote, hadoop)).isEqualTo(copy);
        assertThat(copy.resolve("config.json")).hasContent("{}");
        try (var files = Files.list(copy.getParent())) {
            assertThat(files).containsExactly(copy);
        }
    }
}
