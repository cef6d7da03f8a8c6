package federa.udf;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;

/**
 * Where a part of an update goes: all clients' parts of a tensor meet in one place, in the order of the clients, so that
 * a mean is always the same to the last bit.
 *
 * @param tensor its name, empty for the client's report
 */
public record UpdateKey(String tensor, int client) implements Serializable, Comparable<UpdateKey> {

    private static final Comparator<UpdateKey> ORDER =
            Comparator.comparing(UpdateKey::tensor).thenComparingInt(UpdateKey::client);

    static UpdateKey ofTensor(String name, int client) {
        return new UpdateKey(name, client);
    }

    static UpdateKey ofReport(int client) {
        return new UpdateKey("", client);
    }

    boolean isReport() {
        return tensor.isEmpty();
    }

    @Override
    public int compareTo(UpdateKey other) {
        return ORDER.compare(this, other);
    }

    /** Spreads tensors over tasks by name. */
    public static final class ByTensor extends Partitioner {

        private static final long serialVersionUID = 1L;

        private final int partitions;

        public ByTensor(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return Math.floorMod(((UpdateKey) key).tensor().hashCode(), partitions);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByTensor byTensor && byTensor.partitions == partitions;
        }

        @Override
        public int hashCode() {
            return partitions;
        }
    }
}
