package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.encoder.BaseModel;
import federa.encoder.Dropout;
import federa.encoder.DropoutSeeds;
import federa.encoder.Encoder;
import federa.encoder.Joint;
import federa.encoder.LayerPass;
import federa.encoder.Linear;
import federa.encoder.PlainPass;
import federa.encoder.Wiring;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.task.Batch;
import federa.task.Example;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts as single vectors: a base model's last hidden states, averaged over a text's tokens. Used by one thread.
 *
 * @see <a href="https://arxiv.org/abs/1908.10084">Reimers and Gurevych 2019, Sentence-BERT, mean pooling</a>
 */
public final class Embedder {

    private final BaseModel base;
    private final Encoder encoder;

    public Embedder(BaseModel base) {
        this.base = base;
        encoder = base.config().family().encoder(new Frozen(base), base.config());
    }

    /**
     * The vector of each text, in the order given.
     *
     * @param texts without targets; none is empty
     * @param batchSize texts that go through the model together, of similar lengths
     */
    public List<float[]> embed(List<Example> texts, int batchSize) {
        List<Integer> byLength = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> texts.get(i).length()))
                .toList();
        List<Example> sorted = byLength.stream().map(texts::get).toList();
        float[][] result = new float[texts.size()][];
        int next = 0;
        try (GradMode off = GradMode.off()) {
            for (Batch batch : Batch.inOrder(sorted, batchSize)) {
                for (float[] row : embed(batch)) {
                    result[byLength.get(next++)] = row;
                }
            }
        }
        return List.of(result);
    }

    private float[][] embed(Batch batch) {
        try (NDManager scope = base.newSubManager()) {
            NDArray hidden = encoder.apply(batch.input(scope), false);
            NDArray mean = hidden.mul(shares(scope, batch)).sum(new int[] {1});
            float[] flat = mean.toFloatArray();
            int width = flat.length / batch.size();
            float[][] rows = new float[batch.size()][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
            }
            return rows;
        }
    }

    /** How much each position counts (B, T, 1): the tokens of a text equally, its padding not at all. */
    private static NDArray shares(NDManager scope, Batch batch) {
        int positions = batch.longest();
        float[] shares = new float[batch.size() * positions];
        for (int row = 0; row < batch.size(); row++) {
            int length = batch.examples().get(row).length();
            Arrays.fill(shares, row * positions, row * positions + length, 1f / length);
        }
        return scope.create(shares, new Shape(batch.size(), positions, 1));
    }

    /** The encoder as it was stored. */
    private record Frozen(BaseModel base) implements Wiring {

        @Override
        public NDArray array(String name, long... shape) {
            return base.tensor(name);
        }

        @Override
        public Linear linear(String name, int in, int out) {
            return new Linear(this, name, in, out);
        }

        @Override
        public Joint joint(String name, int hidden) {
            return new Joint();
        }

        @Override
        public Precision precision() {
            return Precision.FP32;
        }

        @Override
        public Dropout dropout(double rate) {
            return new Dropout(0, new DropoutSeeds(0));
        }

        @Override
        public LayerPass pass() {
            return new PlainPass();
        }
    }
}
