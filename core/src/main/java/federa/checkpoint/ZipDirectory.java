package federa.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the entries of a zip archive lie, from its central directory, zip64 included. Entries must be stored
 * uncompressed, as {@code torch.save} writes them, so that each is a plain range of the file.
 *
 * <p>Checksums are not verified: PyTorch can be told to write files without them.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE, sections 4.3.7 to 4.5.3</a>
 */
final class ZipDirectory {
    static final int LOCAL_HEADER = 0x04034b50;

    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_LOCATOR = 0x07064b50;

    private static final int END_BYTES = 22;
    private static final int END_64_BYTES = 56;
    private static final int END_64_LOCATOR_BYTES = 20;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    private static final int LONGEST_COMMENT = 0xffff;

    /** A range of the file. */
    record Range(long offset, long length) {}

    private ZipDirectory() {}

    static Map<String, Range> read(FileBytes bytes) {
        long end = findEnd(bytes);
        ByteBuffer record = bytes.slice(end, END_BYTES, "the zip end record");
        long size = Integer.toUnsignedLong(record.getInt(12));
        long offset = Integer.toUnsignedLong(record.getInt(16));
        if (end >= END_64_LOCATOR_BYTES) {
            ByteBuffer locator = bytes.slice(end - END_64_LOCATOR_BYTES, END_64_LOCATOR_BYTES, "the zip64 locator");
            if (locator.getInt(0) == END_64_LOCATOR) {
                ByteBuffer wide = bytes.slice(locator.getLong(8), END_64_BYTES, "the zip64 end record");
                require(bytes, wide.getInt(0) == END_64, "its zip64 end record is missing");
                size = wide.getLong(40);
                offset = wide.getLong(48);
            }
        }
        ByteBuffer directory = bytes.slice(offset, size, "the zip directory");
        Map<String, Range> entries = new HashMap<>();
        while (directory.remaining() >= CENTRAL_BYTES) {
            readEntry(bytes, directory, entries);
        }
        require(bytes, !directory.hasRemaining(), "its zip directory ends within an entry");
        return entries;
    }

    /** The end record is the last thing in the file but for a comment. */
    private static long findEnd(FileBytes bytes) {
        long first = Math.max(0, bytes.size() - END_BYTES - LONGEST_COMMENT);
        ByteBuffer tail = bytes.slice(first, bytes.size() - first, "the zip end record");
        for (int at = tail.limit() - END_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == END) {
                return first + at;
            }
        }
        throw new CheckpointException(
                bytes.file(), "truncated: a zip archive (pytorch_model.bin) without its end; fetch it again");
    }

    /** Reads one entry and moves the directory's position behind it. */
    private static void readEntry(FileBytes bytes, ByteBuffer directory, Map<String, Range> entries) {
        ByteBuffer header = directory.slice().order(directory.order());
        int nameLength = Short.toUnsignedInt(header.getShort(28));
        int extraLength = Short.toUnsignedInt(header.getShort(30));
        int commentLength = Short.toUnsignedInt(header.getShort(32));
        int length = CENTRAL_BYTES + nameLength + extraLength + commentLength;
        require(bytes, header.getInt(0) == CENTRAL_HEADER && length <= header.limit(), "its zip directory is broken");
        directory.position(directory.position() + length);

        String name = StandardCharsets.UTF_8
                .decode(header.slice(CENTRAL_BYTES, nameLength))
                .toString();
        boolean encrypted = (header.getShort(8) & 1) != 0;
        require(
                bytes,
                header.getShort(10) == 0 && !encrypted,
                "zip entry " + CheckpointException.quote(name)
                        + " is compressed or encrypted, torch.save stores plain");
        Sizes sizes = new Sizes(
                Integer.toUnsignedLong(header.getInt(24)),
                Integer.toUnsignedLong(header.getInt(20)),
                Integer.toUnsignedLong(header.getInt(42)));
        ByteBuffer extra = header.slice(CENTRAL_BYTES + nameLength, extraLength).order(header.order());
        sizes = sizes.widened(extra);
        require(
                bytes,
                sizes.plain == sizes.stored,
                "zip entry " + CheckpointException.quote(name) + " has two different sizes");

        ByteBuffer local = bytes.slice(sizes.header, LOCAL_BYTES, "zip entry " + CheckpointException.quote(name));
        require(bytes, local.getInt(0) == LOCAL_HEADER, "zip entry " + CheckpointException.quote(name) + " is missing");
        long data = sizes.header
                + LOCAL_BYTES
                + Short.toUnsignedInt(local.getShort(26))
                + Short.toUnsignedInt(local.getShort(28));
        bytes.requireInside(data, sizes.plain, "zip entry " + CheckpointException.quote(name));
        entries.put(name, new Range(data, sizes.plain));
    }

    /** Uncompressed size, compressed size and offset of the local header. */
    private record Sizes(long plain, long stored, long header) {
        private static final long IN_EXTRA = 0xffffffffL;

        /** The fields that are too large for 32 bits stand in extra field 1, in this order. */
        Sizes widened(ByteBuffer extra) {
            while (extra.remaining() >= 4) {
                int id = Short.toUnsignedInt(extra.getShort());
                int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
                if (id == 1) {
                    ByteBuffer wide = extra.slice(extra.position(), length).order(extra.order());
                    return new Sizes(widen(plain, wide), widen(stored, wide), widen(header, wide));
                }
                extra.position(extra.position() + length);
            }
            return this;
        }

        private static long widen(long narrow, ByteBuffer wide) {
            return narrow == IN_EXTRA && wide.remaining() >= Long.BYTES ? wide.getLong() : narrow;
        }
    }

    private static void require(FileBytes bytes, boolean holds, String problem) {
        if (!holds) {
            throw new CheckpointException(bytes.file(), "damaged: " + problem + "; fetch it again");
        }
    }
}
