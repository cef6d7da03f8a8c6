package federa.store;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
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

    /**
     * Writes a file beside its place and renames it, so that whoever reads meanwhile sees the old one or the whole new one.
     * Of several who write it at once, one is the last.
     */
    public static void write(FileSystem fs, Path file, byte[] content) throws IOException {
        Path staged = new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
        if (isLocal(fs)) {
            writeLocal(onDisk(fs, staged), onDisk(fs, file), content);
            return;
        }
        try {
            try (OutputStream out = fs.create(staged, false)) {
                out.write(content);
            }
            FileContext.getFileContext(fs.getUri(), fs.getConf()).rename(staged, file, Options.Rename.OVERWRITE);
        } finally {
            fs.delete(staged, false);
        }
    }

    /** Below Hadoop, whose checksum is a file of its own and could not be renamed together with this one. */
    private static void writeLocal(java.nio.file.Path staged, java.nio.file.Path file, byte[] content)
            throws IOException {
        Files.createDirectories(file.getParent());
        try {
            Files.write(staged, content);
            Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
            Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    private static boolean isLocal(FileSystem fs) {
        return "file".equals(fs.getUri().getScheme());
    }

    private static java.nio.file.Path onDisk(FileSystem fs, Path path) {
        return java.nio.file.Path.of(fs.makeQualified(path).toUri().getPath());
    }

    /**
     * Gives a directory with something in it its place, of which nobody sees a part: the place is the first one's.
     *
     * @throws FileAlreadyExistsException if something is there already
     */
    static void publish(FileSystem fs, Path staged, Path place) throws IOException {
        if (!isLocal(fs)) {
            FileContext.getFileContext(fs.getUri(), fs.getConf()).rename(staged, place);
            return;
        }
        // Hadoop looks first and moves then, and what was put there meanwhile gets the directory inside it.
        java.nio.file.Path target = onDisk(fs, place);
        try {
            Files.move(onDisk(fs, staged), target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(target)) {
                throw e;
            }
            FileAlreadyExistsException taken = new FileAlreadyExistsException(place + " is there already");
            taken.initCause(e);
            throw taken;
        }
    }
}
