package federa.store;

import io.delta.storage.HDFSLogStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;

/**
 * Delta's log on a local disk, for any number of processes. Delta's own store looks whether a version is there and then
 * renames a file onto it, which two processes can do at once: one commit is lost. A hard link is made once or refused.
 *
 * <p>Set as {@code spark.delta.logStore.file.impl}.
 */
public final class LinkedLog extends HDFSLogStore {

    /** The setting that makes Delta use this class. */
    public static final String KEY = "spark.delta.logStore.file.impl";

    public LinkedLog(Configuration hadoop) {
        super(hadoop);
    }

    @Override
    public void write(
            org.apache.hadoop.fs.Path version, Iterator<String> actions, Boolean overwrite, Configuration hadoop)
            throws IOException {
        if (overwrite) {
            super.write(version, actions, true, hadoop);
            return;
        }
        Path target = Path.of(version.toUri().getPath());
        Path staged = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.write(staged, (Iterable<String>) () -> actions);
            Files.createLink(target, staged);
        } catch (FileAlreadyExistsException e) {
            throw e; // Delta's sign that another was faster
        } catch (FileSystemException | UnsupportedOperationException e) {
            throw new IOException(
                    "cannot write %s, which takes a file system with hard links: %s".formatted(target, e.getMessage()),
                    e);
        } finally {
            Files.deleteIfExists(staged);
        }
    }
}
