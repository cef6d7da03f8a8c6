package federa.head;

/** Losses and errors of several heads on the same texts or tokens, the first head being the one that is there already. */
final class Scores {

    /** Their number, then the loss and the errors of each head. */
    private final double[] sums;

    private int next;

    Scores(int candidates) {
        this(new double[1 + 2 * (1 + candidates)]);
    }

    Scores(double[] sums) {
        this.sums = sums;
    }

    double[] sums() {
        return sums;
    }

    /** Begins the next text or token. */
    void begin() {
        sums[0]++;
        next = 1;
    }

    /** Adds what the next head says of it. */
    void add(double[] scores, int ofClass) {
        double highest = Double.NEGATIVE_INFINITY;
        int best = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > highest) {
                highest = scores[i];
                best = i;
            }
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - highest);
        }
        sums[next++] += highest + Math.log(sum) - scores[ofClass];
        sums[next++] += best == ofClass ? 0 : 1;
    }

    /** The number of texts or tokens. */
    double count() {
        return sums[0];
    }

    /** The mean loss of a head. */
    double loss(int head) {
        return sums[1 + 2 * head] / count();
    }

    /** The share of errors of a head. */
    double errors(int head) {
        return sums[2 + 2 * head] / count();
    }

    /** The head of the lowest loss, the first of several. */
    int best() {
        int best = 0;
        for (int head = 1; 2 + 2 * head < sums.length; head++) {
            best = loss(head) < loss(best) ? head : best;
        }
        return best;
    }
}
