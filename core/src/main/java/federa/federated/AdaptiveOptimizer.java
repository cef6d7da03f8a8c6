package federa.federated;

import federa.random.Draw;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A server optimizer with a learning rate for each element: with Delta the mean change of the round, m = beta1 m + (1 -
 * beta1) Delta and x = x + eta m / (sqrt(v) + tau). Optimizers differ in how v follows Delta^2. Both moments begin at 0, and
 * no bias is corrected; Flower's FedAdam corrects it, as if eta were eta sqrt(1 - beta2^t) / (1 - beta1^t) in round t.
 *
 * @see <a href="https://arxiv.org/abs/2003.00295">Adaptive federated optimization, algorithm 2</a>
 */
interface AdaptiveOptimizer extends ServerOptimizer {

    String FIRST = "first-moment/";
    String SECOND = "second-moment/";

    /** Eta. */
    double learningRate();

    /** How much of the last mean change goes on. */
    double beta1();

    /** Added to the root of the second moment: how far the optimizer is from one that only scales. */
    double tau();

    /**
     * The second moment after a round.
     *
     * @param moment before it
     * @param square of the round's mean change
     */
    double second(double moment, double square);

    @Override
    default TensorMap init(TensorMap trainable) {
        Map<String, Tensor> moments = new TreeMap<>();
        trainable.shapes().forEach((name, shape) -> {
            moments.put(FIRST + name, Draw.zeros(shape));
            moments.put(SECOND + name, Draw.zeros(shape));
        });
        return new TensorMap(moments);
    }

    @Override
    default Step step(TensorMap trainable, TensorMap mean, TensorMap memory, int round) {
        Map<String, Tensor> next = new TreeMap<>();
        Map<String, Tensor> moments = new TreeMap<>();
        trainable.asMap().forEach((name, tensor) -> {
            float[] x = tensor.values();
            float[] average = mean.get(name).values();
            float[] m = memory.get(FIRST + name).values().clone();
            float[] v = memory.get(SECOND + name).values().clone();
            float[] stepped = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                double change = (double) average[i] - x[i];
                m[i] = (float) (beta1() * m[i] + (1 - beta1()) * change);
                v[i] = (float) second(v[i], change * change);
                stepped[i] = (float) (x[i] + learningRate() * m[i] / (Math.sqrt(v[i]) + tau()));
            }
            next.put(name, new Tensor(tensor.shape(), stepped));
            moments.put(FIRST + name, new Tensor(tensor.shape(), m));
            moments.put(SECOND + name, new Tensor(tensor.shape(), v));
        });
        return new Step(new TensorMap(next), new TensorMap(moments));
    }
}
