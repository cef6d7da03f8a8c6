package federa.udf;

import federa.encoder.ModelRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * Base models as local directories: used in place where the store is a local directory, otherwise copied once per
 * machine and kept by digest under {@code java.io.tmpdir}.
 */
final class ModelCache {

    private ModelCache() {}

    /** The local directory of a model. */
    static Path local(ModelRef model, Configuration hadoop) {
        org.apache.hadoop.fs.Path store = new org.apache.hadoop.fs.Path(model.uri());
        if ("file".equals(store.toUri().getScheme())) {
            return Path.of(store.toUri().getPath());
        }
        Path cached = Path.of(System.getProperty("java.io.tmpdir"), "federa-models", model.sha256());
        if (Files.isDirectory(cached)) {
            return cached;
        }
        Path staged = cached.resolveSibling(model.sha256() + "." + UUID.randomUUID());
        try {
            Files.createDirectories(staged);
            FileSystem fs = store.getFileSystem(hadoop);
            for (FileStatus file : fs.listStatus(store)) {
                try (InputStream in = fs.open(file.getPath())) {
                    Files.copy(in, staged.resolve(file.getPath().getName()));
                }
            }
            try {
                Files.move(staged, cached, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (!Files.isDirectory(cached)) { // otherwise another task of this machine was faster
                    throw e;
                }
            }
            return cached;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the model %s from %s".formatted(model.name(), store), e);
        }
    }
}
