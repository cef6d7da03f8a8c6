package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;

/** How the bytes of one file become rows; it travels to the tasks. */
@FunctionalInterface
interface Format extends Serializable {

    /** The bytes are those of the file, already unpacked if it is a {@code .gz}. */
    Rows<?> open(SplitFile file, InputStream bytes) throws IOException;
}
