package federa.text;

import federa.spi.InvalidInputException;

/**
 * Bounds what a regular expression in a tokenizer file can cost. The native library's engine backtracks, and where it
 * has tried ten million ways at one place of a text it ends the process. Which text that is shows only in use, so
 * expressions that could get there are refused before.
 *
 * <p>What is accepted: alternatives in which at most one repetition is long, on a single character or class, and no
 * reference back. Those of GPT-2, RoBERTa and the converters of SentencePiece models are such.
 */
final class RegularExpression {

    private static final int MAX_LENGTH = 2000;
    private static final int MAX_DEPTH = 20;
    private static final int SHORT = 16; // times, that a repetition may add without being a long one
    private static final long MAX_WAYS = 10_000;

    /** The ways to match at one place besides a long repetition, whether there is one, and the fewest characters. */
    private record Cost(long ways, boolean isLong, int shortest) {

        Cost then(Cost next) {
            if (isLong && next.isLong) {
                throw new InvalidInputException("it has two long repetitions in a row");
            }
            return new Cost(bounded(ways * next.ways), isLong || next.isLong, shortest + next.shortest);
        }

        Cost or(Cost other) {
            return new Cost(bounded(ways + other.ways), isLong || other.isLong, Math.min(shortest, other.shortest));
        }

        private static long bounded(long ways) {
            if (ways > MAX_WAYS) {
                throw new InvalidInputException("it can match in more than %d ways".formatted(MAX_WAYS));
            }
            return ways;
        }
    }

    private final String pattern;
    private int at;

    private RegularExpression(String pattern) {
        this.pattern = pattern;
    }

    /**
     * The fewest characters that the expression matches.
     *
     * @throws InvalidInputException saying what in it could take too long
     */
    static int shortestMatch(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            throw new InvalidInputException("it has more than %d characters".formatted(MAX_LENGTH));
        }
        RegularExpression expression = new RegularExpression(pattern);
        Cost cost = expression.alternatives(0);
        if (expression.at < pattern.length()) {
            throw new InvalidInputException("it closes a group that it has not opened");
        }
        return cost.shortest;
    }

    private Cost alternatives(int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidInputException("it nests groups more than %d deep".formatted(MAX_DEPTH));
        }
        Cost cost = sequence(depth);
        while (isNext('|')) {
            at++;
            cost = cost.or(sequence(depth));
        }
        return cost;
    }

    private Cost sequence(int depth) {
        Cost cost = new Cost(1, false, 0);
        while (at < pattern.length() && !isNext('|') && !isNext(')')) {
            boolean isGroup = isNext('(');
            Cost atom = isGroup ? group(depth) : character();
            cost = cost.then(repeated(atom, isGroup));
        }
        return cost;
    }

    /** A group, kept or not, with or without flags, or one that only looks ahead or back and so takes no characters. */
    private Cost group(int depth) {
        at++;
        boolean looks = false;
        if (isNext('?')) {
            int colon = pattern.indexOf(':', at);
            if (colon > 0 && pattern.substring(at + 1, colon).matches("[imx]*")) {
                at = colon + 1;
            } else {
                looks = true;
                at++;
                at += isNext('<') ? 1 : 0;
                if (!isNext('=') && !isNext('!')) {
                    throw new InvalidInputException("it has a group of a kind that is not read");
                }
                at++;
            }
        }
        Cost cost = alternatives(depth + 1);
        if (!isNext(')')) {
            throw new InvalidInputException("it does not close a group");
        }
        at++;
        return looks ? new Cost(cost.ways, cost.isLong, 0) : cost;
    }

    private Cost character() {
        Cost one = new Cost(1, false, 1);
        switch (pattern.charAt(at)) {
            case '[' -> characterClass();
            case '\\' -> {
                return escape();
            }
            case '^', '$' -> {
                at++;
                return new Cost(1, false, 0);
            }
            default -> at++;
        }
        return one;
    }

    private Cost escape() {
        char escaped = at + 1 < pattern.length() ? pattern.charAt(at + 1) : 0;
        if (escaped == 0 || Character.isDigit(escaped) || escaped == 'k' || escaped == 'g' || escaped == 'X') {
            throw new InvalidInputException("it has a reference back, or an escape that is not read");
        }
        at += 2;
        if ((escaped == 'p' || escaped == 'P' || escaped == 'x') && isNext('{')) {
            at = after('}');
        }
        return new Cost(1, false, "bBAzZG".indexOf(escaped) < 0 ? 1 : 0);
    }

    private void characterClass() {
        at++;
        at += isNext('^') ? 1 : 0;
        if (isNext(']')) {
            at++;
        }
        while (!isNext(']')) {
            if (at >= pattern.length()) {
                throw new InvalidInputException("it does not close a class of characters");
            }
            if (isNext('[')) {
                characterClass();
            } else {
                at += isNext('\\') ? 2 : 1;
            }
        }
        at++;
    }

    private Cost repeated(Cost atom, boolean isGroup) {
        if (at >= pattern.length() || "?*+{".indexOf(pattern.charAt(at)) < 0) {
            return atom;
        }
        int least = isNext('+') ? 1 : 0;
        int most = isNext('?') ? 1 : Integer.MAX_VALUE;
        if (isNext('{')) {
            int end = after('}');
            String[] bounds = pattern.substring(at + 1, end - 1).split(",", -1);
            least = bounds[0].isEmpty() ? 0 : Integer.parseInt(bounds[0]);
            most = bounds.length == 1 ? least : bounds[1].isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(bounds[1]);
            at = end;
        } else {
            at++;
        }
        while (at < pattern.length() && (isNext('?') || isNext('+'))) { // lazy, or possessive
            at++;
        }
        if (most < least || least > MAX_LENGTH) {
            throw new InvalidInputException("it repeats something %d to %d times".formatted(least, most));
        }
        if (isGroup && most > 1) {
            throw new InvalidInputException("it repeats a group");
        }
        boolean isLong = most - least > SHORT;
        long ways = isLong ? atom.ways : atom.ways * (most - least + 1);
        return new Cost(1, false, 0).then(new Cost(ways, isLong || atom.isLong, atom.shortest * least));
    }

    private int after(char closing) {
        int end = pattern.indexOf(closing, at);
        if (end < 0) {
            throw new InvalidInputException("it does not close what '%c' opens".formatted(pattern.charAt(at)));
        }
        return end + 1;
    }

    private boolean isNext(char character) {
        return at < pattern.length() && pattern.charAt(at) == character;
    }
}
