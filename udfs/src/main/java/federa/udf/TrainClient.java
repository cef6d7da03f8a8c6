package federa.udf;

import federa.random.Seeds;
import federa.task.Example;
import federa.task.Fields;
import federa.task.Task;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTrainer;
import federa.train.LocalTrainer.Result;
import federa.udf.RunContext.Clients;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A client's round, inside a Spark task: reads its files, trains, and emits its update tensor by tensor, then its report.
 * A client that fails emits only a report that says why; the task itself succeeds. It fails only where the client is not,
 * so that Spark tries another executor.
 */
public final class TrainClient implements PairFlatMapFunction<Integer, UpdateKey, UpdatePart> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TrainClient.class);

    private final Broadcast<RunContext> run;
    private final Clients clients;
    private final Broadcast<TensorMap> global;
    private final int round;
    private final Broadcast<SerializableConfiguration> hadoop;

    public TrainClient(
            Broadcast<RunContext> run,
            Clients clients,
            Broadcast<TensorMap> global,
            int round,
            Broadcast<SerializableConfiguration> hadoop) {
        this.run = run;
        this.clients = clients;
        this.global = global;
        this.round = round;
        this.hadoop = hadoop;
    }

    @Override
    public Iterator<Tuple2<UpdateKey, UpdatePart>> call(Integer client) {
        long start = System.nanoTime();
        List<Tuple2<UpdateKey, UpdatePart>> parts = new ArrayList<>();
        ClientReport report;
        try {
            ClientNotHere.requireHere(clients.location(), client);
            List<Fields> rows = ClientFiles.read(clients.location().directory(), client, configuration());
            Update update = train(client, rows);
            double weight = clients.weighting().of(rows.size());
            update.tensors()
                    .asMap()
                    .forEach((name, tensor) ->
                            parts.add(new Tuple2<>(UpdateKey.ofTensor(name, client), UpdatePart.of(tensor, weight))));
            report = report(
                    client,
                    rows.size(),
                    update.result(),
                    start,
                    update.tensors().bytes(),
                    null);
        } catch (ClientNotHere e) {
            if (e.anotherExecutorIsTried()) {
                throw e;
            }
            report = report(client, 0, FAILED, start, 0, oneLine(e));
        } catch (RuntimeException e) {
            RuntimeException told = clients.location().told(e);
            LOG.warn("client {} failed in round {}", client, round, told);
            report = report(client, 0, FAILED, start, 0, oneLine(told));
        }
        parts.add(new Tuple2<>(UpdateKey.ofReport(client), UpdatePart.of(report)));
        return parts.iterator();
    }

    private static final Result FAILED = new Result(0, Double.NaN, Double.NaN, Double.NaN);

    private record Update(TensorMap tensors, Result result) {}

    private Update train(int client, List<Fields> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("client %d has no examples".formatted(client));
        }
        Task task = run.value().task();
        long seed = Seeds.of(run.value().seed(), round, client);
        try (RunModel shared = RunModel.open(run.value(), configuration());
                ClientModel model = shared.bind(global.value(), seed);
                LocalTrainer trainer = new LocalTrainer(model, task, shared.padId(), clients.training())) {
            List<Example> examples = task.examples(rows, shared.reader());
            if (examples.isEmpty()) {
                throw new IllegalArgumentException("client %d has no example with anything to learn".formatted(client));
            }
            Result result = trainer.train(pass -> task.pass(examples, shared.reader(), pass), seed);
            TensorMap update = model.snapshot();
            requireFinite(update);
            return new Update(update, result);
        }
    }

    private static void requireFinite(TensorMap update) {
        for (Map.Entry<String, Tensor> tensor : update.asMap().entrySet()) {
            if (!tensor.getValue().isFinite()) {
                throw new IllegalArgumentException(
                        "the update's tensor %s is not finite; lower training.learning-rate or set training.clip-norm"
                                .formatted(tensor.getKey()));
            }
        }
    }

    private static ClientReport report(
            int client, long numExamples, Result result, long start, long bytesUp, String error) {
        return new ClientReport(
                client,
                numExamples,
                result.steps(),
                result.firstLoss(),
                result.meanLoss(),
                result.lastLoss(),
                (System.nanoTime() - start) / 1e9,
                bytesUp,
                host(),
                System.getProperty("os.arch"),
                "cpu",
                error);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String oneLine(RuntimeException e) {
        String message = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
        return message.lines().findFirst().orElse(e.getClass().getName());
    }

    private Configuration configuration() {
        return hadoop.value().value();
    }
}
