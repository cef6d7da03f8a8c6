package federa.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file as read-only mapped memory with every access checked against its length.
 *
 * <p>A file that fits in one Java buffer is mapped once; of a larger one each slice is mapped by itself. Slices outlive
 * {@link #close}. As with any mapping, the file must not be cut short while it is in use.
 */
final class FileBytes implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer whole;

    private FileBytes(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
        this.whole = size <= Integer.MAX_VALUE ? channel.map(FileChannel.MapMode.READ_ONLY, 0, size) : null;
    }

    static FileBytes open(Path file) {
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file, "is a directory; give the weight file itself");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            return new FileBytes(file, channel);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file, "no such file; check the path", e);
        } catch (IOException e) {
            closeAfter(e, channel);
            throw new CheckpointException(file, "cannot be read (" + e + "); check its permissions", e);
        }
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    /** Bytes [offset, offset + length) as a little-endian view; {@code what} is named if the file ends before. */
    ByteBuffer slice(long offset, long length, String what) {
        requireInside(offset, length, what);
        if (length > Integer.MAX_VALUE) {
            throw new CheckpointException(file, what + " is larger than 2 GiB, which is not supported");
        }
        if (whole != null) {
            return whole.slice((int) offset, (int) length).order(ByteOrder.LITTLE_ENDIAN);
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read at byte " + offset + " (" + e + ")", e);
        }
    }

    void requireInside(long offset, long length, String what) {
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw new CheckpointException(
                    file,
                    String.format(
                            "truncated or damaged: %s needs %d bytes from byte %d, the file has %d; fetch it again",
                            what, length, offset, size));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeAfter(IOException first, FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }
}
