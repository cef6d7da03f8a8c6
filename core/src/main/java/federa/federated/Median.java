package federa.federated;

/**
 * The median of what the clients have for each element; of an even number of clients, the mean of the two in the middle.
 * Weights do not count. Holds as long as more than half of the clients are honest.
 *
 * @see <a href="https://arxiv.org/abs/1803.01498">Byzantine-robust distributed learning, definition 1</a>
 */
public record Median() implements OrderStatistic {

    @Override
    public double of(float[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : ((double) sorted[middle - 1] + sorted[middle]) / 2;
    }
}
