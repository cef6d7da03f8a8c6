package federa.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Low-rank adapters that start from a part of the pre-trained weight. The base keeps the frozen residual W - s B0 A0, so the
 * model of round 0 is the pre-trained one whatever the start is.
 *
 * <p>The start is computed once, on the driver, in double precision. Clients only subtract: their own decompositions would
 * differ in signs and, for equal singular values, in directions.
 */
interface ResidualLora extends Method {

    int rank();

    double alpha();

    Scaling scaling();

    Targets targets();

    /**
     * The first A (r, in) and B (out, r) of a layer, under their names.
     *
     * @param weight of the layer (out, in), float64; what is needed meanwhile belongs to its manager
     */
    Map<String, Tensor> start(String layer, NDArray weight);

    @Override
    default void requireFits(EncoderConfig config) {
        LowRank.requireFits(rank(), targets(), config);
    }

    /** Decomposes as many matrices side by side as the caller's thread may use native threads, each with one. */
    @Override
    default TensorMap initial(BaseModel base, long seed) {
        requireFits(base.config());
        List<Callable<Map<String, Tensor>>> decompositions = new ArrayList<>();
        for (String layer : targets().of(base.config()).keySet()) {
            decompositions.add(() -> {
                // Threads would change the last bits, and LAPACK makes little use of them.
                Torch.threads(1);
                try (NDManager scratch = base.newSubManager()) {
                    return start(layer, base.read(layer + ".weight", scratch).toType(DataType.FLOAT64, true));
                }
            });
        }
        Map<String, Tensor> tensors = new TreeMap<>();
        ExecutorService workers = Executors.newFixedThreadPool(Torch.threads());
        try {
            for (Future<Map<String, Tensor>> decomposition : workers.invokeAll(decompositions)) {
                tensors.putAll(decomposition.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while decomposing the weights", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("while decomposing the weights", e.getCause());
        } finally {
            workers.shutdownNow();
        }
        return new TensorMap(tensors);
    }

    @Override
    default TensorMap anchor(TensorMap initial) {
        return initial.where(name -> name.endsWith("." + LoraLinear.A) || name.endsWith("." + LoraLinear.B));
    }

    /** The residual W - s B0 A0 of a target's weight. */
    @Override
    default NDArray frozen(String name, NDArray tensor, TensorMap anchor) {
        String layer = name.endsWith(".weight") ? name.substring(0, name.length() - ".weight".length()) : name;
        if (!anchor.contains(layer + "." + LoraLinear.A)) {
            return tensor;
        }
        try (NDManager scratch = tensor.getManager().newSubManager()) {
            NDArray a = Torch.toArray(scratch, anchor.get(layer + "." + LoraLinear.A));
            NDArray b = Torch.toArray(scratch, anchor.get(layer + "." + LoraLinear.B));
            return tensor.sub(b.matMul(a).mul(scaling().of(alpha(), rank())));
        }
    }

    @Override
    default OptionalDouble scale() {
        return OptionalDouble.of(scaling().of(alpha(), rank()));
    }

    @Override
    default Linear linear(Wiring wiring, String name, int in, int out) {
        return LowRank.linear(wiring, name, in, out, rank(), scaling().of(alpha(), rank()), targets());
    }

    /**
     * The change s (B A - B0 A0) of W as a LoRA of rank 2r: A and A0 one below the other, B and -B0 side by side, with the
     * alpha that leaves s as it is.
     */
    @Override
    default OrdinaryLora ordinaryLora(TensorMap trained, TensorMap anchor) {
        Map<String, Tensor> tensors = new TreeMap<>(trained.asMap());
        anchor.asMap().forEach((name, start) -> {
            Tensor now = trained.get(name);
            tensors.put(name, name.endsWith(OrdinaryLora.A) ? below(now, start) : besideNegative(now, start));
        });
        int doubled = 2 * rank();
        double same = alpha() * (scaling().of(1, rank()) / scaling().of(1, doubled));
        return new OrdinaryLora(doubled, same, scaling(), new TensorMap(tensors));
    }

    /** (r, in) over (r, in): (2r, in). */
    private static Tensor below(Tensor upper, Tensor lower) {
        float[] values = Arrays.copyOf(upper.values(), 2 * upper.values().length);
        System.arraycopy(lower.values(), 0, values, upper.values().length, lower.values().length);
        return new Tensor(new long[] {2 * upper.shape()[0], upper.shape()[1]}, values);
    }

    /** (out, r) and the other's negative: (out, 2r). */
    private static Tensor besideNegative(Tensor left, Tensor right) {
        int rows = Math.toIntExact(left.shape()[0]);
        int columns = Math.toIntExact(left.shape()[1]);
        float[] values = new float[2 * rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int from = row * columns + column;
                int to = row * 2 * columns + column;
                values[to] = left.values()[from];
                values[to + columns] = -right.values()[from];
            }
        }
        return new Tensor(new long[] {rows, 2L * columns}, values);
    }

    @Override
    default TensorMap merged(BaseModel base, TensorMap trained, TensorMap anchor) {
        return ordinaryLora(trained, anchor).merged(base);
    }
}
