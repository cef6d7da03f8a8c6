package federa.udf;

import federa.federated.ClientUpdate;
import federa.random.Seeds;
import federa.tensor.Tensor;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * What {@link TrainClient} emits, without training: tensors of the given shapes with random values, one after the other,
 * then the report. For measuring what comes after training, with an aggregator whose blocks are single tensors.
 */
public final class SyntheticUpdate implements PairFlatMapFunction<Integer, BlockKey, UpdatePart> {

    private static final long serialVersionUID = 1L;

    private final Slices slices;
    private final TreeMap<String, long[]> shapes;

    public SyntheticUpdate(Slices slices, SortedMap<String, long[]> shapes) {
        this.slices = slices;
        this.shapes = new TreeMap<>(shapes);
    }

    @Override
    public Iterator<Tuple2<BlockKey, UpdatePart>> call(Integer client) {
        return Stream.concat(
                        shapes.entrySet().stream()
                                .flatMap(tensor -> slices.parts(
                                        Map.of(
                                                tensor.getKey(),
                                                random(client, tensor.getKey(), tensor.getValue())),
                                        client,
                                        1 + client % 100)),
                        Stream.of(UpdatePart.of(report(client))))
                .iterator();
    }

    private static Tensor random(int client, String name, long[] shape) {
        SplittableRandom random = new SplittableRandom(Seeds.of(client, name));
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt() * 0x1p-31f;
        }
        return new Tensor(shape, values);
    }

    private ClientUpdate report(int client) {
        long bytes =
                Float.BYTES * shapes.values().stream().mapToLong(Tensor::size).sum();
        return new ClientUpdate(
                client,
                1 + client % 100,
                1,
                1,
                1,
                1,
                0,
                bytes,
                "synthetic",
                System.getProperty("os.arch"),
                "driver",
                "cpu",
                1,
                null);
    }
}
