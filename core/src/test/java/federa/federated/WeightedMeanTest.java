package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightedMeanTest {

    @Test
    void equalsTheMeanWorkedByHand() {
        WeightedMean mean = new WeightedMean();
        mean.add(tensor(1, 10), 1);
        mean.add(tensor(5, -2), 3);
        assertThat(mean.result().values()).containsExactly(4, 1); // (1 + 3 * 5) / 4, (10 - 3 * 2) / 4
        assertThat(mean.result().shape()).containsExactly(2);
    }

    @Test
    void aClientThatIsAloneGivesItsOwnBits() {
        WeightedMean mean = new WeightedMean();
        mean.add(tensor(0.1f, 1e-30f), 113);
        assertThat(mean.result().values()).containsExactly(0.1f, 1e-30f);
    }

    @Test
    void onlyTheProportionsOfWeightsCount() {
        List<Tensor> updates = updates(7);
        assertThat(fold(updates, 1024)).containsExactly(fold(updates, 1)); // a power of two: the same bits
        float[] scaled = fold(updates, 0.3);
        float[] plain = fold(updates, 1);
        for (int i = 0; i < plain.length; i++) {
            assertThat(scaled[i]).isCloseTo(plain[i], within(1e-6f));
        }
    }

    @Test
    void theSameOrderGivesTheSameBits() {
        assertThat(fold(updates(100), 1)).containsExactly(fold(updates(100), 1));
    }

    @Test
    void aSmallUpdateAmongManyIsNotLostToRounding() {
        WeightedMean mean = new WeightedMean();
        mean.add(tensor(1e8f, 0), 1);
        for (int i = 0; i < 1000; i++) {
            mean.add(tensor(1, 0), 1);
        }
        mean.add(tensor(-1e8f, 0), 1);
        assertThat(mean.result().values()[0]).isEqualTo((float) (1000.0 / 1002)); // in float32 the ones would vanish
    }

    @Test
    void anotherShapeIsRefusedEvenWithAsManyElements() {
        WeightedMean mean = new WeightedMean();
        mean.add(new Tensor(new long[] {2, 3}, new float[6]), 1);
        assertThatThrownBy(() -> mean.add(new Tensor(new long[] {3, 2}, new float[6]), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot average a tensor of shape [3, 2] with one of shape [2, 3]");
    }

    @Test
    void aWeightMustBeAboveZero() {
        for (double weight : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> new WeightedMean().add(tensor(1), weight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be above 0, got " + weight);
        }
    }

    @Test
    void theMeanOfNothingIsAnError() {
        assertThatThrownBy(() -> new WeightedMean().result()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void clientsCountByTheirExamplesOrAllTheSame() {
        assertThat(Weighting.NUM_EXAMPLES.of(113)).isEqualTo(113);
        assertThat(Weighting.UNIFORM.of(113)).isEqualTo(Weighting.UNIFORM.of(1)).isEqualTo(1);
    }

    /**
     * What averaging A and B apart costs: mean(B_i A_i) = mean(B) mean(A) + mean(dB_i dA_i), where d is a client's
     * distance from the mean. The last term is what the product of the averages lacks.
     */
    @Test
    void averagingFactorsMissesTheProductByTheirCovariance() {
        double[][] b = {{1, 2}, {3, -1}, {0.5, 4}}; // client, out (rank 1)
        double[][] a = {{2, 0}, {-1, 1}, {1, 0.5}}; // client, in
        double[] examples = {1, 2, 5};
        float[] meanB = fold(b, examples);
        float[] meanA = fold(a, examples);
        double[][] products = new double[3][4];
        double[][] covariances = new double[3][4];
        for (int client = 0; client < 3; client++) {
            for (int o = 0; o < 2; o++) {
                for (int i = 0; i < 2; i++) {
                    products[client][2 * o + i] = b[client][o] * a[client][i];
                    covariances[client][2 * o + i] = (b[client][o] - meanB[o]) * (a[client][i] - meanA[i]);
                }
            }
        }
        float[] meanOfProducts = fold(products, examples);
        float[] covariance = fold(covariances, examples);
        for (int k = 0; k < 4; k++) {
            double lacking = meanOfProducts[k] - (double) meanB[k / 2] * meanA[k % 2];
            assertThat(lacking).isCloseTo(covariance[k], within(1e-6));
        }
        assertThat(covariance[0]).isEqualTo(-59.5f / 64); // by hand: -1.5 / 8 - (9.5 / 8) (5 / 8)
    }

    private static float[] fold(double[][] clients, double[] weights) {
        WeightedMean mean = new WeightedMean();
        for (int client = 0; client < clients.length; client++) {
            float[] values = new float[clients[client].length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) clients[client][i];
            }
            mean.add(tensor(values), weights[client]);
        }
        return mean.result().values();
    }

    private static List<Tensor> updates(int count) {
        Random random = new Random(3);
        return random.ints(count)
                .mapToObj(i -> tensor(random.nextFloat(), random.nextFloat(), random.nextFloat()))
                .toList();
    }

    private static float[] fold(List<Tensor> updates, double scale) {
        WeightedMean mean = new WeightedMean();
        for (int client = 0; client < updates.size(); client++) {
            mean.add(updates.get(client), scale * (1 + client % 5));
        }
        return mean.result().values();
    }

    private static Tensor tensor(float... values) {
        return new Tensor(new long[] {values.length}, values);
    }
}
