package federa.job;

import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.engine.Torch;
import federa.peft.Federa;
import federa.peft.Scaling;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds of FeDeRA's initialisation: the singular value decompositions of all target weights. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Seconds of FeDeRA's start: the decomposition of query and value of every layer.")
public final class BenchInitJob implements Callable<Integer> {

    @Mixin
    private BenchOptions options;

    @Option(names = "--repetitions", defaultValue = "3", description = "Timed starts (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Override
    public Integer call() {
        Torch.threads(options.threads);
        double[] seconds = new double[repetitions];
        int matrices;
        try (NDManager manager = BenchOptions.manager();
                BaseModel base = options.model(manager)) {
            Federa federa = new Federa(options.rank, options.rank, Scaling.STANDARD, BenchOptions.targets(base));
            for (int i = 0; i < repetitions; i++) {
                long start = System.nanoTime();
                federa.initial(base, 0);
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            matrices = federa.targets().of(base.config()).size();
        }
        Map<String, Object> json = options.result("init", seconds);
        json.put("matrices", matrices);
        Launch.printJson(json);
        return 0;
    }
}
