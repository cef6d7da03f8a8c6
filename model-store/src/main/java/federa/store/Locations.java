package federa.store;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Addresses that a user gives: local paths or the URIs of any file system that Hadoop knows. */
public final class Locations {

    private Locations() {}

    /**
     * The path that a text names.
     *
     * @param key option or configuration key that the text is from, for the message
     * @throws InvalidInputException if it is none
     */
    public static Path path(String key, String text) {
        try {
            return new Path(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "%s '%s' is not a path; give a directory or file, or a URI such as hdfs://host/path"
                            .formatted(key, text),
                    e);
        }
    }

    /**
     * The file system of a path.
     *
     * @throws InvalidInputException if there is none for its scheme
     */
    public static FileSystem fileSystem(String key, Path path, Configuration hadoop) throws IOException {
        try {
            return path.getFileSystem(hadoop);
        } catch (UnsupportedFileSystemException e) {
            throw new InvalidInputException(
                    "%s '%s': this Spark has no file system for that scheme; add its jar with --packages"
                            .formatted(key, path),
                    e);
        }
    }

    /** Writes a file beside its place and renames it, so that a reader sees the old one or the whole new one. */
    public static void write(FileSystem fs, Path file, byte[] content) throws IOException {
        Path staged = new Path(file.getParent(), "." + file.getName());
        try (OutputStream out = fs.create(staged, true)) {
            out.write(content);
        }
        fs.delete(file, false);
        if (!fs.rename(staged, file)) {
            throw new IOException("could not rename " + staged);
        }
    }
}
