package federa.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FederaTest {

    private static final double FP32 = 1e-5;
    private static final Targets EVERYWHERE = new Targets(List.of("all-linear"));

    @AutoClose
    private static final NDManager manager = Torch.newManager(Device.cpu());

    private static BaseModel base;

    @BeforeAll
    static void draw() {
        Torch.threads(1);
        base = BaseModel.random(manager, Tiny.config(0), 1);
    }

    /** Eckart, Young and Mirsky: no matrix of rank r comes closer to W than the sum of the remaining sigma^2. */
    @Test
    void theStartIsTheBestApproximationOfItsRankForEveryScaling() {
        for (double alpha : new double[] {1, 4, 8, 100}) {
            Federa federa = new Federa(4, alpha, Scaling.STANDARD, EVERYWHERE);
            TensorMap start = federa.initial(base, 0);
            EVERYWHERE.of(base.config()).forEach((layer, shape) -> {
                float[] weight = base.tensor(layer + ".weight").toFloatArray();
                double[] sigma = Jacobi.singularValues(weight, (int) shape[0], (int) shape[1]);
                double remaining = 0;
                for (int k = 4; k < sigma.length; k++) {
                    remaining += sigma[k] * sigma[k];
                }
                double residual = sumOfSquares(minus(weight, product(start, layer, alpha / 4)));
                assertThat(residual).as("%s, alpha %s", layer, alpha).isCloseTo(remaining, within(FP32 * remaining));
            });
        }
    }

    @Test
    void bothFactorsCarryTheRootOfTheSingularValue() {
        Federa federa = new Federa(3, 6, Scaling.STANDARD, new Targets(List.of("query")));
        TensorMap start = federa.initial(base, 0);
        double[] sigma =
                Jacobi.singularValues(base.tensor(Tiny.QUERY + ".weight").toFloatArray(), 16, 16);
        float[] a = start.get(Tiny.QUERY + ".lora_A").values(); // (3, 16)
        float[] b = start.get(Tiny.QUERY + ".lora_B").values(); // (16, 3)
        for (int k = 0; k < 3; k++) {
            double ofA = 0;
            double ofB = 0;
            for (int i = 0; i < 16; i++) {
                ofA += Math.pow(a[16 * k + i], 2);
                ofB += Math.pow(b[3 * i + k], 2);
            }
            assertThat(ofA).isCloseTo(sigma[k] / 2, within(FP32)); // s = alpha / r = 2
            assertThat(ofB).isCloseTo(sigma[k] / 2, within(FP32));
        }
    }

    /** No product of r of W's terms is smaller than that of its last r. */
    @Test
    void miLorasStartIsWhatTheSmallestSingularValuesMake() {
        for (double alpha : new double[] {1, 4, 100}) {
            TensorMap start = new MiLora(4, alpha, Scaling.STANDARD, EVERYWHERE).initial(base, 0);
            EVERYWHERE.of(base.config()).forEach((layer, shape) -> {
                float[] weight = base.tensor(layer + ".weight").toFloatArray();
                double[] sigma = Jacobi.singularValues(weight, (int) shape[0], (int) shape[1]);
                int terms = (int) Math.min(shape[0], shape[1]);
                double minor = 0;
                double major = 0;
                for (int k = 0; k < terms; k++) {
                    minor += k < terms - 4 ? 0 : sigma[k] * sigma[k];
                    major += k < terms - 4 ? sigma[k] * sigma[k] : 0;
                }
                float[] product = product(start, layer, alpha / 4);
                assertThat(sumOfSquares(product)).as(layer).isCloseTo(minor, within(FP32 * major));
                assertThat(sumOfSquares(minus(weight, product))).as(layer).isCloseTo(major, within(FP32 * major));
            });
        }
    }

    /** W = Q R says of the first r columns of Q and rows of R: the former are orthonormal, and they make W's first r columns. */
    @Test
    void oLorasStartIsTheFirstPartOfTheQrDecomposition() {
        TensorMap start = new OLora(4, 8, Scaling.STANDARD, EVERYWHERE).initial(base, 0);
        EVERYWHERE.of(base.config()).forEach((layer, shape) -> {
            float[] weight = base.tensor(layer + ".weight").toFloatArray();
            float[] a = start.get(layer + ".lora_A").values();
            float[] b = start.get(layer + ".lora_B").values();
            float[] product = product(start, layer, 1);
            int out = (int) shape[0];
            int in = (int) shape[1];
            for (int k = 0; k < 4; k++) {
                for (int l = 0; l < 4; l++) {
                    double dot = 0;
                    for (int row = 0; row < out; row++) {
                        dot += (double) b[row * 4 + k] * b[row * 4 + l];
                    }
                    assertThat(dot).as(layer).isCloseTo(k == l ? 1 : 0, within(FP32));
                    assertThat(l < k && a[k * in + l] != 0)
                            .as("below R's diagonal")
                            .isFalse();
                }
                double[] column = new double[out];
                for (int row = 0; row < out; row++) {
                    column[row] = weight[row * in + k];
                    assertThat((double) product[row * in + k]).as(layer).isCloseTo(column[row], within(FP32));
                }
                // Of every column of W, Q^T takes the part along Q, so what is left is at right angles to it.
                double across = 0;
                for (int row = 0; row < out; row++) {
                    across += (double) b[row * 4 + k] * (weight[row * in + in - 1] - product[row * in + in - 1]);
                }
                assertThat(across).as(layer).isCloseTo(0, within(FP32));
            }
            assertThat(Math.signum(a[0])).as("LAPACK's sign").isEqualTo(-Math.signum(weight[0]));
        });
        assertThat(new OLora(4, 1, Scaling.RANK_STABILIZED, EVERYWHERE)
                        .initial(base, 0)
                        .sha256())
                .as("whatever the scaling")
                .isEqualTo(start.sha256());
    }

    @Test
    void theSignOfEachPairIsFixed() {
        TensorMap start = new Federa(4, 4, Scaling.STANDARD, EVERYWHERE).initial(base, 0);
        EVERYWHERE.of(base.config()).forEach((layer, shape) -> {
            float[] b = start.get(layer + ".lora_B").values();
            for (int k = 0; k < 4; k++) {
                float largest = 0;
                for (int row = 0; row < shape[0]; row++) {
                    float entry = b[4 * row + k];
                    largest = Math.abs(entry) > Math.abs(largest) ? entry : largest;
                }
                assertThat(largest).as("%s, column %d", layer, k).isPositive();
            }
        });
    }

    @Test
    void frozenPlusAdapterIsThePretrainedWeight() {
        Federa federa = new Federa(4, 8, Scaling.STANDARD, EVERYWHERE);
        TensorMap start = federa.initial(base, 0);
        try (FrozenBase frozen = new FrozenBase(base, federa, federa.anchor(start), Precision.FP32)) {
            EVERYWHERE.of(base.config()).keySet().forEach(layer -> {
                float[] weight = base.tensor(layer + ".weight").toFloatArray();
                float[] residual = frozen.tensor(layer + ".weight").toFloatArray();
                double farthest = Tiny.farthest(minus(weight, product(start, layer, 2)), residual);
                assertThat(farthest).as(layer).isLessThan(1e-6);
                assertThat(Tiny.farthest(weight, residual)).as(layer).isGreaterThan(0.01);
            });
            assertThat(frozen.tensor(Tiny.QUERY + ".bias").toFloatArray())
                    .isEqualTo(base.tensor(Tiny.QUERY + ".bias").toFloatArray());
        }
    }

    @Test
    void roundZeroEqualsTheBaseModelWhateverTheScaling() {
        List<float[]> expected = probabilities(new FullFineTuning());
        for (double alpha : new double[] {2, 4, 8}) {
            assertSame(expected, probabilities(new Federa(4, alpha, Scaling.STANDARD, EVERYWHERE)));
            assertSame(expected, probabilities(new Lora(4, alpha, Scaling.STANDARD, EVERYWHERE)));
            assertSame(expected, probabilities(new MiLora(4, alpha, Scaling.STANDARD, EVERYWHERE)));
            assertSame(expected, probabilities(new OLora(4, alpha, Scaling.STANDARD, EVERYWHERE)));
        }
    }

    @Test
    void fullRankLeavesNothingFrozen() {
        Targets query = new Targets(List.of("query"));
        for (Method method : List.of(
                new Federa(16, 16, Scaling.STANDARD, query),
                new MiLora(16, 16, Scaling.STANDARD, query),
                new OLora(16, 16, Scaling.STANDARD, query))) {
            TensorMap start = method.initial(base, 0);
            try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(start), Precision.FP32)) {
                double left = sumOfSquares(frozen.tensor(Tiny.QUERY + ".weight").toFloatArray());
                assertThat(left).as(method.name()).isLessThan(1e-9);
            }
        }
    }

    @Test
    void closingTheFrozenBaseFreesItsResidualsAndKeepsTheBaseModel() {
        Federa federa = new Federa(4, 4, Scaling.STANDARD, EVERYWHERE);
        TensorMap start = federa.initial(base, 0);
        int before = manager.getManagedArrays().size();
        new FrozenBase(base, federa, federa.anchor(start), Precision.FP32).close();
        assertThat(manager.getManagedArrays().size()).isEqualTo(before);
        assertThat(base.tensor(Tiny.QUERY + ".weight").toFloatArray()).hasSize(256);
    }

    @Test
    void theStartDoesNotDependOnTheSeedOfFederaAndDoesOnThatOfLora() {
        Federa federa = new Federa(4, 4, Scaling.STANDARD, EVERYWHERE);
        assertThat(federa.initial(base, 1).sha256())
                .isEqualTo(federa.initial(base, 2).sha256());
        Lora lora = new Lora(4, 4, Scaling.STANDARD, EVERYWHERE);
        assertThat(lora.initial(base, 1).sha256())
                .isEqualTo(lora.initial(base, 1).sha256());
        assertThat(lora.initial(base, 1).sha256())
                .isNotEqualTo(lora.initial(base, 2).sha256());
    }

    @Test
    void loraStartsWithUniformAAndZeroB() {
        TensorMap start = new Lora(4, 8, Scaling.STANDARD, EVERYWHERE).initial(base, 1);
        EVERYWHERE.of(base.config()).forEach((layer, shape) -> {
            float bound = (float) (1 / Math.sqrt(shape[1]));
            assertThat(start.get(layer + ".lora_B").values()).containsOnly(0);
            double squares = sumOfSquares(start.get(layer + ".lora_A").values()) / (4 * shape[1]);
            for (float value : start.get(layer + ".lora_A").values()) {
                assertThat(value).isBetween(-bound, bound);
            }
            assertThat(squares).isCloseTo(bound * bound / 3, within(0.4 * bound * bound / 3)); // of a uniform variable
        });
    }

    @Test
    void rankAndAlphaMustBeAboveZero() {
        assertThatThrownBy(() -> new Federa(0, 1, Scaling.STANDARD, EVERYWHERE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("method.rank must be at least 1, got 0");
        assertThatThrownBy(() -> new Lora(-1, 1, Scaling.STANDARD, EVERYWHERE))
                .hasMessage("method.rank must be at least 1, got -1");
        for (double alpha : new double[] {0, -2, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Federa(4, alpha, Scaling.STANDARD, EVERYWHERE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("method.alpha must be above 0, got " + alpha);
            assertThatThrownBy(() -> new Lora(4, alpha, Scaling.STANDARD, EVERYWHERE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("method.alpha must be above 0, got " + alpha);
        }
    }

    @Test
    void aRankAboveTheMatrixIsAnErrorThatNamesTheLayerAndTheLimit() {
        for (Method method : List.of(
                new Federa(17, 17, Scaling.STANDARD, EVERYWHERE), new Lora(17, 17, Scaling.STANDARD, EVERYWHERE))) {
            assertThatThrownBy(() -> method.initial(base, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("method.rank is 17, but roberta.encoder.layer.0.")
                    .hasMessageContaining("so the rank can be 16 at most");
        }
    }

    private static void assertSame(List<float[]> expected, List<float[]> got) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Tiny.farthest(got.get(i), expected.get(i))).isLessThan(FP32);
        }
    }

    private static List<float[]> probabilities(Method method) {
        List<Example> examples = Tiny.examples(20, 3);
        TensorMap global = Tiny.global(base, method);
        try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), Precision.FP32);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 0)) {
            return new Scorer(model, new TextClassification()).outputs(examples, 8);
        }
    }

    /** s B A, naively. */
    private static float[] product(TensorMap adapter, String layer, double scaling) {
        Map<String, Tensor> tensors = adapter.asMap();
        Tensor a = tensors.get(layer + ".lora_A");
        Tensor b = tensors.get(layer + ".lora_B");
        int rank = (int) a.shape()[0];
        int in = (int) a.shape()[1];
        int out = (int) b.shape()[0];
        float[] product = new float[out * in];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += (double) b.values()[o * rank + k] * a.values()[k * in + i];
                }
                product[o * in + i] = (float) (scaling * sum);
            }
        }
        return product;
    }

    private static float[] minus(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double sumOfSquares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }
}
