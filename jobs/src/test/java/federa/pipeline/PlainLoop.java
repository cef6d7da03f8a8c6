package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.Experiment;
import federa.engine.Torch;
import federa.federated.WeightedMean;
import federa.peft.FrozenBase;
import federa.random.Seeds;
import federa.store.RunStore;
import federa.task.Example;
import federa.task.Fields;
import federa.task.Reader;
import federa.task.Task;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTrainer;
import federa.udf.ClientFiles;
import federa.udf.LoadedModel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A round as a loop over its clients in this thread: what Spark must come out at, to the last bit. */
final class PlainLoop {

    private final Workspace workspace;
    private final Experiment experiment;
    private final List<String> labels;
    private final String clients;
    private final LoadedModel loaded;
    private final FrozenBase frozen;

    PlainLoop(Workspace workspace, Experiment experiment, Results run, TensorMap initial) {
        this.workspace = workspace;
        this.experiment = experiment;
        labels = run.attempt().labels();
        clients = workspace.warehouse().clients(run.attempt().partitionId());
        loaded = LoadedModel.of(new Models(workspace).require(experiment.model()), workspace.hadoop());
        Torch.threads(experiment.compute().threads());
        frozen = new FrozenBase(
                loaded.base(),
                experiment.method(),
                experiment.method().anchor(initial),
                experiment.compute().precision());
    }

    /** The round's adapters are what a plain loop over these clients makes of those of the round before. */
    static void requireMeanOf(List<Integer> clients, Workspace workspace, Results run, int round) {
        RunStore store = new RunStore(workspace.tables(), run.runId());
        Experiment experiment = run.experiment();
        PlainLoop plain = new PlainLoop(
                workspace, experiment, run, store.global(run.rounds().get(0)));
        TensorMap expected = plain.round(store.global(run.rounds().get(round - 1)), round, clients);
        assertThat(run.rounds().get(round).adaptersSha256()).isEqualTo(expected.sha256());
    }

    /** The mean of what these clients make of the global model in a round. */
    TensorMap round(TensorMap global, int round, List<Integer> sampled) {
        Map<String, WeightedMean> means = new TreeMap<>();
        for (int client : sampled) {
            List<Fields> rows = ClientFiles.read(clients, client, workspace.hadoop());
            double weight = experiment.federation().weighting().of(rows.size());
            train(global, rows, Seeds.of(experiment.seed(), round, client))
                    .asMap()
                    .forEach((name, tensor) ->
                            means.computeIfAbsent(name, n -> new WeightedMean()).add(tensor, weight));
        }
        Map<String, Tensor> result = new TreeMap<>();
        means.forEach((name, mean) -> result.put(name, mean.result()));
        return new TensorMap(result);
    }

    private TensorMap train(TensorMap global, List<Fields> rows, long seed) {
        Task task = experiment.task();
        Reader reader = new Reader(loaded.tokenizer(), labels, experiment.data().maxTokens());
        List<Example> examples = task.examples(rows, reader);
        try (ClientModel model = new ClientModel(frozen, global, task.head(), labels.size(), seed);
                LocalTrainer trainer = new LocalTrainer(model, task, experiment.training())) {
            trainer.train(pass -> task.pass(examples, reader, pass), seed);
            return model.snapshot();
        }
    }
}
