package federa.store;

import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Trained tensors as rows of {@link Table#ADAPTERS}, made in the tasks that write them: tensors inside a task's own
 * description would be held to the size of a message.
 */
final class AdapterRows {

    /** Tensors that one task writes together. */
    private static final long BYTES_PER_TASK = 64L << 20;

    private AdapterRows() {}

    /** The rows of a round, one per tensor, in name order. */
    static JavaRDD<Row> of(JavaSparkContext spark, Broadcast<TensorMap> global, String runId, int round, int attempt) {
        List<String> names = List.copyOf(global.value().asMap().keySet());
        int tasks = (int) Math.min(names.size(), 1 + global.value().bytes() / BYTES_PER_TASK);
        return spark.parallelize(names, tasks)
                .map(name -> row(runId, round, attempt, name, global.value().get(name)));
    }

    private static Row row(String runId, int round, int attempt, String name, Tensor tensor) {
        Long[] shape = Arrays.stream(tensor.shape()).boxed().toArray(Long[]::new);
        return RowFactory.create(runId, round, attempt, name, shape, tensor.toBytes(), TensorMap.sha256(tensor));
    }

    /** The tensor of a row. */
    static Tensor tensor(Row row) {
        List<Long> shape = row.getList(row.fieldIndex("shape"));
        return Tensor.ofBytes(shape.stream().mapToLong(Long::longValue).toArray(), row.getAs("data"));
    }
}
