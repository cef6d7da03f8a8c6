package federa;

import federa.encoder.BaseModel;
import federa.encoder.DropoutRates;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadKind;
import federa.encoder.HiddenActivation;
import federa.encoder.RelativePositions;
import federa.task.Example;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A random encoder of 2 layers x 16 and texts for it: what holds for every model holds for this one, in milliseconds. */
public final class Tiny {

    public static final int LABELS = 3;
    public static final String QUERY = "roberta.encoder.layer.0.attention.self.query";

    private static final int VOCABULARY = 50;

    private Tiny() {}

    /** The sizes, with this rate for every dropout. */
    public static EncoderConfig config(double dropout) {
        return config("roberta", 2, dropout);
    }

    /** The sizes, for a family and so many layers. */
    public static EncoderConfig config(String modelType, int layers, double dropout) {
        boolean relative = modelType.equals("deberta-v2");
        return new EncoderConfig(
                modelType,
                VOCABULARY,
                16,
                layers,
                2,
                32,
                40,
                relative ? 0 : 1,
                relative ? new RelativePositions(8, 40) : null,
                1,
                1e-5,
                HiddenActivation.GELU,
                DropoutRates.of(dropout),
                0.2);
    }

    /** Texts of 3 to 32 tokens whose class is a function of their second token. */
    public static List<Example> examples(int count, long seed) {
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = random.ints(3 + random.nextInt(30), 3, VOCABULARY).toArray();
            ids[0] = 0;
            examples.add(new Example(ids, ids[1] % LABELS));
        }
        return examples;
    }

    /** The tensors of round 0: what the method trains, and a head. */
    public static TensorMap global(BaseModel base, federa.peft.Method method) {
        return method.initial(base, 5).with(base.initialHead(HeadKind.SEQUENCE, LABELS, 5));
    }

    /** The largest absolute difference between the elements of two arrays of one length. */
    public static double farthest(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(a.length + " elements against " + b.length);
        }
        double farthest = 0;
        for (int i = 0; i < a.length; i++) {
            farthest = Math.max(farthest, Math.abs((double) a[i] - b[i]));
        }
        return farthest;
    }

    /** The Euclidean distance between two sets of the same tensors, as of one long vector. */
    public static double distance(TensorMap a, TensorMap b) {
        double squares = 0;
        for (String name : a.asMap().keySet()) {
            float[] x = a.get(name).values();
            float[] y = b.get(name).values();
            for (int i = 0; i < x.length; i++) {
                squares += Math.pow((double) x[i] - y[i], 2);
            }
        }
        return Math.sqrt(squares);
    }
}
