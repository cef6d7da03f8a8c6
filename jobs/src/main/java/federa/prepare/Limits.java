package federa.prepare;

/**
 * How large one record of a raw file may be. Whatever is larger is no example of anything, but a file that is not what it
 * seems, for instance a few hundred kilobytes of gzip that unpack to gigabytes; a task must be able to refuse it before its
 * memory is full.
 */
final class Limits {

    /** Bytes of a record, that of a line included. */
    static final int RECORD_BYTES = 16 << 20;

    /** {@link #RECORD_BYTES} in words. */
    static final String RECORD_BYTES_SHOWN = "16 MiB";

    /** Fields, words, lines or JSON tokens of a record. Each costs many times its bytes in memory. */
    static final int PARTS = 1_000_000;

    private Limits() {}
}
