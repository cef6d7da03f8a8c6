package federa.store;

import federa.federated.ServerState;
import federa.federated.ServerState.Role;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The tensors of a server's state as rows of {@link Table#ADAPTERS}, and back. */
final class AdapterRows {

    private AdapterRows() {}

    /** The rows of a round, one per tensor, by role and name; each is made when it is asked for. */
    static Iterable<Row> of(ServerState state, String runId, int round, int attempt) {
        return () -> state.parts().entrySet().stream()
                .flatMap(part -> part.getValue().asMap().entrySet().stream()
                        .map(tensor -> row(runId, round, attempt, part.getKey(), tensor.getKey(), tensor.getValue())))
                .iterator();
    }

    private static Row row(String runId, int round, int attempt, Role role, String name, Tensor tensor) {
        Long[] shape = Arrays.stream(tensor.shape()).boxed().toArray(Long[]::new);
        return RowFactory.create(
                runId,
                round,
                attempt,
                name,
                shape,
                tensor.toBytes(),
                TensorMap.sha256(tensor),
                role.name().toLowerCase(Locale.ROOT));
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
