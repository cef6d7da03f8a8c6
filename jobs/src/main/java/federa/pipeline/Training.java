package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.EncoderConfig;
import federa.encoder.ModelRef;
import federa.engine.Torch;
import federa.federated.ClientSampler;
import federa.partition.Resident;
import federa.store.Round;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import federa.udf.ClientLocation;
import federa.udf.LoadedModel;
import federa.udf.RunContext;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains an experiment's run, from where its last committed round left it. */
public final class Training {

    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    /** What may differ when a run is continued: more rounds, and what does not touch the training. */
    private static final List<String> MAY_CHANGE = List.of(
            "name",
            "baselines",
            "model.source",
            "data.source",
            "data.max-bad-share",
            "federation.rounds",
            "evaluation");

    private final Workspace workspace;

    public Training(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * Checks that a run, if it exists, was started with this experiment.
     *
     * @throws IllegalArgumentException naming the keys that differ, with both values
     */
    public void requireSameConfiguration(Experiment experiment, String runId) {
        Optional<RunStore.Attempt> last = new RunStore(workspace.tables(), runId).lastAttempt();
        List<String> differences = last.map(attempt ->
                        ExperimentFile.differences(ExperimentFile.ofYaml(attempt.config()), experiment, MAY_CHANGE))
                .orElse(List.of());
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("run %s was started with another configuration: %s; use another --run-id"
                    .formatted(runId, String.join("; ", differences)));
        }
    }

    /**
     * Checks the experiment against its model, which must be in the warehouse, without reading weights.
     *
     * @throws IllegalArgumentException if the texts are longer than its positions or the method does not fit
     */
    public void requireFitsModel(Experiment experiment) {
        ModelRef model = new Models(workspace).require(experiment.model());
        EncoderConfig config = LoadedModel.config(model, workspace.hadoop());
        config.requirePositions(experiment.data().maxTokens());
        experiment.method().requireFits(config);
    }

    /**
     * Trains until the experiment's rounds are committed; a run that has them already is left as it is.
     *
     * @throws IllegalArgumentException if the run id belongs to a run with another configuration, model or data
     */
    public void train(Experiment experiment, String runId) {
        requireSameConfiguration(experiment, runId);
        requireFitsModel(experiment);
        RunStore store = new RunStore(workspace.tables(), runId);
        ModelRef model = new Models(workspace).require(experiment.model());
        Datasets.Stored data = new Datasets(workspace).open(experiment.data().name());
        data.require(experiment.task());
        store.lastAttempt().ifPresent(last -> requireSameInput(runId, last, model, data));
        List<Round.Summary> rounds = store.rounds();
        int done = rounds.isEmpty() ? -1 : rounds.get(rounds.size() - 1).number();
        int last = experiment.federation().rounds();
        if (done >= last) {
            LOG.info("run {} has its {} rounds already", runId, last);
            return;
        }
        Partitions partitions = new Partitions(workspace);
        // Resident clients may come and go: a run keeps to those it began with.
        Partitions.Stored partition = store.lastAttempt()
                .flatMap(attempt -> partitions.find(attempt.partitionId()))
                .orElseGet(() -> partitions.divide(experiment, data));
        ClientSampler sampler = new ClientSampler(
                partition.withExamples(), experiment.federation().clientsPerRound(), experiment.seed());

        LoadedModel loaded = LoadedModel.of(model, workspace.hadoop());
        TensorMap initial = done < 0 ? initial(experiment, data, loaded) : store.global(rounds.get(0));
        TensorMap global = done < 0 ? initial : store.global(rounds.get(rounds.size() - 1));
        LOG.info(
                "run {}: {} trains {} of {} parameters ({} %)",
                runId,
                experiment.method().name(),
                initial.parameters(),
                total(loaded, initial),
                "%.2f".formatted(100.0 * initial.parameters() / total(loaded, initial)));

        int attempt = store.begin(attempt(experiment, model, data, partition, initial, loaded));
        RunContext run = new RunContext(
                runId,
                model,
                experiment.task(),
                experiment.method(),
                experiment.method().anchor(initial),
                experiment.task().labels(data.labels()),
                experiment.data().maxTokens(),
                experiment.compute().threads(),
                experiment.compute().precision(),
                experiment.seed());
        ClientLocation location = experiment.partition() instanceof Resident
                ? new ClientLocation.Resident(data.name())
                : new ClientLocation.Shared(partition.directory());
        Evaluator evaluator = new Evaluator(workspace, run, experiment.evaluation(), "test", data);
        FederatedRun federated = new FederatedRun(
                workspace,
                store,
                attempt,
                run,
                new RunContext.Clients(
                        location, experiment.training(), experiment.federation().weighting()),
                location instanceof ClientLocation.Resident resident
                        ? new Sites(workspace, resident)
                        : clients -> workspace.context().parallelize(clients, clients.size()),
                sampler,
                evaluator);
        try {
            if (done < 0) {
                federated.start(initial);
            } else {
                LOG.info("run {} goes on after round {}", runId, done);
            }
            federated.run(global, Math.max(done, 0), last);
        } finally {
            evaluator.close();
        }
    }

    private static TensorMap initial(Experiment experiment, Datasets.Stored data, LoadedModel loaded) {
        long start = System.nanoTime();
        // A decomposition's last bits depend on the threads, so these are part of the configuration.
        Torch.threads(experiment.compute().threads());
        TensorMap initial = experiment
                .method()
                .initial(loaded.base(), experiment.seed())
                .with(loaded.base()
                        .initialHead(
                                experiment.task().head(),
                                experiment.task().labels(data.labels()).size(),
                                experiment.seed()));
        LOG.info(
                "initial {} tensors in {} s",
                experiment.method().name(),
                "%.1f".formatted((System.nanoTime() - start) / 1e9));
        return initial;
    }

    /** Parameters of the whole model: the encoder and what comes on top of it. */
    private static long total(LoadedModel loaded, TensorMap initial) {
        return loaded.base().parameters()
                + initial.where(name -> !loaded.base().tensors().containsKey(name))
                        .parameters();
    }

    private static RunStore.Attempt attempt(
            Experiment experiment,
            ModelRef model,
            Datasets.Stored data,
            Partitions.Stored partition,
            TensorMap initial,
            LoadedModel loaded) {
        String yaml = ExperimentFile.toYaml(experiment);
        return new RunStore.Attempt(
                experiment.name(),
                experiment.method().name(),
                model.name(),
                model.sha256(),
                data.name(),
                data.fingerprint(),
                partition.id(),
                experiment.task().labels(data.labels()),
                initial.parameters(),
                total(loaded, initial),
                yaml,
                Versions.all());
    }

    private static void requireSameInput(String runId, RunStore.Attempt last, ModelRef model, Datasets.Stored data) {
        if (!last.modelSha256().equals(model.sha256())
                || !last.dataFingerprint().equals(data.fingerprint())) {
            throw new IllegalArgumentException(
                    "run %s was started with another %s of the same name; use another --run-id"
                            .formatted(runId, last.modelSha256().equals(model.sha256()) ? "data set" : "base model"));
        }
    }
}
