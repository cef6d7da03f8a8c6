package federa.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Invented but lifelike reports: FeDeRA, LoRA and full fine-tuning on skewed clients. */
final class SampleReport {
    private static final List<String> TWENTY = List.of(
            "alt.atheism",
            "comp.graphics",
            "comp.os.ms-windows.misc",
            "comp.sys.ibm.pc.hardware",
            "comp.sys.mac.hardware",
            "comp.windows.x",
            "misc.forsale",
            "rec.autos",
            "rec.motorcycles",
            "rec.sport.baseball",
            "rec.sport.hockey",
            "sci.crypt",
            "sci.electronics",
            "sci.med",
            "sci.space",
            "soc.religion.christian",
            "talk.politics.guns",
            "talk.politics.mideast",
            "talk.politics.misc",
            "talk.religion.misc");

    private SampleReport() {}

    static Report of(int rounds, int clients, int labels) {
        return new Report(
                "20 Newsgroups, 100 clients, Dirichlet 0.1",
                Instant.parse("2026-02-03T04:05:06Z"),
                List.of(
                        run("ng-federa-01", "FeDeRA", 0.84, 0.22, 221_184, rounds, clients),
                        run("ng-lora-01", "LoRA", 0.78, 0.10, 221_184, rounds, clients),
                        run("ng-full-01", "full fine-tuning", 0.86, 0.16, 11_170_052, rounds, clients)),
                partition(clients, labels));
    }

    private static RunHistory run(
            String id, String method, double top, double speed, long trainable, int rounds, int clients) {
        SplittableRandom random = new SplittableRandom(id.hashCode());
        List<Round> history = new ArrayList<>();
        List<Evaluation> evaluations = new ArrayList<>();
        List<ClientUpdate> updates = new ArrayList<>();
        evaluations.add(new Evaluation(0, "accuracy", 0.05, 2.99));
        for (int round = 1; round <= rounds; round++) {
            double value = top * (1 - Math.exp(-speed * round)) + 0.02 * (random.nextDouble() - 0.5);
            evaluations.add(new Evaluation(round, "validation accuracy", value - 0.01, Double.NaN));
            double loss = 3 * Math.exp(-1.2 * speed * round) + 0.35 + 0.1 * random.nextDouble();
            int failed = random.nextInt(12) == 0 ? 1 + random.nextInt(2) : 0;
            double slowest = 0;
            for (int k = 0; k < 10; k++) {
                double seconds = 2.2 + 1.5 * random.nextDouble() + (random.nextInt(15) == 0 ? 3 : 0);
                slowest = Math.max(slowest, seconds);
                updates.add(new ClientUpdate(
                        round,
                        random.nextInt(clients),
                        k < failed ? "failed" : ClientUpdate.OK,
                        113,
                        loss * (0.6 + 0.8 * random.nextDouble()),
                        loss - 0.2,
                        seconds,
                        "worker-" + k % 4,
                        k < failed
                                ? "loss is NaN at step 17 (optimiser.lr=0.01); lower it or set optimiser.clip"
                                : ""));
            }
            Map<String, Double> phases = new LinkedHashMap<>();
            phases.put("train", 12 + slowest);
            phases.put("aggregate", 0.8 + 0.3 * random.nextDouble());
            phases.put("commit", 1.1 + 0.4 * random.nextDouble());
            phases.put("evaluate", round % 2 == 0 ? 3.5 + random.nextDouble() : 0);
            double seconds = 0.6
                    + phases.values().stream().mapToDouble(Double::doubleValue).sum();
            long bytes = 4 * trainable;
            history.add(new Round(
                    round, 10, failed, 1130 - 113L * failed, loss, (10 - failed) * bytes, 10 * bytes, seconds, phases));
            if (round % 2 == 0 || round == rounds) {
                evaluations.add(new Evaluation(round, "accuracy", value, loss + 0.3));
                evaluations.add(new Evaluation(round, "macro_f1", value - 0.02, loss + 0.3));
            }
        }
        int best = rounds - rounds / method.length();
        List<ClientEvaluations.Value> onClients = new ArrayList<>();
        int every = Math.max(1, rounds / 10);
        for (int round : IntStream.rangeClosed(0, rounds)
                .filter(round -> round % every == 0 || round == best)
                .toArray()) {
            double mean = top * (1 - Math.exp(-speed * round)) - (round > best ? 0.05 : 0);
            for (int client = 1; client < clients; client++) { // the first holds out nothing
                onClients.add(new ClientEvaluations.Value(
                        round, client, Math.min(1, Math.max(0, mean + 0.3 * (random.nextDouble() - 0.5)))));
            }
        }
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("git commit", "60d70f1c2f0b2c5a9f4f7f4c1d2e3a4b5c6d7e8f");
        provenance.put("spark", "3.5.7");
        provenance.put("model sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
        provenance.put("peft.method", method);
        provenance.put("optimiser.lr", trainable > 1_000_000 ? "0.0003" : "0.002");
        provenance.put("schedule.rounds", Integer.toString(rounds));
        return new RunHistory(
                id,
                method,
                "roberta-mini",
                "accuracy",
                trainable,
                11_170_052,
                history,
                evaluations,
                updates,
                new ClientEvaluations(clients, onClients),
                OptionalInt.of(best),
                provenance);
    }

    private static PartitionStats partition(int clients, int labels) {
        SplittableRandom random = new SplittableRandom(7);
        List<String> names = IntStream.range(0, labels)
                .mapToObj(i -> i < TWENTY.size() ? TWENTY.get(i) : "label-" + i)
                .toList();
        List<ClientStats> stats = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            Map<String, Long> histogram = new LinkedHashMap<>();
            long left = 60 + random.nextInt(100);
            long examples = left;
            while (left > 0) {
                long n = Math.max(1, Math.round(left * random.nextDouble()));
                histogram.merge(names.get(random.nextInt(labels)), n, Long::sum);
                left -= n;
            }
            long most =
                    histogram.values().stream().max(Comparator.naturalOrder()).orElse(0L);
            stats.add(new ClientStats(client, examples, histogram, 0.35 + 0.55 * most / examples));
        }
        return new PartitionStats("Dirichlet, alpha 0.1 per label (Hsu), seed 7", "label", names, stats);
    }
}
