package federa.prepare;

/** Why a sound record is no example of this kind of data: it is counted, but not as malformed. */
final class Skipped extends Exception {

    Skipped(String reason) {
        super(reason, null, false, false);
    }
}
