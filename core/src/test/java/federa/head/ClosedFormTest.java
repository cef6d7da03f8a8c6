package federa.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClosedFormTest {

    private static final int WIDTH = 4;
    private static final int CLASSES = 3;

    private final Random random = new Random(3);
    private final List<float[]> features = new ArrayList<>();
    private final List<Integer> classes = new ArrayList<>();
    private final FeatureSums sums = new FeatureSums(WIDTH, CLASSES, true);

    ClosedFormTest() {
        for (int i = 0; i < 40; i++) {
            float[] z = new float[WIDTH];
            int ofClass = i % 2; // class 2 has no example
            for (int j = 0; j < WIDTH; j++) {
                z[j] = (float) random.nextGaussian() + (j == ofClass ? 2 : 0);
            }
            features.add(z);
            classes.add(ofClass);
            sums.add(z, ofClass, 1);
        }
    }

    /** (sum z z^T + lambda D) w = sum z y, each sum made anew here from the examples. */
    @Test
    void ridgeSolvesTheNormalEquations() {
        double lambda = 0.1;
        double squares = features.stream()
                .mapToDouble(z -> Math.pow(z[0], 2) + Math.pow(z[1], 2) + Math.pow(z[2], 2) + Math.pow(z[3], 2))
                .sum();

        double[][] w = new Ridge().solve(sums, lambda).weights();

        for (int row = 0; row < CLASSES; row++) {
            double[] left = new double[WIDTH + 1];
            for (int example = 0; example < features.size(); example++) {
                float[] z = Arrays.copyOf(features.get(example), WIDTH + 1);
                z[WIDTH] = 1;
                double rest = classes.get(example) == row ? -1 : 0;
                for (int j = 0; j <= WIDTH; j++) {
                    rest += z[j] * w[row][j];
                }
                for (int i = 0; i <= WIDTH; i++) {
                    left[i] += z[i] * rest;
                }
            }
            for (int i = 0; i < WIDTH; i++) {
                left[i] += lambda * squares / WIDTH * w[row][i];
            }
            assertThat(left).containsExactly(new double[WIDTH + 1], within(1e-9));
        }
    }

    @Test
    void classMeansTellByTheNearestMean() {
        double[][] means = new double[2][WIDTH];
        for (int example = 0; example < features.size(); example++) {
            for (int j = 0; j < WIDTH; j++) {
                means[classes.get(example)][j] += features.get(example)[j] / 20;
            }
        }
        LastLayer layer = new ClassMeans().solve(sums, 0);

        for (float[] z : features) {
            double[] scores = layer.scores(z);
            double closer = 0;
            for (int j = 0; j < WIDTH; j++) {
                closer += Math.pow(z[j] - means[1][j], 2) / 2 - Math.pow(z[j] - means[0][j], 2) / 2;
            }
            assertThat(scores[0] - scores[1]).isCloseTo(closer, within(1e-5));
        }
    }

    @Test
    void aConstantFeatureAndOneThatIsAlwaysZeroDoNoHarm() {
        FeatureSums flat = new FeatureSums(2, 2, true);
        for (int i = 0; i < 10; i++) {
            flat.add(new float[] {7, 0}, i % 2, 1);
        }
        for (double lambda : new Ridge().settings()) {
            assertThat(new Ridge().solve(flat, lambda).scores(new float[] {7, 0}))
                    .containsExactly(new double[] {0.5, 0.5}, within(1e-6));
        }
        FeatureSums zero = new FeatureSums(1, 2, true);
        zero.add(new float[] {0}, 1, 1);
        assertThat(new Ridge().solve(zero, 1).scores(new float[] {0}))
                .containsExactly(new double[] {0, 1}, within(1e-12));
    }

    @Test
    void aDoubleTravelsAsTwoFloats() {
        double[] numbers = random.doubles(1000, -1e6, 1e6).toArray();
        numbers[0] = 1e-20;
        double[] back = Doubles.of(Doubles.toTensor(numbers));
        for (int i = 0; i < numbers.length; i++) {
            assertThat(back[i]).isCloseTo(numbers[i], within(Math.abs(numbers[i]) * 0x1p-47));
        }
    }

    @Test
    void theLayerOfTheLowestLossIsChosenAndTheHeadThatIsThereFirst() {
        Scores scores = new Scores(2);
        scores.begin();
        scores.add(new double[] {1, 0}, 0);
        scores.add(new double[] {3, 0}, 0);
        scores.add(new double[] {3, 0}, 0);
        assertThat(scores.best()).isEqualTo(1);
        assertThat(scores.loss(1)).isCloseTo(Math.log(1 + Math.exp(-3)), within(1e-12));
        scores.begin();
        scores.add(new double[] {1, 0}, 1);
        scores.add(new double[] {3, 0}, 1);
        scores.add(new double[] {3, 0}, 1);
        assertThat(scores.best()).as("sure and wrong").isZero();
        assertThat(scores.errors(0)).isEqualTo(0.5);
    }
}
