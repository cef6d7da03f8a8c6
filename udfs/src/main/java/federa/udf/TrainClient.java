package federa.udf;

import federa.engine.Torch;
import federa.federated.ClientUpdate;
import federa.federated.ClientWork;
import federa.federated.GlobalModel;
import federa.federated.ServerState;
import federa.train.LocalTrainer.Result;
import federa.train.TrainingException;
import federa.udf.Placement.Seat;
import federa.udf.RunContext.Clients;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A client's work, mostly a round's training, inside a Spark task: reads its files, does it, and emits its update slice by
 * slice, then its report.
 *
 * <p>A client that fails is started again, by Spark and so perhaps in another executor, until it has had its attempts or
 * the round's time is over. Then it emits only a report that says why, and the task succeeds. What would fail in the same
 * way again, such as a loss that is not a number, is not tried twice. It trains in a thread of its own, so that one that
 * hangs does not keep the round.
 *
 * <p>A resident client whose task is not where it is is refused there, so that Spark tries another executor.
 */
public final class TrainClient implements PairFlatMapFunction<Integer, BlockKey, UpdatePart> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TrainClient.class);

    private final Broadcast<RunContext> run;
    private final Clients clients;
    private final Round round;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * A round, as its tasks need it.
     *
     * @param work what clients do in it
     * @param state before the round
     * @param slices how the clients' updates are cut
     * @param deadline when the round's time is over, by the driver's clock
     */
    public record Round(ClientWork work, Broadcast<ServerState> state, Slices slices, Instant deadline)
            implements Serializable {

        int number() {
            return work.round();
        }
    }

    /** Trains clients in a round. */
    public TrainClient(
            Broadcast<RunContext> run, Clients clients, Round round, Broadcast<SerializableConfiguration> hadoop) {
        this.run = run;
        this.clients = clients;
        this.round = round;
        this.hadoop = hadoop;
    }

    @Override
    public Iterator<Tuple2<BlockKey, UpdatePart>> call(Integer client) throws InterruptedException {
        int before = TaskContext.get().attemptNumber();
        Start start = new Start(
                client, before + 1, System.nanoTime(), run.value().placement().take());
        ClientLocation location = clients.location();
        if (!location.reaches(client)) {
            ClientNotHere refusal = new ClientNotHere(client);
            if (refusal.anotherExecutorIsTried()) {
                throw refusal;
            }
            return failed(start, oneLine(refusal)).iterator();
        }
        if (before >= clients.attempts()) {
            return failed(
                            start,
                            String.format(
                                    Locale.ROOT,
                                    "lost with its executor, %d times (federation.attempts is %d); see the executors' logs",
                                    before,
                                    clients.attempts()))
                    .iterator();
        }
        return train(start).iterator();
    }

    /** A client that begins its round for the first or a further time. */
    private record Start(int client, int number, long nanos, Seat seat) {

        Start again() {
            return new Start(client, number + 1, nanos, seat);
        }
    }

    private List<Tuple2<BlockKey, UpdatePart>> train(Start start) throws InterruptedException {
        LOG.debug("round {}: client {}, start {}", round.number(), start.client(), start.number());
        ServerState before = round.state().value();
        RunContext context = run.value();
        ExecutorService trainer = Executors.newSingleThreadExecutor(TrainClient::daemon);
        try {
            Duration left = Duration.between(Instant.now(), round.deadline());
            return trainer.submit(() -> trained(start, context, before))
                    .get(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return failed(start, "no update when the round's time was over (federation.deadline)");
        } catch (ExecutionException e) {
            Throwable told = clients.location().told(e.getCause());
            LOG.warn("client {} failed in round {}, start {}", start.client(), round.number(), start.number(), told);
            if (e.getCause() instanceof TrainingException || start.number() >= clients.attempts()) {
                return failed(start, oneLine(told));
            }
            if (context.placement().local()) {
                return train(start.again()); // in local mode Spark starts no task twice
            }
            throw new IllegalStateException("client %d failed: %s".formatted(start.client(), oneLine(told)), told);
        } finally {
            trainer.shutdownNow(); // a trainer that is late ends after its step; one that hangs is left behind
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "trainer");
        thread.setDaemon(true);
        return thread;
    }

    private List<Tuple2<BlockKey, UpdatePart>> trained(Start start, RunContext context, ServerState before) {
        int client = start.client();
        ClientWork work = round.work();
        GlobalModel received = work.received(before, client);
        Torch.threads(context.placement().threads());
        try (RunModel shared =
                RunModel.open(context, received.baseDelta(), start.seat().device(), configuration())) {
            ClientExamples data = ClientExamples.of(
                    context,
                    clients.location().directory(),
                    client,
                    clients.validation(),
                    shared.reader(),
                    configuration());
            ClientWork.Done done = work.perform(shared.frozen(), received, data.examples(), shared.reader(), client);
            double weight = round.slices()
                    .aggregator()
                    .weight(data.numRows(), done.result().steps());
            return Stream.concat(
                            round.slices().parts(done.tensors().asMap(), client, weight),
                            Stream.of(UpdatePart.of(report(start, data.numRows(), done.result(), done.bytes(), null))))
                    .toList();
        }
    }

    private static List<Tuple2<BlockKey, UpdatePart>> failed(Start start, String error) {
        return List.of(UpdatePart.of(report(start, 0, Result.NONE, 0, error)));
    }

    private static ClientUpdate report(Start start, long numExamples, Result result, long bytesUp, String error) {
        return new ClientUpdate(
                start.client(),
                numExamples,
                result.steps(),
                result.firstLoss(),
                result.meanLoss(),
                result.lastLoss(),
                (System.nanoTime() - start.nanos()) / 1e9,
                bytesUp,
                host(),
                System.getProperty("os.arch"),
                SparkEnv.get().executorId(),
                start.seat().described(),
                start.number(),
                error);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
        return message.lines().findFirst().orElse(e.getClass().getName());
    }

    private Configuration configuration() {
        return hadoop.value().value();
    }
}
