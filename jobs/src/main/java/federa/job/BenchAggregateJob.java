package federa.job;

import federa.encoder.EncoderConfig;
import federa.peft.Targets;
import federa.federated.Aggregate;
import federa.federated.Mean;
import federa.pipeline.CohortChunks;
import federa.pipeline.Workspace;
import federa.tensor.TensorMap;
import federa.udf.Slices;
import federa.udf.SyntheticUpdate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds and driver heap of one round's aggregation: everything between training and the next global model. */
@Command(
        name = "aggregate",
        mixinStandardHelpOptions = true,
        description = "Seconds and driver heap of aggregating one round's updates, which are drawn at random.",
        footer = {
            "",
            "With a local master the driver's heap holds the tasks' too. Updates are aggregated in chunks, of which each",
            "executor has spark.federa.chunk.size on its disk (default: 16g).",
            "Example: federa bench aggregate --clients 1000 --trained lora --rank 32"
        })
public final class BenchAggregateJob implements Callable<Integer> {

    /** What the clients of RoBERTa-base train, without a head. */
    enum Trained {
        LORA {
            @Override
            SortedMap<String, long[]> shapes(EncoderConfig config, int rank) {
                SortedMap<String, long[]> shapes = new TreeMap<>();
                new Targets(List.of("query", "value")).of(config).forEach((layer, shape) -> {
                    shapes.put(layer + ".lora_A", new long[] {rank, shape[1]});
                    shapes.put(layer + ".lora_B", new long[] {shape[0], rank});
                });
                return shapes;
            }
        },
        FULL {
            @Override
            SortedMap<String, long[]> shapes(EncoderConfig config, int rank) {
                return new TreeMap<>(config.architecture().encoderShapes(config));
            }
        };

        abstract SortedMap<String, long[]> shapes(EncoderConfig config, int rank);
    }

    @Option(names = "--clients", defaultValue = "1000", description = "Updates to aggregate (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--trained",
            defaultValue = "LORA",
            description = "${COMPLETION-CANDIDATES}, on RoBERTa-base (default: ${DEFAULT-VALUE}).")
    private Trained trained;

    @Option(names = "--rank", defaultValue = "32", description = "Rank of the adapters (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Mixin
    private BenchWarehouse warehouse;

    @Override
    public Integer call() {
        return warehouse.with("bench aggregate", this::measure);
    }

    private int measure(Workspace workspace) {
        SortedMap<String, long[]> shapes = trained.shapes(EncoderConfig.robertaBase(), rank);
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(workspace.spark().sparkContext());
        List<Integer> ids = IntStream.range(0, clients).boxed().toList();
        CohortChunks chunks =
                new CohortChunks(workspace, workspace.warehouse().cohortChunks("bench"));
        Slices slices = Slices.of(new Mean(), clients);
        Cost cost = new Cost(workspace.spark().sparkContext());
        Aggregate aggregate = chunks.aggregate(ids, shapes, slices, chunk -> context.parallelize(chunk, chunk.size())
                .flatMapToPair(new SyntheticUpdate(slices, shapes)));
        Map<String, Object> json = cost.figures("aggregate");
        TensorMap global = aggregate.tensors();
        if (aggregate.updates().size() != clients || global.asMap().size() != shapes.size()) {
            throw new IllegalStateException("%d reports and %d tensors came back, not %d and %d"
                    .formatted(aggregate.updates().size(), global.asMap().size(), clients, shapes.size()));
        }
        json.put("trained", trained.name().toLowerCase(Locale.ROOT));
        json.put("clients", clients);
        json.put("parameters", global.parameters());
        json.put("update_bytes", clients * global.bytes());
        json.put("mean_sha256", global.sha256());
        Launch.printJson(json);
        return 0;
    }
}
