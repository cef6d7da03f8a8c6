package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;

/**
 * How the bytes of one file become records; it travels to the tasks.
 *
 * @param <V> what is made of a record
 */
@FunctionalInterface
interface Format<V> extends Serializable {

    /** The bytes are those of the file, already unpacked if it is a {@code .gz} or {@code .bz2}. */
    Rows<?, V> open(SplitFile file, InputStream bytes) throws IOException;
}
