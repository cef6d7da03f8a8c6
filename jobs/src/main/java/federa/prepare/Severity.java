package federa.prepare;

/** What the problem of a record means for the others. */
enum Severity {
    NONE,

    /** This record is sound, but no example of this kind of data. */
    SKIPPED,

    /** This record is left out. */
    RECORD,

    /** The rest of the file is unreadable. */
    FILE
}
