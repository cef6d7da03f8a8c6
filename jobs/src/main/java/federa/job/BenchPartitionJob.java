package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.repeat;
import static org.apache.spark.sql.functions.xxhash64;

import federa.partition.AssignClients;
import federa.partition.Convention;
import federa.partition.LabelDirichlet;
import federa.pipeline.Partitions;
import federa.pipeline.Workspace;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rows a second of dividing texts among clients, from reading the counts to the last file. */
@Command(
        name = "partition",
        mixinStandardHelpOptions = true,
        description = "Rows a second and driver heap of dividing made-up texts among clients.",
        footer = {
            "",
            "With a local master the driver's heap holds the tasks' too.",
            "Example: federa bench partition --rows 1000000 --clients 1000 --directory /tmp/partition"
        })
public final class BenchPartitionJob implements Callable<Integer> {

    private static final int LABELS = 20;
    private static final int CHARACTERS = 200;

    @Option(names = "--rows", defaultValue = "1000000", description = "Texts to divide (default: ${DEFAULT-VALUE}).")
    private long rows;

    @Option(names = "--clients", defaultValue = "1000", description = "Clients (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Mixin
    private BenchWarehouse warehouse;

    @Override
    public Integer call() {
        return warehouse.with("bench partition", this::measure);
    }

    private Integer measure(Workspace workspace) {
        AssignClients assign = new AssignClients(new LabelDirichlet(clients, 1, Convention.HSU), 0);
        Cost cost = new Cost(workspace.spark().sparkContext());
        new Partitions(workspace).write("bench", texts(workspace.spark()), assign);
        Map<String, Object> json = cost.figures("partition");
        json.put("rows", rows);
        json.put("clients", clients);
        json.put("characters", CHARACTERS);
        json.put("rows_per_second", Math.round(rows / (double) json.get("median_seconds")));
        json.put(
                "clients_with_examples",
                new Partitions(workspace)
                        .find("bench")
                        .orElseThrow()
                        .withExamples()
                        .size());
        Launch.printJson(json);
        return 0;
    }

    /** Rows as the prepare job leaves them: id, text, label, key. */
    private Dataset<Row> texts(SparkSession spark) {
        return spark.range(rows)
                .select(
                        format_string("row-%09d", col("id")).as("id"),
                        repeat(concat(xxhash64(col("id")).cast("string"), lit(" ")), CHARACTERS / 20)
                                .as("text"),
                        format_string("label-%02d", pmod(xxhash64(col("id")), lit(LABELS)))
                                .as("label"),
                        lit(null).cast("string").as("key"));
    }
}
