package federa.pipeline;

import federa.engine.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What a run was computed with. */
final class Versions {

    private Versions() {}

    /** This project's version and commit, Spark, Java, PyTorch and the machine's architecture. */
    static Map<String, String> all() {
        Properties build = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("build.properties")) {
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("while reading build.properties", e);
        }
        Map<String, String> versions = new TreeMap<>();
        versions.put("federa", build.getProperty("version"));
        versions.put("git_commit", build.getProperty("commit"));
        versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
        versions.put("java", System.getProperty("java.version"));
        versions.put("pytorch", Torch.version());
        versions.put("arch", System.getProperty("os.arch"));
        return versions;
    }
}
