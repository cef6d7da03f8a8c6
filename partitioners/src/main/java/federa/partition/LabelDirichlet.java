package federa.partition;

import static federa.partition.Require.require;
import static federa.partition.Require.requireClients;
import static federa.partition.Require.requireConcentration;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.apache.commons.math3.random.Well19937c;

/**
 * FedNLP's label skew: clients of equal size, each with its own label mixture drawn from a Dirichlet distribution.
 *
 * <p>One client after the other draws a mixture q and takes round(q x size) examples of each label, the last label what
 * is then left of the size. A label that runs out is replaced by the others in proportion to what they have, so late
 * clients are more mixed than q says. Every client has floor(N / clients) examples and the last one takes all that
 * remains; no client is empty.
 *
 * <p>As alpha goes to 0 a client has one label until that label runs out. With two labels the replacement is again one
 * label; with more it is a mixture. Measure the skew ({@link Skew}) rather than trust alpha.
 *
 * @param clients how many clients share the examples
 * @param alpha small for clients of few labels, large for clients like the whole
 * @param convention what alpha multiplies
 * @see <a href="https://arxiv.org/abs/2104.08815">FedNLP; data/advanced_partition/niid_label.py</a>
 */
public record LabelDirichlet(int clients, double alpha, Convention convention) implements Partitioner {
    public LabelDirichlet {
        requireClients(clients);
        requireConcentration("partition.alpha", alpha);
        require(convention != null, "partition.convention is missing; set it to fednlp or hsu");
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.of(LABEL);
    }

    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        GroupCounts labels = GroupCounts.of(groupCounts, clients);
        Dirichlet mixtures = new Dirichlet(convention.concentrations(alpha, labels), new Well19937c(seed));
        LabelQueues queues = new LabelQueues(labels.counts());
        long size = labels.total() / clients;
        long[][] byLabel = new long[labels.size()][clients];
        for (int client = 0; client < clients; client++) {
            boolean last = client == clients - 1;
            long[] taken = last ? queues.drain() : queues.take(quotas(mixtures.sample(), size));
            for (int label = 0; label < taken.length; label++) {
                byLabel[label][client] = taken[label];
            }
        }
        return Plan.of(labels.names(), byLabel);
    }

    /** Examples per label of a client: rounded half to even, none beyond the size, the last label takes the rest. */
    static long[] quotas(double[] mixture, long size) {
        long[] quotas = new long[mixture.length];
        long open = size;
        for (int label = 0; label < quotas.length - 1; label++) {
            quotas[label] = Math.min(open, (long) Math.rint(mixture[label] * size));
            open -= quotas[label];
        }
        quotas[quotas.length - 1] = open;
        return quotas;
    }
}
