package federa.udf;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;

/**
 * Where a part of an update goes: all clients' parts of a slice of a block meet in one place, in ascending order of the
 * clients, so that an aggregate is always the same to the last bit.
 *
 * @param block its name, see {@link federa.federated.Aggregator#block}; empty for the client's report
 * @param slice of the block, from 0
 * @param client whose part it is, or -1 for the partial aggregate of those so far
 */
public record BlockKey(String block, int slice, int client) implements Serializable, Comparable<BlockKey> {

    /** In the place of a client's id: before all of them. */
    private static final int ALL_SO_FAR = -1;

    private static final Comparator<BlockKey> ORDER = Comparator.comparing(BlockKey::block)
            .thenComparingInt(BlockKey::slice)
            .thenComparingInt(BlockKey::client);

    static BlockKey ofReport(int client) {
        return new BlockKey("", 0, client);
    }

    /** Where the partial aggregate of this slice goes. */
    BlockKey ofPartial() {
        return new BlockKey(block, slice, ALL_SO_FAR);
    }

    /** Whether this is of the same slice of the same block. */
    boolean meets(BlockKey other) {
        return block.equals(other.block) && slice == other.slice;
    }

    @Override
    public int compareTo(BlockKey other) {
        return ORDER.compare(this, other);
    }

    /** Spreads slices of blocks over tasks. */
    public static final class BySlice extends Partitioner {

        private static final long serialVersionUID = 1L;

        private final int partitions;

        public BySlice(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return Math.floorMod(((BlockKey) key).block().hashCode() + ((BlockKey) key).slice(), partitions);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof BySlice bySlice && bySlice.partitions == partitions;
        }

        @Override
        public int hashCode() {
            return partitions;
        }
    }
}
