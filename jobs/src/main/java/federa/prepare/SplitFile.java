package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One raw file and the split that its records belong to.
 *
 * @param path with its scheme, as Hadoop's FileSystem gives it
 * @param name the path below the folder that the configuration names, or the file's own name
 */
record SplitFile(String split, String path, String name) implements Serializable {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** The path as a person would type it. */
    String shown() {
        return path.startsWith("file:") ? path.substring("file:".length()).replaceFirst("^//", "") : path;
    }

    /** The extension in lower case without {@code .gz} or {@code .bz2}: csv, tsv, jsonl, tar...; empty if there is none. */
    String type() {
        String name = lower().substring(lower().lastIndexOf('/') + 1);
        if (name.endsWith(".tgz")) {
            return "tar";
        }

        String plain = name.replaceFirst("\\.(gz|bz2)$", "");
        return plain.contains(".") ? plain.substring(plain.lastIndexOf('.') + 1) : "";
    }

    /**
     * The bytes of the file, unpacked if its name ends with {@code .gz}, {@code .tgz} or {@code .bz2}, without a byte order mark.
     *
     * @throws Unusable if they are packed all the same, or UTF-16
     */
    InputStream open(Configuration hadoop) throws IOException {
        Path file = new Path(path);
        FileSystem fileSystem = file.getFileSystem(hadoop);
        // Hadoop's check sums of local files are in files named after them, and it cannot name one with a colon.
        boolean isOdd = fileSystem instanceof LocalFileSystem && hasColon();
        InputStream raw = (isOdd ? ((LocalFileSystem) fileSystem).getRaw() : fileSystem).open(file);
        try {
            return withoutMark(unpacked(raw));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** Whether Hadoop, and so Spark, cannot name what belongs to the file. */
    boolean hasColon() {
        return path.substring(path.lastIndexOf('/') + 1).contains(":");
    }

    private InputStream unpacked(InputStream raw) throws IOException {
        // All members of a packed file, since pieces may have been joined.
        if (lower().endsWith(".gz") || lower().endsWith(".tgz")) {
            return new GzipCompressorInputStream(raw, true);
        }
        return lower().endsWith(".bz2") ? new BZip2CompressorInputStream(raw, true) : raw;
    }

    /** Looks at the first bytes, which tell of what would otherwise be read as nonsense. */
    private InputStream withoutMark(InputStream bytes) throws IOException {
        PushbackInputStream marked = new PushbackInputStream(bytes, BYTE_ORDER_MARK.length);
        byte[] start = marked.readNBytes(BYTE_ORDER_MARK.length);
        if (Arrays.equals(start, BYTE_ORDER_MARK)) {
            return marked;
        }
        if (startsWith(start, 0x1F, 0x8B) || startsWith(start, 'B', 'Z', 'h') || startsWith(start, 'P', 'K', 3)) {
            throw new Unusable(
                    1,
                    "the file is packed, though its name does not say so; unpack it, or let the name end with .gz or .bz2");
        }
        if (startsWith(start, 0xFF, 0xFE) || startsWith(start, 0xFE, 0xFF)) {
            throw new Unusable(
                    1, "the file is UTF-16; convert it to UTF-8, for instance with iconv -f UTF-16 -t UTF-8");
        }
        marked.unread(start);
        return marked;
    }

    private static boolean startsWith(byte[] bytes, int... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (i >= bytes.length || bytes[i] != (byte) expected[i]) {
                return false;
            }
        }
        return true;
    }

    private String lower() {
        return path.toLowerCase(Locale.ROOT);
    }
}
