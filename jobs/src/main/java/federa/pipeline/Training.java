package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.EncoderConfig;
import federa.encoder.ModelRef;
import federa.engine.Precision;
import federa.engine.PrecisionChoice;
import federa.engine.Torch;
import federa.federated.ClientSampler;
import federa.federated.FederatedAlgorithm;
import federa.federated.Server;
import federa.federated.ServerState;
import federa.head.HeadSolver;
import federa.random.HeldOut;
import federa.spi.InvalidInputException;
import federa.store.Round;
import federa.store.RunLease;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import federa.train.Schedule;
import federa.udf.ClientLocation;
import federa.udf.LoadedModel;
import federa.udf.Placement;
import federa.udf.RunContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains an experiment's run, from where its last committed round left it. */
public final class Training {

    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    /** What may differ when a run is continued: more rounds, and what does not touch the training. */
    static final List<String> MAY_CHANGE = List.of(
            "name",
            "baselines",
            "model.source",
            "model.head-labels",
            "data.source",
            "data.max-bad-share",
            "federation.rounds",
            "federation.min-clients",
            "federation.attempts",
            "federation.deadline",
            "federation.patience",
            "evaluation.every",
            "evaluation.clients-every",
            "evaluation.batch-size");

    private final Workspace workspace;

    public Training(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * The experiment that a run goes on with: this one, and if the run exists, with the values that it began with where nobody
     * set any, then or now.
     *
     * @throws InvalidInputException if the run was started otherwise, naming the keys that differ, with both values
     */
    public Experiment continued(Experiment experiment, String runId) {
        Optional<RunStore.Attempt> last = new RunStore(workspace.tables(), runId).lastAttempt();
        if (last.isEmpty()) {
            return experiment;
        }
        try {
            Experiment stored = ExperimentFile.ofYaml(last.get().config());
            PrecisionChoice settled = stored.compute().precision();
            boolean sameWish = experiment.compute().precision().mayBecome(settled);
            return ExperimentFile.continued(
                    stored, sameWish ? experiment.computedIn(settled) : experiment, mayChange(experiment));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "run %s was started with another configuration: %s; use another --run-id"
                            .formatted(runId, e.getMessage()),
                    e);
        }
    }

    /** A schedule over the whole run depends on the number of rounds, which must then stay. */
    private static List<String> mayChange(Experiment experiment) {
        return experiment.training().schedule() == Schedule.RUN
                ? MAY_CHANGE.stream()
                        .filter(key -> !key.equals("federation.rounds"))
                        .toList()
                : MAY_CHANGE;
    }

    /**
     * Checks the experiment against its model, which must be in the warehouse, without reading its weights.
     *
     * @throws InvalidInputException if the texts are longer than its positions, or the method or the task does not fit
     */
    public void requireFitsModel(Experiment experiment) {
        ModelRef model = new Models(workspace).require(experiment.model());
        EncoderConfig config = LoadedModel.config(model, workspace.hadoop());
        config.requirePositions(experiment.data().maxTokens());
        experiment.method().requireFits(config);
        LoadedModel.of(model, workspace.hadoop())
                .requireFits(experiment.task(), experiment.data().maxTokens());
    }

    /**
     * Trains until the experiment's rounds are committed; a run that has them already is left as it is.
     *
     * @throws InvalidInputException if the run id belongs to a run with another configuration, model or data
     */
    public void train(Experiment experiment, String runId) {
        Experiment continued = continued(experiment, runId);
        inGroup(continued, runId, Training::initial, continued.federation().rounds());
    }

    /**
     * Commits tensors from elsewhere, evaluated, as round 0 of a new run: training goes on from there.
     *
     * @param start the tensors that the method trains, and the head's
     * @throws InvalidInputException if the run id belongs to a run with another configuration, model or data
     */
    void start(Experiment experiment, String runId, TensorMap start) {
        inGroup(continued(experiment, runId), runId, (settings, data, loaded) -> start, 0);
    }

    /** The tensors of round 0. */
    private interface Start {
        TensorMap tensors(Experiment experiment, Datasets.Stored data, LoadedModel loaded);
    }

    private void inGroup(Experiment experiment, String runId, Start start, int last) {
        workspace.inGroup(Workspace.jobGroup(runId), () -> train(experiment, runId, start, last));
    }

