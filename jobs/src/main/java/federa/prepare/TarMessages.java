package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The files of a tar archive, one in memory at a time. Names that start with a dot are not data. */
final class TarMessages implements Records<TarMessages.Message> {

    record Message(String path, String text) {}

    private final InputStream bytes;
    private final Charset charset;
    private final TarArchiveInputStream archive;
    private long entries;

    TarMessages(InputStream bytes, Charset charset) {
        this.bytes = bytes;
        this.charset = charset;
        this.archive = new TarArchiveInputStream(bytes);
    }

    @Override
    public Message next() throws IOException, Malformed {
        TarArchiveEntry entry = nextFile();
        if (entry == null) {
            // To the very end, because only there gzip's checksum is compared.
            bytes.transferTo(OutputStream.nullOutputStream());
            return null;
        }

        if (entry.getSize() > Limits.RECORD_BYTES) {
            throw new Malformed(
                    "'%s' in the archive is longer than %s".formatted(entry.getName(), Limits.RECORD_BYTES_SHOWN));
        }
        return new Message(path(entry), new String(archive.readAllBytes(), charset));
    }

    /** The number of the entry in the archive, folders included. */
    @Override
    public long line() {
        return entries;
    }

    private TarArchiveEntry nextFile() throws IOException {
        TarArchiveEntry entry;
        do {
            entry = archive.getNextTarEntry();
            entries++;
        } while (entry != null && (!entry.isFile() || isHidden(path(entry))));
        return entry;
    }

    private static boolean isHidden(String path) {
        return path.substring(path.lastIndexOf('/') + 1).startsWith(".");
    }

    private static String path(TarArchiveEntry entry) {
        return entry.getName().startsWith("./") ? entry.getName().substring("./".length()) : entry.getName();
    }
}
