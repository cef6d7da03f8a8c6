package federa.pipeline;

import federa.engine.Precision;
import federa.engine.PrecisionChoice;
import federa.engine.ProductSpeed;
import federa.udf.MeasureProducts;
import federa.udf.Placement;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles the one precision that all executors of a run compute in, from what is asked for and from what their processors
 * are good at: a small product is timed on them in both precisions.
 */
final class PrecisionOfRun {

    private static final Logger LOG = LoggerFactory.getLogger(PrecisionOfRun.class);

    private final Workspace workspace;
    private final Placement placement;

    /**
     * For the executors that a workspace has now.
     *
     * @param placement where the work that asks will run
     */
    PrecisionOfRun(Workspace workspace, Placement placement) {
        this.workspace = workspace;
        this.placement = placement;
    }

    /**
     * The precision of a new run, or of predictions with a run's model in another place. Told where the configuration alone
     * does not say it.
     */
    Precision settle(PrecisionChoice choice) {
        if (!choice.dependsOnProcessor()) {
            return Precision.valueOf(choice.name());
        }
        ProductSpeed speed = slowest();
        Precision settled = choice.on(speed);
        String told = String.format(
                Locale.ROOT,
                "compute.precision: %s is computed as %s, since a product takes %.2f ms in float32 and %.2f ms in bfloat16",
                name(choice),
                name(settled),
                1e3 * speed.fp32(),
                1e3 * speed.bf16());
        if (settled == Precision.BF16_STORAGE) {
            LOG.warn("{} here; matrices are stored in bfloat16 and products computed in float32", told);
        } else {
            LOG.info("{} here", told);
        }
        return settled;
    }

    /** Of a run that goes on: warns if what it began with is slower than float32 here. Its numbers must not change. */
    Precision goingOn(PrecisionChoice stored) {
        Precision precision = Precision.valueOf(stored.name());
        if (precision == Precision.BF16) {
            ProductSpeed speed = slowest();
            if (speed.gain() < 1) {
                LOG.warn(
                        "the run began in bfloat16 and goes on in it, though a product takes {} ms in float32 and {} ms in bfloat16 here; go on where it began, or start a new run",
                        String.format(Locale.ROOT, "%.2f", 1e3 * speed.fp32()),
                        String.format(Locale.ROOT, "%.2f", 1e3 * speed.bf16()));
            }
        }
        return precision;
    }

    /** The executor on which bfloat16 gains least. */
    private ProductSpeed slowest() {
        workspace.describe("measure products");
        try {
            List<Integer> tasks =
                    IntStream.range(0, workspace.executors()).boxed().toList();
            return workspace
                    .context()
                    .parallelize(tasks, tasks.size())
                    .map(new MeasureProducts(placement))
                    .reduce(ProductSpeed::slower);
        } finally {
            workspace.describe(null);
        }
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
