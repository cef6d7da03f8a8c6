package federa.udf;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;

/**
 * Where a part of an update goes: all clients' parts of a piece of a tensor meet in one place, in the order of the clients,
 * so that a mean is always the same to the last bit.
 *
 * @param tensor its name, empty for the client's report
 * @param piece of the tensor, from 0
 * @param client whose part it is, or -1 for the mean of those so far
 */
public record UpdateKey(String tensor, int piece, int client) implements Serializable, Comparable<UpdateKey> {

    /** In the place of a client's id: before all of them. */
    private static final int ALL_SO_FAR = -1;

    private static final Comparator<UpdateKey> ORDER = Comparator.comparing(UpdateKey::tensor)
            .thenComparingInt(UpdateKey::piece)
            .thenComparingInt(UpdateKey::client);

    static UpdateKey ofTensor(String name, int piece, int client) {
        return new UpdateKey(name, piece, client);
    }

    static UpdateKey ofReport(int client) {
        return new UpdateKey("", 0, client);
    }

    /** Where the running mean of this piece goes. */
    UpdateKey ofMean() {
        return new UpdateKey(tensor, piece, ALL_SO_FAR);
    }

    /** Whether this is of the same piece of the same tensor. */
    boolean sharesMean(UpdateKey other) {
        return tensor.equals(other.tensor) && piece == other.piece;
    }

    @Override
    public int compareTo(UpdateKey other) {
        return ORDER.compare(this, other);
    }

    /** Spreads pieces of tensors over tasks. */
    public static final class ByPiece extends Partitioner {

        private static final long serialVersionUID = 1L;

        private final int partitions;

        public ByPiece(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return Math.floorMod(((UpdateKey) key).tensor().hashCode() + ((UpdateKey) key).piece(), partitions);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByPiece byPiece && byPiece.partitions == partitions;
        }

        @Override
        public int hashCode() {
            return partitions;
        }
    }
}
