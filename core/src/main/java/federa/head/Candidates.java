package federa.head;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Last layers to choose from: a few settings of the closed form, each with several factors on its scores, since a softmax wants
 * larger ones than a regression gives; and with several shares of the classes' log frequencies added, where the layer was
 * solved with classes that count alike.
 *
 * @param settings of the closed form
 * @param layers one for each setting
 * @param frequencies the logarithm of each class's share of all
 * @param shares of the frequencies that are tried
 */
record Candidates(List<Double> settings, List<LastLayer> layers, double[] frequencies, List<Double> shares)
        implements Serializable {

    private static final List<Double> FACTORS = List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0);

    private static final int BYTES = 8;

    int count() {
        return layers.size() * FACTORS.size() * shares.size();
    }

    int classes() {
        return frequencies.length;
    }

    /** What a client is sent of them, in bytes. */
    long bytes() {
        long numbers = layers.stream()
                .flatMap(layer -> Arrays.stream(layer.weights()))
                .mapToLong(row -> row.length)
                .sum();
        return BYTES * (numbers + frequencies.length);
    }

    /** The scores of every candidate, in order. */
    void scores(float[] features, Consumer<double[]> each) {
        double[] scores = new double[classes()];
        for (LastLayer layer : layers) {
            double[] plain = layer.scores(features);
            for (double factor : FACTORS) {
                for (double share : shares) {
                    for (int i = 0; i < scores.length; i++) {
                        scores[i] = factor * plain[i] + share * frequencies[i];
                    }
                    each.accept(scores);
                }
            }
        }
    }

    double setting(int candidate) {
        return settings.get(candidate / (FACTORS.size() * shares.size()));
    }

    private double factor(int candidate) {
        return FACTORS.get(candidate / shares.size() % FACTORS.size());
    }

    private double share(int candidate) {
        return shares.get(candidate % shares.size());
    }

    /** A layer that was solved with a candidate's setting, with its factor and its share of the frequencies. */
    LastLayer adjusted(LastLayer solved, int candidate) {
        double share = share(candidate);
        return solved.adjusted(
                factor(candidate),
                Arrays.stream(frequencies).map(frequency -> share * frequency).toArray());
    }

    String described(int candidate) {
        return String.format(
                Locale.ROOT,
                "lambda %s, scores x %s, log frequencies x %s",
                setting(candidate),
                factor(candidate),
                share(candidate));
    }
}
