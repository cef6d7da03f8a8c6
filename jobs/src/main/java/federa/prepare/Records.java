package federa.prepare;

import java.io.IOException;

/** The records of one open file, in order. */
interface Records<T> {

    /**
     * The next record, or null after the last.
     *
     * @throws Malformed if this record cannot be used; the next call goes on behind it
     */
    T next() throws IOException, Malformed;

    /** Where the record of the last call starts: its line from 1, or its number in an archive. */
    long line();
}