    private void train(Experiment experiment, String runId, Start given, int last) {
        requireFitsModel(experiment);
        Placement placement = workspace.placement(experiment.compute());
        requireAttempts(experiment.federation().attempts(), placement);
        RunStore store = new RunStore(workspace.tables(), runId);
        ModelRef model = new Models(workspace).require(experiment.model());
        Datasets.Stored data = new Datasets(workspace).open(experiment.data().name());
        data.require(experiment.task());
        store.lastAttempt().ifPresent(attempt -> requireSameInput(runId, attempt, model, data));
        List<Round.Summary> before = store.rounds();
        if (!before.isEmpty() && before.get(before.size() - 1).number() >= last) {
            LOG.info("run {} has its {} rounds already", runId, last);
            return;
        }
        EarlyStop stop = EarlyStop.of(experiment, store.evaluations(before));
        if (last > 0 && stop.reached()) {
            LOG.info("run {} ended early: {}", runId, stop);
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
        List<String> labels = experiment.task().labels(data.labels());
        EncoderConfig config = loaded.base().config();
        FederatedAlgorithm algorithm = experiment.algorithm(
                config.family()
                        .headShapes(experiment.task().head(), config, labels.size())
                        .keySet(),
                partition.withExamples().size());
        TensorMap tensors = before.isEmpty() ? given.tensors(experiment, data, loaded) : TensorMap.empty();
        ServerState start = before.isEmpty() ? algorithm.init(tensors) : store.state(before.get(0));
        TensorMap initial = start.trainable();
        LOG.info(
                "run {}: {} trains {} of {} parameters ({} %)",
                runId,
                experiment.method().name(),
                initial.parameters(),
                total(loaded, initial),
                "%.2f".formatted(100.0 * initial.parameters() / total(loaded, initial)));

        PrecisionOfRun precisions = new PrecisionOfRun(workspace, placement);
        PrecisionChoice wish = experiment.compute().precision();
        Precision precision = store.lastAttempt().isPresent() ? precisions.goingOn(wish) : precisions.settle(wish);
        Experiment settled = experiment.computedIn(PrecisionChoice.valueOf(precision.name()));

        RunLease lease = store.begin(attempt(settled, model, data, partition, initial, loaded));
        RunContext run = new RunContext(
                runId,
                model,
                experiment.task(),
                experiment.method(),
                experiment.method().anchor(initial),
                labels,
                experiment.data().maxTokens(),
                placement,
                precision,
                experiment.seed());
        Optional<ClientLocation.Resident> resident =
                onSite(experiment) ? Optional.of(new ClientLocation.Resident(data.name())) : Optional.empty();
        Optional<Sites> sites = resident.map(here -> new Sites(workspace, here));
        HeldOut validation = new HeldOut(experiment.evaluation().validation(), experiment.seed());
        ClientLocation location =
                resident.<ClientLocation>map(here -> here).orElse(new ClientLocation.Shared(partition.directory()));
        try (StateBroadcasts states = new StateBroadcasts(workspace);
                SparkClients clients = new SparkClients(
                        workspace,
                        run,
                        experiment.training(),
                        experiment.federation().updatePrecision(),
                        experiment.federation().rounds(),
                        new RunContext.Clients(location, attempts(experiment), validation),
                        Duration.ofSeconds(experiment.federation().deadline()),
                        sites,
                        CohortChunks.ofAttempt(workspace, runId, lease.attempt()),
                        states);
                Evaluator tested = Evaluator.onSplit(workspace, run, experiment.evaluation(), "test", data);
                Evaluator validated = Evaluator.onClients(
                        workspace,
                        run,
                        experiment.evaluation(),
                        new ValidationExamples(
                                workspace, location, sites, partition.withExamples(), validation, data));
                RoundMetrics metrics = new RoundMetrics(last)) {
            Server server = new Server(
                    algorithm, sampler, clients, experiment.federation().minClients());
            FederatedRun federated = new FederatedRun(
                    workspace,
                    store,
                    lease,
                    server,
                    states,
                    List.of(tested, validated),
                    stop,
                    metrics,
                    Workspace.jobGroup(runId),
                    run.anchor().bytes(),
                    placement.sparesCores() && experiment.federation().patience() == 0);
            List<Round.Summary> rounds = store.rounds(); // an older driver may have committed until the lease was taken
            Optional<HeadSolver> solver = experiment
                    .head()
                    .start()
                    .closedForm()
                    .map(form ->
                            new HeadSolver(server, experiment.task(), form, config, labels.size(), experiment.seed()));
            if (rounds.isEmpty() && solver.isPresent()) {
                federated.start(start, solver.get(), tensors, partition.withExamples(), last);
            } else if (rounds.isEmpty()) {
                federated.start(start, last);
            } else {
                store.evaluations(rounds).forEach(stop::add);
                Round.Summary done = rounds.get(rounds.size() - 1);
                LOG.info("run {} goes on after round {}", runId, done.number());
                federated.resume(store.state(done), done.number(), last);
            }
        } catch (Throwable e) { // Scala declares nothing: SparkException is a checked one
            store.fail(lease, e);
            throw e;
        }
    }

    /** A client that fails lets its task fail, for Spark to start it again; but one task that fails too often ends the job. */
    private void requireAttempts(int attempts, Placement placement) {
        int failures = taskFailures();
        if (!placement.local() && attempts > failures) {
            throw new InvalidInputException(
                    "federation.attempts is %d, but Spark ends the job after %d failures of a task; add --conf spark.task.maxFailures=%1$d"
                            .formatted(attempts, failures));
        }
    }

    /** How often a client is started: of a resident one, each refusal by an executor that does not have it counts. */
    private int attempts(Experiment experiment) {
        int attempts = experiment.federation().attempts();
        return onSite(experiment) ? Math.max(attempts, taskFailures()) : attempts;
    }

    /** Whether the clients have had their examples all along, each on its own machine. */
    private static boolean onSite(Experiment experiment) {
        return experiment.partition().partitioner().isEmpty();
    }

    private int taskFailures() {
        return workspace.spark().sparkContext().conf().getInt("spark.task.maxFailures", 4);
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
                                experiment.task().labels(data.labels()),
                                loaded.classes(),
                                experiment.model().headLabels(),
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
                + initial.where(name -> !loaded.base().names().contains(name)).parameters();
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
            throw new InvalidInputException("run %s was started with another %s of the same name; use another --run-id"
                    .formatted(runId, last.modelSha256().equals(model.sha256()) ? "data set" : "base model"));
        }
    }
}
