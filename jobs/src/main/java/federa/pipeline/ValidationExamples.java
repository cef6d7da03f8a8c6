package federa.pipeline;

import federa.random.HeldOut;
import federa.task.Task;
import federa.udf.ClientLocation;
import federa.udf.HeldOutRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What the clients of a run hold out of their training.
 *
 * @param location where the clients' files are
 * @param sites the executors that have resident clients
 * @param clients with examples, in order
 */
record ValidationExamples(
        Workspace workspace,
        ClientLocation location,
        Optional<Sites> sites,
        List<Integer> clients,
        HeldOut heldOut,
        Datasets.Stored data) {

    /**
     * The rows with their clients and what a task reads, in the same order in every process. Those of clients in the warehouse are read once and
     * kept in memory. Those of resident clients are read where they are each time, since executors may die and return.
     */
    Supplier<Dataset<Row>> of(Task task) {
        StructType columns = new StructType().add("id", "string");
        List<String> needed = new ArrayList<>(task.inputs());
        needed.addAll(task.truths());
        for (String column : needed) {
            columns = columns.add(data.rows().schema().apply(column));
        }
        if (heldOut.share() == 0) {
            Dataset<Row> none = workspace.spark().createDataFrame(List.of(), columns);
            return () -> none;
        }
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        HeldOutRows read = new HeldOutRows(location, heldOut, columns, hadoop);
        if (sites.isPresent()) {
            return () -> rows(sites.get().place(clients), read);
        }
        int tasks = Math.min(clients.size(), workspace.parallelism() * Evaluator.TASKS_PER_CORE);
        Dataset<Row> kept =
                rows(workspace.context().parallelize(clients, tasks), read).persist(StorageLevel.MEMORY_AND_DISK());
        return () -> kept;
    }

    private Dataset<Row> rows(JavaRDD<Integer> clients, HeldOutRows read) {
        return workspace.spark().createDataFrame(clients.flatMap(read), read.schema());
    }
}
