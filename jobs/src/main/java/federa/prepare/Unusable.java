package federa.prepare;

import java.io.IOException;

/** Why a whole file cannot be used: what follows the place where this was found would be guesswork. */
final class Unusable extends IOException {

    private final long line;

    Unusable(long line, String reason) {
        super(reason);
        this.line = line;
    }

    long line() {
        return line;
    }
}
