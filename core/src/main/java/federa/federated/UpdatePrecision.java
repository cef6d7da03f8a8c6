package federa.federated;

import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The numbers in which a client sends how it changed the model. Smaller ones are rounded up or down at random, so that the
 * mean error of each element is 0, however small the change is; the mean of many clients is then nearer than any of them.
 *
 * @see <a href="https://arxiv.org/abs/1610.02132">QSGD</a>, for why rounding must not favour a direction
 */
public enum UpdatePrecision {
    /** As it is, to the bit; 4 bytes an element. */
    FLOAT32 {
        @Override
        public TensorMap received(TensorMap sent, TensorMap update, long seed) {
            return update;
        }

        @Override
        void round(float[] change, RandomGenerator random) {
            // nothing to round
        }

        @Override
        long bytes(Tensor change) {
            return (long) Float.BYTES * change.values().length;
        }
    },
    /** The upper half of a float32: 8 bits of precision at any magnitude; 2 bytes an element. */
    BF16 {
        @Override
        void round(float[] change, RandomGenerator random) {
            for (int i = 0; i < change.length; i++) {
                // A carry into the upper half is as likely as the lower half is large.
                int carried = Float.floatToRawIntBits(change[i]) + (random.nextInt() >>> Short.SIZE);
                change[i] = Float.intBitsToFloat(carried & 0xFFFF0000);
            }
        }

        @Override
        long bytes(Tensor change) {
            return (long) Short.BYTES * change.values().length;
        }
    },
    /** Whole multiples, -127 to 127, of a float32 that each tensor has for itself; 1 byte an element and 4 a tensor. */
    INT8 {
        @Override
        void round(float[] change, RandomGenerator random) {
            double largest = 0;
            for (float value : change) {
                largest = Math.max(largest, Math.abs(value));
            }
            float unit = (float) (largest / Byte.MAX_VALUE);
            if (unit * (double) Byte.MAX_VALUE < largest) {
                unit = Math.nextUp(unit);
            }
            for (int i = 0; i < change.length; i++) {
                double multiple = unit == 0 ? 0 : Math.floor(change[i] / (double) unit + random.nextDouble());
                change[i] = (float) (multiple * unit);
            }
        }

        @Override
        long bytes(Tensor change) {
            return change.values().length + (long) Float.BYTES;
        }
    };

    /**
     * What arrives at the server of a client's update: x plus the rounded change of x, for each tensor x of the model. What a
     * client's algorithm sends besides arrives as it is.
     *
     * @param sent the model that the client began at
     * @param update what it is to send
     * @param seed of the rounding, other in every round and for every client
     */
    public TensorMap received(TensorMap sent, TensorMap update, long seed) {
        Map<String, Tensor> received = new TreeMap<>();
        update.asMap().forEach((name, tensor) -> {
            if (sent.contains(name)) {
                received.put(name, received(sent.get(name), tensor, Seeds.of(seed, name)));
            }
        });
        return update.with(new TensorMap(received));
    }

    private Tensor received(Tensor sent, Tensor update, long seed) {
        float[] change = new float[update.values().length];
        for (int i = 0; i < change.length; i++) {
            change[i] = update.values()[i] - sent.values()[i];
        }
        round(change, new SplittableRandom(seed));
        return sent.plus(new Tensor(sent.shape(), change));
    }

    /** Rounds in place, each element by a draw of its own. */
    abstract void round(float[] change, RandomGenerator random);

    /**
     * What an update weighs on the wire.
     *
     * @param sent the model that the client began at; of other tensors all are float32
     */
    public long bytes(TensorMap sent, TensorMap update) {
        return update.asMap().entrySet().stream()
                .mapToLong(tensor -> (sent.contains(tensor.getKey()) ? this : FLOAT32).bytes(tensor.getValue()))
                .sum();
    }

    abstract long bytes(Tensor change);
}
