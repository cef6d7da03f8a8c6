package federa.prepare;

/** A word of a sentence and its tag, as one line of a file has them. */
record Word(long line, String text, String tag) {}
