package federa.prepare;

/** Why one record cannot be used; the records behind it can. */
final class Malformed extends Exception {

    Malformed(String reason) {
        // No stack trace: there may be one of these for every line of a wrong file.
        super(reason, null, false, false);
    }
}
