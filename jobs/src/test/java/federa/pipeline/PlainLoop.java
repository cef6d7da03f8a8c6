package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.Experiment;
import federa.encoder.EncoderConfig;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.federated.ClientSampler;
import federa.federated.FederatedAlgorithm;
import federa.federated.InProcessClients;
import federa.federated.Server;
import federa.federated.ServerState;
import federa.head.HeadSolver;
import federa.peft.FrozenBase;
import federa.store.RunStore;
import federa.task.Reader;
import federa.udf.ClientFiles;
import federa.udf.LoadedModel;
import java.util.List;

/** A run's rounds with {@link InProcessClients}: what Spark must come out at, to the last bit. */
final class PlainLoop {

    private final InProcessClients clients;
    private final FederatedAlgorithm algorithm;
    private final EncoderConfig config;

    /**
     * A loop over a run's clients.
     *
     * @param initial the run's state of round 0
     */
    PlainLoop(Workspace workspace, Experiment experiment, Results run, ServerState initial) {
        LoadedModel loaded = LoadedModel.of(new Models(workspace).require(experiment.model()), workspace.hadoop());
        Torch.threads(experiment.compute().threads());
        FrozenBase frozen = new FrozenBase(
                loaded.base(),
                experiment.method(),
                experiment.method().anchor(initial.trainable()),
                Precision.valueOf(experiment.compute().precision().name()));
        String files = workspace.warehouse().clients(run.attempt().partitionId());
        clients = new InProcessClients(
                frozen,
                experiment.task(),
                new Reader(
                        loaded.tokenizer(),
                        run.attempt().labels(),
                        experiment.data().maxTokens()),
                experiment.training(),
                experiment.federation().updatePrecision(),
                experiment.federation().rounds(),
                experiment.seed(),
                client -> ClientFiles.read(files, client, workspace.hadoop()));
        int numClients = new Partitions(workspace)
                .find(run.attempt().partitionId())
                .orElseThrow()
                .withExamples()
                .size();
        config = loaded.base().config();
        algorithm = experiment.algorithm(
                config.family()
                        .headShapes(
                                experiment.task().head(),
                                config,
                                run.attempt().labels().size())
                        .keySet(),
                numClients);
    }

    /** The round's state is what a plain loop over these clients makes of that of the round before. */
    static void requireRoundOf(List<Integer> cohort, Workspace workspace, Results run, int round) {
        RunStore store = new RunStore(workspace.tables(), run.runId());
        PlainLoop plain = new PlainLoop(
                workspace, run.experiment(), run, store.state(run.rounds().get(0)));
        ServerState expected = plain.round(store.state(run.rounds().get(round - 1)), round, cohort);
        assertThat(run.rounds().get(round).adaptersSha256())
                .isEqualTo(expected.trainable().sha256());
        assertThat(run.rounds().get(round).stateSha256()).isEqualTo(expected.sha256());
    }

    /** The state before the first round, with a head that is solved from these clients' examples. */
    ServerState solved(Experiment experiment, ServerState fresh, List<Integer> cohort, int classes) {
        return new HeadSolver(
                        new Server(algorithm, new ClientSampler(cohort, 1, 0), clients, 1),
                        experiment.task(),
                        experiment.head().start().closedForm().orElseThrow(),
                        config,
                        classes,
                        experiment.seed())
                .solve(fresh.trainable(), fresh, cohort)
                .state();
    }

    /** The state after a round of these clients. */
    ServerState round(ServerState state, int round, List<Integer> cohort) {
        return algorithm.apply(state, clients.train(cohort, algorithm, state, round), round);
    }
}
