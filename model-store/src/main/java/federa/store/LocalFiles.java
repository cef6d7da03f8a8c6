package federa.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local disk, without the processes: where Hadoop's native library is not installed, it starts {@code chmod} for
 * every file, checksum and directory that it makes, which takes longer than to write a client's examples.
 *
 * <p>Set as {@code spark.hadoop.fs.file.impl}.
 */
public final class LocalFiles extends LocalFileSystem {

    /** The setting that makes Hadoop use this class, where it does not reuse what it made before it was set. */
    public static final String KEY = "spark.hadoop.fs.file.impl";

    public LocalFiles() {
        super(new Raw());
    }

    private static final class Raw extends RawLocalFileSystem {

        @Override
        public void setPermission(Path path, FsPermission permission) throws IOException {
            PosixFileAttributeView file =
                    Files.getFileAttributeView(pathToFile(path).toPath(), PosixFileAttributeView.class);
            if (file == null || permission.getStickyBit()) {
                super.setPermission(path, permission); // Windows, or what Java's set of permissions lacks
            } else {
                file.setPermissions(PosixFilePermissions.fromString(permission.toString()));
            }
        }
    }
}
