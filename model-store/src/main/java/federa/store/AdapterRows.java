package federa.store;

import federa.federated.ServerState;
import federa.federated.ServerState.Role;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The tensors of a server's state as rows of {@link Table#ADAPTERS}, made in the tasks that write them: tensors inside a
 * task's own description would be held to the size of a message.
 */
final class AdapterRows {

    /** Tensors that one task writes together. */
    private static final long BYTES_PER_TASK = 64L << 20;

    private AdapterRows() {}

    /** Names a tensor of a state. */
    private record Place(Role role, String name) implements Serializable {}

    /** The rows of a round, one per tensor, by role and name. */
    static JavaRDD<Row> of(JavaSparkContext spark, Broadcast<ServerState> state, String runId, int round, int attempt) {
        List<Place> places = state.value().parts().entrySet().stream()
                .flatMap(part -> part.getValue().asMap().keySet().stream().map(name -> new Place(part.getKey(), name)))
                .toList();
        long bytes = state.value().parts().values().stream()
                .mapToLong(TensorMap::bytes)
                .sum();
        int tasks = (int) Math.min(places.size(), 1 + bytes / BYTES_PER_TASK);
        return spark.parallelize(places, tasks)
                .map(place -> row(
                        runId,
                        round,
                        attempt,
                        place,
                        state.value().parts().get(place.role()).get(place.name())));
    }

    private static Row row(String runId, int round, int attempt, Place place, Tensor tensor) {
        Long[] shape = Arrays.stream(tensor.shape()).boxed().toArray(Long[]::new);
        return RowFactory.create(
                runId,
                round,
                attempt,
                place.name(),
                shape,
                tensor.toBytes(),
                TensorMap.sha256(tensor),
                place.role().name().toLowerCase(Locale.ROOT));
    }

    /** The tensor of a row. */
    static Tensor tensor(Row row) {
        List<Long> shape = row.getList(row.fieldIndex("shape"));
        return Tensor.ofBytes(shape.stream().mapToLong(Long::longValue).toArray(), row.getAs("data"));
    }

    /** What the tensor of a row is; rows of versions without roles are trained tensors. */
    static Role role(Row row) {
        String role = row.getAs("role");
        return role == null ? Role.TRAINABLE : Role.valueOf(role.toUpperCase(Locale.ROOT));
    }
}
